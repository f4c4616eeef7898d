"""Nostr events as values: signed notes, and what those of a relay tell.

NIP-01 (events, their ids and signatures; BIP-340), NIP-09 (deleting), NIP-10 (threads), NIP-18
(reposts), NIP-19 (keys as people write them), NIP-24 (hashtags), NIP-25 (reactions).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from cmctl.channels.content import Part
from cmctl.channels.vendors.nostr import bech32
from cmctl.core.model import Status

NOTE: Final = 1
DELETION: Final = 5
REPOST: Final = 6
REACTION: Final = 7
#: The only signs that an id's JSON escapes; all others stand in it as they are.
_ESCAPES: Final = str.maketrans(
    {"\n": "\\n", '"': '\\"', "\\": "\\\\", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
_TAG = re.compile(r"#(\w+)")

Event = Mapping[str, Any]


def secret_key(text: str) -> bytes:
    """Return the 32 bytes of a key written as `nsec1...` or as 64 hex digits.

    Raises:
        ValueError: it is neither; the message does not repeat it.
    """
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text)
    try:
        key = bech32.decode("nsec", text)
    except ValueError:
        key = b""
    if len(key) != 32:
        message = "the key is neither nsec1... copied whole nor 64 hex digits"
        raise ValueError(message)
    return key


def public_key(key: bytes) -> str:
    """Return the account that a key signs for, in hex."""
    from coincurve import PrivateKey  # noqa: PLC0415 - an extra

    return PrivateKey(key).public_key_xonly.format().hex()


def signed(key: bytes, kind: int, at: int, tags: Sequence[Sequence[str]], content: str) -> Event:
    """Return a signed event; the same values give the same id."""
    from coincurve import PrivateKey  # noqa: PLC0415 - an extra

    event: dict[str, Any] = {
        "pubkey": public_key(key),
        "created_at": at,
        "kind": kind,
        "tags": [list(tag) for tag in tags],
        "content": content,
    }
    number = identity(event)
    # Without fresh randomness, which BIP-340 allows, so that the same event is the same bytes.
    signature = PrivateKey(key).sign_schnorr(bytes.fromhex(number), bytes(32))
    return {"id": number, **event, "sig": signature.hex()}


def genuine(event: Event) -> bool:
    """Tell whether an event is what its author signed."""
    from coincurve import PublicKeyXOnly  # noqa: PLC0415 - an extra

    try:
        number, author = bytes.fromhex(event["id"]), bytes.fromhex(event["pubkey"])
        named = event["id"] == identity(event)
        return named and PublicKeyXOnly(author).verify(bytes.fromhex(event["sig"]), number)
    except (LookupError, TypeError, ValueError):
        return False


def identity(event: Event) -> str:
    """Return an event's id: the SHA-256 of its canonical JSON, in hex."""
    tags = ",".join(f"[{','.join(map(_quoted, tag))}]" for tag in event["tags"])
    head = f"0,{_quoted(event['pubkey'])},{event['created_at']},{event['kind']}"
    return sha256(f"[{head},[{tags}],{_quoted(event['content'])}]".encode()).hexdigest()


def thread(
    key: bytes, parts: Sequence[Part], at: datetime, unique: str, above: Event | None = None
) -> list[Event]:
    """Return the notes of a delivery in order, a second apart; `unique` keeps equal texts apart.

    `above` is somebody's note that the first one answers.
    """
    notes: list[Event] = []
    for number, part in enumerate(parts):
        # A nonce that is worth no work (NIP-13): two deliveries of one text are two notes.
        tags = [["nonce", _nonce(unique, number), "0"]]
        tags += [["t", tag.lower()] for tag in dict.fromkeys(_TAG.findall(part.text))]
        if part.parent is not None:
            tags.append(["e", notes[0]["id"], "", "root"])
        if part.parent:
            tags.append(["e", notes[part.parent]["id"], "", "reply"])
        if above and part.parent is None:
            tags += _answering(above)
        notes.append(signed(key, NOTE, int(at.timestamp()) + number, tags, part.text))
    return notes


def standing(events: Iterable[Event], unique: str, count: int) -> list[Event | None]:
    """Return which of a delivery's notes are among the account's events, by their nonces."""
    by_nonce = {tag[1]: event for event in events for tag in _tags(event, "nonce")}
    return [by_nonce.get(_nonce(unique, number)) for number in range(count)]


def made_at(event: Event) -> datetime:
    """Return when an event says that it was made, in whole seconds."""
    return datetime.fromtimestamp(event["created_at"], UTC)


def address(number: str) -> str:
    """Return where a client finds a note (NIP-21)."""
    return f"nostr:{bech32.encode('note', bytes.fromhex(number))}"


def shown_key(author: str) -> str:
    """Return an account as people are shown it, `npub1...`."""
    return bech32.encode("npub", bytes.fromhex(author))


def status(event: Event) -> Status:
    """Return what a note tells followers."""
    return Status(
        channel="",
        remote_id=event["id"],
        at=made_at(event),
        text=event["content"],
        url=address(event["id"]),
        author=shown_key(event["pubkey"]),
        reply_to=_answered(event)[1],
    )


def likes(event: Event, note: str) -> bool:
    """Tell whether a reaction is for a note and no dislike (NIP-25): the last `e` tag names it."""
    named = [tag[1] for tag in _tags(event, "e")]
    return event["kind"] == REACTION and named[-1:] == [note] and event["content"] != "-"


def _answering(above: Event) -> list[list[str]]:
    """Return the tags of an answer to a note: its conversation, itself, its author (NIP-10)."""
    root = _answered(above)[0]
    named = [["e", root or above["id"], "", "root"]]
    if root:
        named.append(["e", above["id"], "", "reply"])
    return [*named, ["p", above["pubkey"]]]


def _answered(event: Event) -> tuple[str, str]:
    """Return the note that begins a note's conversation, and the one that it answers.

    Both are marked, or, as old clients do, the first and the last that are named (NIP-10).
    """
    named = _tags(event, "e")
    marked = {tag[3]: tag[1] for tag in named if len(tag) > 3 and tag[3]}
    unmarked = [tag[1] for tag in named if len(tag) <= 3 or not tag[3]]
    if not marked and unmarked:
        return unmarked[0], unmarked[-1]
    root = marked.get("root", "")
    return root, marked.get("reply") or root


def _tags(event: Event, name: str) -> list[Sequence[str]]:
    return [tag for tag in event["tags"] if tag[:1] == [name] and len(tag) > 1]


def _nonce(unique: str, number: int) -> str:
    return f"{unique}-{number}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
