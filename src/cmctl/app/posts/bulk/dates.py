"""Dates as spreadsheets write them. None of the bulk formats carries a time zone."""

import re
from datetime import date, datetime, time
from typing import Literal

from cmctl.app.posts.bulk.entry import RowError

#: Which comes first in `03/04/2026`; empty: refuse what can be read in two ways.
Order = Literal["", "dmy", "mdy", "ymd"]

_MOMENT = re.compile(
    r"(?P<a>\d{1,4})(?P<sign>[-/.])(?P<b>\d{1,2})(?P=sign)(?P<c>\d{1,4})"
    r"(?:[T ,]+(?P<hour>\d{1,2})(?:(?::|\s?h\s?)(?P<minute>\d{2})|\s?h)?"
    r"(?::\d{2})?\s*(?P<half>[ap]\.?m\.?)?)?",
    re.IGNORECASE,
)

_HOUR = re.compile(r"\d{1,2}(?:[:h]\d{2}|h|\s*[ap]\.?m\.?)(?::\d{2})?", re.IGNORECASE)


def instant_of(text: str) -> datetime | None:
    """Return an instant that says its own offset (ISO 8601); None: it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def looks_like_a_time(text: str) -> bool:
    """Tell whether a cell holds a date, a time of day, or both."""
    text = text.strip()
    return bool(_MOMENT.fullmatch(text) or _HOUR.fullmatch(text) or instant_of(text))


def wall_of(text: str, order: Order) -> datetime:
    """Return date and time as they stand in a file, without a zone.

    A day of more than 12, or a year in front, settles the order; else it must be told.

    Raises:
        RowError: it is no date and time, or one that can be read in two ways.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        message = f"{text!r} is not a date and time"
        raise RowError(message, hint="write it in figures, like 2026-11-24 10:15")
    if found["hour"] is None:
        raise RowError(f"{text!r} lacks the time", hint=f'write it like "{text.strip()} 10:15"')
    try:
        return datetime.combine(_day(found, text, order), _time(found))
    except ValueError:
        message = f"there is no {text!r}"
        raise RowError(message, hint="look at the day, or at --date-format") from None


def _day(found: re.Match[str], text: str, order: Order) -> date:
    a, b, c = int(found["a"]), int(found["b"]), int(found["c"])
    if len(found["a"]) == 4:
        return date(a, b, c)
    year = c if len(found["c"]) == 4 else 2000 + c
    if order == "ymd":
        raise ValueError
    if not order:
        order = _settled(a, b, text)
    day, month = (a, b) if order == "dmy" else (b, a)
    return date(year, month, day)


def _settled(a: int, b: int, text: str) -> Order:
    if a > 12 or a == b:
        return "dmy"
    if b > 12:
        return "mdy"
    message = f"{text!r} can be read in two ways"
    raise RowError(message, hint="--date-format dmy, or mdy")


def _time(found: re.Match[str]) -> time:
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    return time(hour, int(found["minute"] or 0))
