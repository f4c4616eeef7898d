"""Rows of the store as values, and values as rows."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cmctl.core.content import event_fields, event_from, media_fields, media_from
from cmctl.core.ledger import Add, Removal, Ruling
from cmctl.core.model import (
    Content,
    Delivery,
    Hold,
    HoldReason,
    Key,
    Planned,
    Receipt,
    Seen,
    State,
    Status,
)
from cmctl.core.plain import plain_line
from cmctl.core.text import excerpt, follower_text, wording
from cmctl.store.base import Collision, Event, Fact, Reading
from cmctl.store.sql.instants import instant, maybe_instant, maybe_milliseconds, milliseconds

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def as_json(value: object) -> str:
    """Return plain values as compact JSON, readable and the same for equal values."""
    return _ENCODER.encode(value)


@lru_cache(maxsize=128)  # a delivery is read three times on its way out
def content(text: str) -> Content:
    """Return what goes out, as `content_json` wrote it."""
    raw: dict[str, Any] = json.loads(text)
    return Content(
        text=raw["text"],
        link=raw["link"],
        hashtags=tuple(raw["hashtags"]),
        media=tuple(map(media_from, raw["media"])),
        thread=tuple(raw["thread"]),
        first_comment=raw["first_comment"],
        reply_to=raw["reply_to"],
        event=event_from(raw.get("event", ())),
    )


def content_json(what: Content) -> str:
    """Return what goes out as JSON."""
    return as_json(
        {
            "text": what.text,
            "link": what.link,
            "hashtags": what.hashtags,
            "media": [media_fields(media) for media in what.media],
            "thread": what.thread,
            "first_comment": what.first_comment,
            "reply_to": what.reply_to,
            **({"event": event_fields(what.event)} if what.event else {}),
        }
    )


def hold(reason: str, detail: str, from_files: int) -> Hold | None:
    """Return a hold, or None where there is no reason."""
    if not reason:
        return None
    return Hold(reason=HoldReason(reason), detail=detail, from_files=bool(from_files))


def hold_columns(what: Hold | None) -> dict[str, str | int]:
    """Return a hold's columns, empty without one."""
    return {
        "hold_reason": what.reason.value if what else "",
        "hold_detail": what.detail if what else "",
        "hold_from_files": int(what.from_files) if what else 0,
    }


def said(add: Add) -> Mapping[str, str | int]:
    """Return what tells a new delivery that says what another one said."""
    words = wording(follower_text(add.planned.content))
    return {"channel": add.planned.key.channel, "wording": words, "digest": add.digest}


def planned_columns(planned: Planned, digest: str) -> dict[str, object]:
    """Return the columns of what the files plan, state and hold left out."""
    text = follower_text(planned.content)
    return {
        "due": milliseconds(planned.due),
        "network": planned.network,
        "excerpt": plain_line(excerpt(planned.content.text)),
        "follower_text": text,
        "wording": wording(text),
        "reply_to": planned.content.reply_to,
        "expires": maybe_milliseconds(planned.expires),
        "guard": int(planned.guard),
        "evergreen": int(planned.evergreen),
        "cost": planned.cost,
        "digest": digest,
        "content": content_json(planned.content),
    }


def delivery(row: tuple[Any, ...]) -> Delivery:
    """Return a delivery from the columns of `{delivery}`."""
    (
        number, post, occurrence, channel, network, due, raw, digest, state, expires, guard,
        reason, detail, from_files, fence, attempts, not_before, owner, lease_until, sent_at,
        published_at, remote_id, url, parts, override, edited, deleted_at, evergreen,
        altered,
    ) = row  # fmt: skip
    receipt = None
    if published_at is not None:
        receipt = Receipt(
            remote_id=remote_id,
            url=url,
            at=instant(published_at),
            parts=tuple(json.loads(parts)),
            altered=altered,
        )
    return Delivery(
        number=number,
        key=Key(post, occurrence, channel),
        network=network,
        due=instant(due),
        content=content(raw),
        digest=digest,
        state=State(state),
        expires=maybe_instant(expires),
        guard=bool(guard),
        evergreen=bool(evergreen),
        hold=hold(reason, detail, from_files),
        fence=fence,
        attempts=attempts,
        not_before=maybe_instant(not_before),
        owner=owner,
        lease_until=maybe_instant(lease_until),
        sent_at=maybe_instant(sent_at),
        receipt=receipt,
        override=override,
        edited=bool(edited),
        deleted_at=maybe_instant(deleted_at),
    )


