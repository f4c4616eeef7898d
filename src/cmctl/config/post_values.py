"""Posts as plain data: what the cache holds, and the one way from there to `Post` values."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cmctl.core.content import event_from, media_from
from cmctl.core.model import (
    NOTHING,
    At,
    Every,
    Media,
    NextSlot,
    Place,
    Post,
    Problem,
    Schedule,
    Severity,
    Variant,
)

Plain = dict[str, Any]

_SLOT = NextSlot()


class MediaUse(NamedTuple):
    """An image that a post names, for the check that it is there."""

    media: Media
    post: str
    place: Place


class LoadedFile(NamedTuple):
    """What one posts file says."""

    file: str
    posts: tuple[Post, ...]
    problems: tuple[Problem, ...]
    #: Ids of posts that have an error and are not among `posts`.
    invalid: frozenset[str]
    #: False: it could not be read to its end, or a post in it has no usable id; whatever is not
    #: seen in it may still be meant.
    whole: bool
    media: tuple[MediaUse, ...]


def path_id(file: str) -> str:
    """Return the id that a post takes from its file: the path below the client's folder."""
    return "/".join(PurePosixPath(file).with_suffix("").parts[2:])


def file_from_plain(data: Plain, *, file: str, client: str, zone: ZoneInfo) -> LoadedFile:
    """Build a file's values.

    Raises:
        KeyError, TypeError, ValueError: `data` is not what this version writes.
    """
    posts = data["posts"]
    return LoadedFile(
        file=file,
        posts=tuple([_post(post, file, client, zone) for post in posts]),
        problems=tuple([problem_from_plain(problem) for problem in data["problems"]]),
        invalid=frozenset(data["invalid"]),
        whole=data["whole"],
        media=tuple(
            MediaUse(media_from(fields), post["id"], Place(file, line, column))
            for post in posts
            for fields, line, column in post.get("uses", ())
        ),
    )


def _post(data: Plain, file: str, client: str, zone: ZoneInfo) -> Post:
    get = data.get
    line, column = data["place"]
    expires = get("expires")
    variants = get("variants")
    return Post(
        id=data["id"],
        client=client,
        place=Place(file, line, column),
        text=data["text"],
        channels=tuple(data["channels"]),
        schedule=_schedule(data, zone),
        expires=instant_from_plain(expires, zone) if expires else None,
        media=_media(get("media", ())),
        link=get("link", ""),
        thread=tuple(get("thread", ())),
        first_comment=get("first_comment", ""),
        hashtags=tuple(get("hashtags", ())),
        variants=_variants(variants, zone) if variants else NOTHING,
        labels=tuple(get("labels", ())),
        draft=get("draft", False),
        guard=get("guard", True),
        evergreen=get("evergreen", False),
        note=get("note", ""),
    )


def _schedule(data: Plain, zone: ZoneInfo) -> Schedule | None:
    at = data.get("at")
    if at:
        return At(instant=instant_from_plain(at, zone))
    rule = data.get("every")
    if not rule:
        return _SLOT if "slot" in data else None
    until = data.get("until")
    return Every(
        rule=rule,
        since=data.get("since", ""),
        until=instant_from_plain(until, zone) if until else None,
    )


def _media(data: Any) -> tuple[Media, ...]:
    return tuple([media_from(fields) for fields in data])


def _variants(data: Plain, zone: ZoneInfo) -> Mapping[str, Variant]:
    return MappingProxyType({name: _variant(one, zone) for name, one in data.items()})


def _variant(data: Plain, zone: ZoneInfo) -> Variant:
    media = data.get("media")
    hashtags = data.get("hashtags")
    at = data.get("at")
    return Variant(
        text=data.get("text"),
        media=None if media is None else _media(media),
        hashtags=None if hashtags is None else tuple(hashtags),
        at=instant_from_plain(at, zone) if at else None,
        event=event_from(data.get("event", ())),
    )


def instant_to_plain(instant: datetime) -> str:
    """Return the wall time of an instant, marked where it is the second of a fold."""
    wall = instant.replace(tzinfo=None, microsecond=0).isoformat()
    return f"{wall}*" if instant.fold else wall


def instant_from_plain(text: str, zone: ZoneInfo) -> datetime:
    """Return the instant of `instant_to_plain`."""
    return datetime.fromisoformat(text[:19]).replace(tzinfo=zone, fold=len(text) > 19)


def problem_to_plain(problem: Problem) -> list[Any]:
    """Return a problem as a list of plain values."""
    place = list(problem.place) if problem.place else None
    severity = problem.severity.value
    words = [problem.code, problem.message, problem.fix, severity, problem.post, problem.channel]
    return [*words, place]


def problem_from_plain(data: list[Any]) -> Problem:
    """Return the problem of `problem_to_plain`."""
    code, message, fix, severity, post, channel, place = data
    return Problem(
        code=code,
        message=message,
        fix=fix,
        place=Place(*place) if place else None,
        severity=Severity(severity),
        post=post,
        channel=channel,
    )
