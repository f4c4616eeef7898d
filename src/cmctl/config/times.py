"""Dates and times in posts, as wall time that a zone makes an instant."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cmctl.config.wrong import Wrong, quoted
from cmctl.core.when import Note, Resolved, resolve

PATTERN = (
    r"\d{4}-\d{1,2}-\d{1,2}"
    r"(?:(?:\s+|[Tt])\d{1,2}[:h]\d{2}(?::\d{2})?\s*(?:[Zz]|[+-]\d{2}:?\d{2})?)?"
)
_WALL = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:\s+|[Tt])(\d{1,2})[:h](\d{2})(?::(\d{2}))?\s*([Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_EUROPEAN = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b(.*)", re.ASCII)
_FIX = "write it like 2026-11-24 10:15"
#: The last moment of a day that is given without a time.
END_OF_DAY = time(23, 59, 59)


class Wall(NamedTuple):
    """What a person wrote: a day, perhaps a time, perhaps an offset from UTC."""

    day: date
    time: time | None
    offset: timedelta | None = None


def parse_wall(text: str) -> Wall:
    """Return what a date, with or without a time, says.

    Raises:
        Wrong: it is none, or there is no such day or time.
    """
    found = _WALL.fullmatch(text.strip())
    if not found:
        raise Wrong(f"{quoted(text)} is not a date and time", _fix(text))
    year, month, day, hour, minute, second, offset = found.groups()
    try:
        on = date(int(year), int(month), int(day))
        at = time(int(hour), int(minute), int(second or 0)) if hour else None
        away = _offset(offset) if offset else None
    except ValueError:
        raise Wrong(f"there is no {quoted(text)}", "look at the calendar and the clock") from None
    if not 2000 <= on.year <= 2999:
        raise Wrong(f"the year {on.year} is not one to post in", _FIX)
    return Wall(on, at, away)


def parse_moment(text: str) -> Wall:
    """Return a date with its time.

    Raises:
        Wrong: the time is missing, or as for `parse_wall`.
    """
    wall = parse_wall(text)
    if wall.time is None:
        raise Wrong(f"{quoted(text)} lacks the time", f"write it like {wall.day} 10:15")
    return wall


def parse_day(text: str) -> date:
    """Return a date.

    Raises:
        Wrong: it is none, or has a time.
    """
    wall = parse_wall(text)
    if wall.time is not None:
        raise Wrong(f"{quoted(text)} is a day and needs no time", f"write {wall.day}")
    return wall.day


def parse_local(text: str) -> str:
    """Return a date, with or without a time, in ISO 8601; it is meant where something happens.

    Raises:
        Wrong: as for `parse_wall`, or it has an offset.
    """
    wall = parse_wall(text)
    if wall.offset is not None:
        raise Wrong(f"{quoted(text)} has an offset", "write the time that clocks show there")
    return wall.day.isoformat() + (f"T{wall.time:%H:%M}" if wall.time else "")


def _fix(text: str) -> str:
    european = _EUROPEAN.fullmatch(text.strip())
    if european:
        day, month, year, rest = european.groups()
        return f"write {year}-{int(month):02}-{int(day):02}{rest}"
    if re.fullmatch(r"\d{1,2}[:h]\d{2}", text.strip()):
        return f"say the day too: 2026-11-24 {text.strip()}"
    return _FIX


def _offset(text: str) -> timedelta:
    if text in "Zz":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    return (1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes)


def instant_of(wall: Wall, zone: ZoneInfo, *, end: bool = False) -> Resolved:
    """Return the instant in `zone`; a day without a time is its beginning, or its end."""
    at = wall.time or (END_OF_DAY if end else time())
    if wall.offset is None:
        return resolve(wall.day, at, zone)
    moment = datetime.combine(wall.day, at, tzinfo=UTC) - wall.offset
    return Resolved(moment.astimezone(zone), "")


def explain(note: Note, wall: Wall, resolved: Resolved) -> str:
    """Say in words how a wall time on a day of clock change was understood."""
    zone = getattr(resolved.instant.tzinfo, "key", "")
    written = f"{wall.day} {wall.time or time():%H:%M}"
    if note == "gap":
        shown = f"{resolved.instant:%Y-%m-%d %H:%M}"
        return f"the clock in {zone} skips {written}; {shown} is meant"
    offset = f"{resolved.instant:%z}"
    return f"the clock in {zone} shows {written} twice; the first is meant (UTC{offset})"