def fact(row: tuple[Any, ...]) -> tuple[Key, Fact]:
    """Return a fact and its key from a row of `ledger`."""
    (
        post, occurrence, channel, number, state, due, digest, fence, reason, detail, from_files,
        expires, edited, guard, evergreen, published_at, dropped, cost,
    ) = row  # fmt: skip
    return Key(post, occurrence, channel), Fact(
        number=number,
        state=State(state),
        due=instant(due),
        digest=digest,
        fence=fence,
        hold=hold(reason, detail, from_files),
        expires=maybe_instant(expires),
        edited=bool(edited),
        guard=bool(guard),
        evergreen=bool(evergreen),
        published_at=maybe_instant(published_at),
        dropped=bool(dropped),
        cost=cost,
    )


def event(row: tuple[Any, ...]) -> Event:
    """Return a line of the log."""
    number_of_event, at, number, kind, before, after, fence, data = row
    told: Mapping[str, object] = json.loads(data)
    return Event(number_of_event, instant(at), number, kind, before, after, fence, told)


def seen(rows: str) -> list[Seen]:
    """Return what followers read, from the JSON of `seen_deliveries` or `seen_timeline`."""
    return [seen_of(tuple(row)) for row in json.loads(rows)]


@lru_cache(maxsize=2048)  # the texts of a channel are compared with each of its deliveries
def seen_of(row: tuple[Any, ...]) -> Seen:
    """Return a text from its columns, as `seen_timeline` has them, or `seen_deliveries`."""
    source, ref, at, text, url, post, pictures, *rest = row
    sketch, author, reply_to = [*rest, "", "", ""][:3]
    return Seen(
        source=source,
        ref=str(ref),
        text=text,
        at=instant(at),
        url=url,
        post=post,
        author=author,
        reply_to=reply_to,
        pictures=tuple(pictures.split()),
        sketch=sketch or "",
    )


def rulings(rows: str) -> list[Ruling]:
    """Return rulings from the JSON of `around`."""
    return [ruling(tuple(row)) for row in json.loads(rows)]


def ruling(row: tuple[Any, ...]) -> Ruling:
    """Return what a person decided about two texts."""
    at, channel, number, source, ref, keep, reason, same, *rest = row
    known = None if same is None else bool(same)
    return Ruling(instant(at), channel, number, source, ref, keep, reason, known, *rest)


def ruling_columns(what: Ruling) -> dict[str, object]:
    """Return the columns of a ruling."""
    same = None if what.same is None else int(what.same)
    words = {"ours_wording": wording(what.ours), "theirs_wording": wording(what.theirs)}
    return {**what._asdict(), **words, "at": milliseconds(what.at), "same": same}


def removal(row: tuple[Any, ...]) -> Removal:
    """Return what is to be taken down."""
    channel, remote_id, parts, number, after, loser, due, tries, problem = row
    return Removal(
        channel=channel,
        remote_id=remote_id,
        parts=tuple(json.loads(parts)),
        number=number,
        after=after,
        loser=loser,
        due=instant(due),
        tries=tries,
        problem=problem,
    )


def removal_columns(what: Removal) -> dict[str, object]:
    """Return the columns of a removal."""
    return {**what._asdict(), "parts": as_json(what.parts), "due": milliseconds(what.due)}


def reading(row: tuple[Any, ...]) -> Reading:
    """Return how far a timeline has been read."""
    reader, read_at, whole_at, whole_since, charged, charged_month = row
    return Reading(
        reader,
        maybe_instant(read_at),
        maybe_instant(whole_at),
        maybe_instant(whole_since),
        charged,
        charged_month,
    )


def collision(row: tuple[Any, ...]) -> Collision:
    """Return two texts that stand on one account with the same news."""
    number, remote_id, at, evidence = row
    return Collision(number, remote_id, instant(at), json.loads(evidence))


def status(row: tuple[Any, ...]) -> Status:
    """Return a foreign status from a row of `statuses`."""
    channel, remote_id, at, text, url, author, tool, media_count, reply_to, pictures = row
    return Status(
        channel=channel,
        remote_id=remote_id,
        at=instant(at),
        text=text,
        url=url,
        author=author,
        tool=tool,
        media_count=media_count,
        reply_to=reply_to,
        pictures=tuple(pictures.split()),
    )


def status_columns(what: Status) -> dict[str, str | int]:
    """Return the columns of a foreign status, its channel left out."""
    return {
        "remote_id": what.remote_id,
        "at": milliseconds(what.at),
        "text": what.text.replace("\0", "\ufffd"),  # as it can be kept
        "url": what.url,
        "author": what.author,
        "tool": what.tool,
        "media_count": what.media_count,
        "reply_to": what.reply_to,
        "pictures": " ".join(what.pictures),
        "wording": wording(what.text),
    }
