"""Matrix events as values: what is sent, and what those of a room tell.

spec.matrix.org, Client-Server API: "Instant Messaging" (`m.room.message`, `m.text`, `m.image`),
"Threading", "Event replacements", "Redactions".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from cmctl.channels.base import Attachment
from cmctl.channels.content import Part
from cmctl.channels.markup import lines
from cmctl.core.model import Status

TYPE: Final = "m.room.message"
#: Our own field of a message: the delivery's key, the part's number, the images before it.
OURS: Final = "cmctl"
#: What old clients put before a reply: the words that it answers.
_QUOTED = re.compile(r"\A(?:> .*\n)+\n?")

Event = Mapping[str, Any]


def answering(content: Event, event_id: str) -> Event:
    """Return a message's content as the answer to another message."""
    return {**content, "m.relates_to": {"m.in_reply_to": {"event_id": event_id}}}


def text(part: Part, key: str, number: int, *, done: Sequence[str], images: Sequence[str]) -> Event:
    """Return the content of one part's message; `done` and `images` are event ids."""
    content: dict[str, Any] = {
        "msgtype": "m.text",
        "body": part.text,
        "format": "org.matrix.custom.html",
        "formatted_body": lines(part.text),
        "m.mentions": {},  # a name in the text calls nobody
        OURS: {"key": key, "part": number, "images": list(images)},
    }
    if part.parent is not None:
        content["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": done[0],
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": done[part.parent]},
        }
    return content


def image(attachment: Attachment, address: str) -> Event:
    """Return the content of an image's message, its alt text where clients look for it."""
    return {
        "msgtype": "m.image",
        "body": attachment.alt or attachment.name,
        "url": address,
        "info": {"mimetype": attachment.type, "size": len(attachment.data)},
        "m.mentions": {},
    }


def statuses(events: Iterable[Event]) -> Iterator[Status]:
    """Yield what the messages of a room, newest first, tell its readers.

    An edit shows in what it edits, and our images with the text after them.

    Raises:
        ValueError: an event lacks its id or its time.
    """
    listed = [event for event in events if stands(event)]
    edits: dict[tuple[str, str], Event] = {}
    shown = {one for event in listed for one in ours(event).get("images", ())}
    for event in listed:
        edited = _relation(event).get("event_id") if _is_edit(event) else None
        if edited:
            edits.setdefault((str(edited), str(event.get("sender"))), event["content"])
        elif identity(event) not in shown:
            edit = edits.get((identity(event), str(event.get("sender"))), {})
            yield _status(event, edit.get("m.new_content") or event["content"])


def stands(event: Event) -> bool:
    """Tell whether an event still says something: a redacted one has no content."""
    content = event.get("content")
    return isinstance(content, dict) and isinstance(content.get("body"), str)


def ours(event: Event) -> Mapping[str, Any]:
    """Return our own field of a message; empty where it is not from us."""
    content = event.get("content")
    value = content.get(OURS) if isinstance(content, dict) else None
    return value if isinstance(value, dict) else {}


def calls(event: Event, user: str) -> bool:
    """Tell whether a message mentions a user ("User and room mentions")."""
    content = event.get("content")
    named = _object(content.get("m.mentions")).get("user_ids") if isinstance(content, dict) else ()
    return isinstance(named, list) and user in named


def identity(event: Event) -> str:
    """Return an event's id.

    Raises:
        ValueError: it has none.
    """
    value = event.get("event_id")
    if not isinstance(value, str) or not value:
        message = "an event without an id"
        raise ValueError(message)
    return value


def made_at(event: Event) -> datetime:
    """Return when the sender's server took an event.

    Raises:
        ValueError: it does not say.
    """
    value = event.get("origin_server_ts")
    if not isinstance(value, int):
        message = "an event without its time"
        raise ValueError(message)
    return datetime.fromtimestamp(value / 1000, UTC)


def _status(event: Event, content: Event) -> Status:
    relation = _relation(event)
    reply_to = _object(relation.get("m.in_reply_to")).get("event_id")
    if not reply_to and relation.get("rel_type") == "m.thread":
        reply_to = relation.get("event_id")
    body = str(content.get("body") or "")
    is_image = content.get("msgtype") == "m.image"
    return Status(
        channel="",
        remote_id=identity(event),
        at=made_at(event),
        text=_QUOTED.sub("", body) if reply_to else body,
        author=str(event.get("sender") or ""),
        tool="cmctl" if ours(event) else "",
        media_count=1 if is_image else len(ours(event).get("images", ())),
        reply_to=str(reply_to or ""),
    )


def _is_edit(event: Event) -> bool:
    return _relation(event).get("rel_type") == "m.replace"


def _relation(event: Event) -> Mapping[str, Any]:
    return _object(event["content"].get("m.relates_to"))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
