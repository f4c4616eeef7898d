"""Nostr: notes, signed here and handed to relays.

github.com/nostr-protocol/nips: NIP-01, 09, 10, 18, 25. An event's id is a digest of what is in it,
and all of that is frozen with the delivery: sent again it is the same event, on every relay and for
ever.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib.util import find_spec
from typing import ClassVar

from cmctl.channels import options as yaml
from cmctl.channels.adapter import Adapter
from cmctl.channels.base import (
    Capabilities,
    ChannelError,
    Counts,
    MediaRules,
    Outgoing,
    TextRules,
    Uncertain,
)
from cmctl.channels.content import content_problems, parts
from cmctl.channels.inbox import Comment
from cmctl.channels.options import is_safe_address
from cmctl.channels.vendors.nostr import event as events
from cmctl.channels.vendors.nostr.account import Account
from cmctl.channels.vendors.nostr.event import Event
from cmctl.channels.vendors.nostr.relay import Relays, addresses
from cmctl.core.model import Content, Place, Problem, Receipt, Status

_OPTIONS = (
    yaml.Option(
        name="key",
        what="a reference to the account's secret key, which begins with nsec1",
        form=yaml.Form.SECRET,
    ),
    yaml.Option(
        name="relays", what="their addresses, such as `wss://relay.example, wss://nos.example`"
    ),
)
_ID = re.compile(r"[0-9a-f]{64}")
#: What the extra `nostr` brings.
_NEEDED = ("coincurve", "websockets")


class NostrChannel(Adapter):
    """One key on some relays; a post's remote id is the event's id."""

    kind: ClassVar[str] = "nostr"
    options: ClassVar[tuple[yaml.Option, ...]] = _OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=0),
        media=MediaRules(count=0),
        recovery=frozenset({"key", "lookup"}),
        threads=True,
        first_comment=True,
        replies=True,
    )

    def __init__(self, *, key: str, relays: str, clock: Callable[[], float] = time.time) -> None:
        self._relays = Relays(addresses(relays))
        self._account = Account(key, self._relays)
        self._clock = clock

    def __repr__(self) -> str:
        return f"NostrChannel({self._relays!r})"

    @classmethod
    def check_options(
        cls, options: Mapping[str, object], places: Mapping[str, Place]
    ) -> Iterable[Problem]:
        """Yield what is wrong with `key` and `relays`, and what is not installed."""
        yield from super().check_options(options, places)
        relays = options.get("relays")
        for url in (addresses(relays) or [relays]) if isinstance(relays, str) else ():
            if not (url.startswith("ws") and is_safe_address(url.replace("ws", "http", 1))):
                yield Problem(
                    code="bad-address",
                    message=f"`relays: {url}` is not a relay's address",
                    fix="write wss://, a host and nothing after the path",
                    place=places.get("relays", places.get("")),
                )
        if missing := [name for name in _NEEDED if find_spec(name) is None]:
            yield Problem(
                code="not-installed",
                message=f"nostr needs {' and '.join(missing)}, which is not installed",
                fix="pip install 'cmctl[nostr]'",
                place=places.get(""),
            )

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield what a note cannot have."""
        yield from content_problems(content, "Nostr", self.capabilities)
        if content.reply_to and not _ID.fullmatch(content.reply_to):
            yield Problem(
                code="bad-id",
                message=f"{content.reply_to} is no note's id",
                fix="take its 64 hex digits, as cmctl inbox shows them",
            )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Hand every note to all relays; it is published where one of them takes it."""
        notes = self._notes(outgoing)
        for number, note in enumerate(notes):
            try:
                self._relays.put(note)
            except ChannelError as problem:
                if not number:
                    raise
                message = f"the thread stands in part: {problem}"
                raise Uncertain(message) from problem
        return _receipt(notes)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Ask the relays for the account's notes of that second, and look for this delivery's."""
        count, at = len(parts(outgoing.content)), int(outgoing.created_at.timestamp())
        wanted = {"kinds": [events.NOTE], "since": at, "until": at + count}
        notes = events.standing(self._account.own(wanted), outgoing.key, count)
        found = [note for note in notes if note is not None]
        if not found:
            return None
        if len(found) < count:
            message = f"{len(found)} of {count} parts stand on the relays"
            raise Uncertain(message)
        return _receipt(found)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's notes, from all relays together; times are whole seconds."""
        notes = self._account.own({"kinds": [events.NOTE], "since": int(since.timestamp())})
        return sorted(map(events.status, notes), key=lambda status: status.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Ask all relays to delete a note; they have it gone, other clients may keep it."""
        tags = [["e", remote_id], ["k", str(events.NOTE)]]
        deletion = events.signed(self._account.key(), events.DELETION, int(self._clock()), tags, "")
        self._relays.put_on_all(deletion)

    def exists(self, remote_id: str) -> bool:
        """Ask every relay for the note by its id."""
        return any(event["id"] == remote_id for event in self._relays.find({"ids": [remote_id]}))

    def counts(self, remote_id: str) -> Counts:
        """Return a note's reactions, answers and reposts on these relays."""
        return self._account.counts(remote_id)

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return answers to the account's notes, and notes that name its key."""
        return self._account.inbox(since)

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return the answers to a note, and the answers to them."""
        return self._account.comments(remote_id)

    def probe(self) -> str:
        """Return the account's public key, and look whether the relays answer."""
        author = self._account.author()
        self._relays.find({"kinds": [0], "authors": [author]})
        return events.shown_key(author)

    def close(self) -> None:
        """Nothing is held: every call has connections of its own."""

    def _notes(self, outgoing: Outgoing) -> list[Event]:
        answered = outgoing.content.reply_to
        above = self._account.note(answered) if answered else None
        key, wanted = self._account.key(), parts(outgoing.content)
        return events.thread(key, wanted, outgoing.created_at, outgoing.key, above)


def _receipt(notes: list[Event]) -> Receipt:
    first = notes[0]
    return Receipt(
        remote_id=first["id"],
        url=events.address(first["id"]),
        at=events.made_at(first),
        parts=tuple(note["id"] for note in notes),
    )
