"""Posts of Bluesky as records: what is written, and what a record of any client says.

Lexicons `app.bsky.feed.post`, `app.bsky.embed.images`, `app.bsky.embed.video`,
`app.bsky.embed.external`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected
from cmctl.channels.vendors.bluesky.facets import expand
from cmctl.channels.vendors.bluesky.tid import instant
from cmctl.core.model import Status

POST = "app.bsky.feed.post"


def post(
    text: str, created_at: datetime, language: str, facets: Sequence[Mapping[str, object]]
) -> dict[str, object]:
    """Return the record of a post without embed and reply; equal values give an equal record."""
    created = created_at.astimezone(UTC).isoformat(timespec="milliseconds")
    record: dict[str, object] = {
        "$type": POST,
        "text": text,
        "createdAt": created.replace("+00:00", "Z"),
        "langs": [language],
    }
    return record | ({"facets": list(facets)} if facets else {})


def images(pictures: Sequence[tuple[object, str]]) -> dict[str, object]:
    """Return the embed of uploaded images, each a blob reference and an alt text."""
    shown = [{"image": blob, "alt": alt} for blob, alt in pictures]
    return {"$type": "app.bsky.embed.images", "images": shown}


def video(blob: object, alt: str) -> dict[str, object]:
    """Return the embed of an uploaded film, which Bluesky makes ready once it sees the post."""
    return {"$type": "app.bsky.embed.video", "video": blob, "alt": alt}


def card(link: str) -> dict[str, object]:
    """Return the embed of a link, titled with its host."""
    external = {"uri": link, "title": urlsplit(link).netloc or link, "description": ""}
    return {"$type": "app.bsky.embed.external", "external": external}


def root(record: object) -> dict[str, str] | None:
    """Return the first post of a conversation, as a reply in it names it; None: it is no reply."""
    named = _object(_object(_object(record).get("reply")).get("root"))
    uri, cid = named.get("uri"), named.get("cid")
    return {"uri": uri, "cid": cid} if isinstance(uri, str) and isinstance(cid, str) else None


def rkey(listed: Mapping[str, object]) -> str:
    """Return the record key of a listed record."""
    return str(listed.get("uri", "")).rpartition("/")[2]


def page(answer: Answer) -> tuple[list[dict[str, object]], str]:
    """Return the records of a listing's answer, and its cursor or nothing."""
    body = answer.record()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        raise answer.malformed("without `records`")
    return records, str(body.get("cursor") or "")


def status(
    listed: Mapping[str, object], did: str, handle: str, *, server: str = ""
) -> Status | None:
    """Return what a listed record tells followers; None where it is no post with a time.

    `server` is the address of the account's PDS, which gives its images to everybody.

    A link that a client has shortened, or shows only on a card, stands whole in the text.
    """
    key, record = rkey(listed), _object(listed.get("value"))
    embed = _object(record.get("embed"))
    at = _created(record) or instant(key)
    if not key or at is None:
        return None
    return Status(
        channel="",
        remote_id=key,
        at=at,
        text=_text(record),
        url=f"https://bsky.app/profile/{handle}/post/{key}",
        author=handle,
        media_count=_media_count(embed),
        reply_to=_parent(record, did),
        images=tuple(
            f"{server}/xrpc/com.atproto.sync.getBlob?{urlencode({'did': did, 'cid': cid})}"
            for cid in _images(embed)
        ),
    )


def viewed(view: Mapping[str, object], did: str) -> Status:
    """Return what a post that an app view shows tells; ours, by our DID, under its key alone.

    Its time is the app view's own: what a record says of itself may be anything.

    Raises:
        ValueError: it lacks its address or its time.
    """
    uri, handle = str(view.get("uri") or ""), str(_object(view.get("author")).get("handle") or "")
    record = _object(view.get("record"))
    at = datetime.fromisoformat(str(view.get("indexedAt")))
    if not uri.startswith("at://") or at.tzinfo is None:
        message = "a post without its address or its time"
        raise ValueError(message)
    return Status(
        channel="",
        remote_id=uri.removeprefix(f"at://{did}/{POST}/"),
        at=at,
        text=_text(record),
        url=f"https://bsky.app/profile/{handle}/post/{rkey(view)}",
        author=handle,
        media_count=_media_count(_object(record.get("embed"))),
        reply_to=_parent(record, did),
    )


def author(view: Mapping[str, object]) -> str:
    """Return the DID of who made what an app view shows."""
    return str(_object(view.get("author")).get("did") or "")


def value(listed: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a listed record says."""
    return _object(listed.get("value"))


def hidden(gate: Mapping[str, object]) -> list[str]:
    """Return the addresses of the replies that a threadgate hides."""
    named = gate.get("hiddenReplies")
    return [str(uri) for uri in named] if isinstance(named, list) else []


def gone(uri: str) -> Rejected:
    """Return what to raise for a post that is not there."""
    return Rejected(f"Bluesky has no post {uri}: was it deleted?")


def _text(record: Mapping[str, object]) -> str:
    facets = record.get("facets")
    links = [_object(facet) for facet in facets] if isinstance(facets, list) else []
    text = expand(str(record.get("text", "")), links)
    embed = _object(record.get("embed"))
    uri = _object(_object(embed.get("media", embed)).get("external")).get("uri")
    if isinstance(uri, str) and uri not in text:
        return f"{text}\n\n{uri}".lstrip("\n")
    return text


def _created(record: Mapping[str, object]) -> datetime | None:
    """Read `createdAt`, which clients write and servers need not check."""
    try:
        at = datetime.fromisoformat(str(record.get("createdAt")))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _images(embed: Mapping[str, object]) -> list[str]:
    """Return what identifies each image of an embed to the PDS."""
    shown = _object(embed.get("media", embed)).get("images")
    items = [_object(item) for item in shown] if isinstance(shown, list) else []
    links = (_object(_object(item.get("image")).get("ref")).get("$link") for item in items)
    return [str(link) for link in links if link]


def _media_count(embed: Mapping[str, object]) -> int:
    media = _object(embed.get("media", embed))
    pictures = media.get("images") or media.get("items")
    if isinstance(pictures, list):
        return len(pictures)
    return 1 if "video" in media else 0


def _parent(record: Mapping[str, object], did: str) -> str:
    """Return whom a post answers: a record key of this account, or a whole address."""
    uri = str(_object(_object(record.get("reply")).get("parent")).get("uri", ""))
    own = f"at://{did}/{POST}/"
    return uri.removeprefix(own)


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
