"""Instants in the words that a person types: `tomorrow 9:00`, `mon 10:15`, `in 2h`, `demain 9h`.

What the program says is English; French words are understood where a person types a time.
"""

import re
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cmctl.config.durations import parse_duration
from cmctl.config.times import Wall, explain, instant_of, parse_wall
from cmctl.config.wrong import Wrong
from cmctl.core.errors import UsageError

_CLOCK = r"(?P<hour>[0-9]{1,2})(?::(?P<minutes>[0-9]{2})|\s?h\s?(?P<minute>[0-9]{2})?)"
_WORDS = re.compile(
    rf"(?:(?P<day>[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)?)\s+(?:(?:at|à)\s+)?)?{_CLOCK}"
)
_SPAN = re.compile(r"(?:in|dans)\s+(?P<ahead>.+)|(?P<back>.+)\s+ago|il\s+y\s+a\s+(?P<since>.+)")
#: Units of a span that are words, and the letter that a duration has for each.
_UNITS = re.compile(
    r"\s*(?:(days?|jours?|j)|(hours?|heures?)|(minutes?|mins?|mn)|(seconds?|secondes?|secs?))\b\s*"
)
#: A span with neither `in` nor `ago`; `9h` can only be told from a clock by what is asked for.
_ALONE = re.compile(r"(?:[0-9]+\s?[a-z]+\s?)+")
_NOW = frozenset({"now", "maintenant"})
_WEEKS = (
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
)
_WEEKDAYS = {
    name: day for week in _WEEKS for day, full in enumerate(week) for name in (full, full[:3])
}
_DAYS = {
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "hier": -1,
    "aujourd'hui": 0,
    "demain": 1,
    "après-demain": 2,
    "apres-demain": 2,
}
HINT = 'write it like now, "tomorrow 9:00", "mon 10:15", "in 2h" or "2026-11-24 10:15"'


class Moment(NamedTuple):
    """An instant and how it was understood."""

    instant: datetime
    #: What a change of the clock made of it; empty where there was no question.
    note: str = ""


def moment(text: str, zone: ZoneInfo, now: datetime) -> Moment:
    """Return the instant that a person means, in `zone`, never seconds: now is this minute.

    A time alone is the next time the clock shows it; a weekday is the next one whose time is still
    to come, today included.

    Raises:
        UsageError: it says no instant, or there is no such day or time.
    """
    said = _said(text)
    return _span(said, now) or _wall(said, zone, now)


def is_past(instant: datetime, now: datetime) -> bool:
    """Tell whether an instant as `moment` gives it is over; this minute is not."""
    return instant < now.replace(second=0, microsecond=0)


def bound(text: str, zone: ZoneInfo, now: datetime, *, end: bool = False) -> datetime:
    """Return the instant of a limit: as `moment`, and a day alone is its beginning, or its end.

    A span alone, `7d`, is so long ago; up to when it would be is not plain, and is asked.

    Raises:
        UsageError: as for `moment`.
    """
    said = _said(text)
    span = _span(said, now) or _ago(said, now, end=end)
    if span is not None:
        return span.instant
    today = now.astimezone(zone).date()
    day = _day(said, zone, now, None)
    wall = Wall(today + timedelta(days=day), None) if day is not None else None
    if wall is None and not _WORDS.fullmatch(said):
        wall = _parsed(said)
    return instant_of(wall, zone, end=end).instant if wall else _wall(said, zone, now).instant


def _said(text: str) -> str:
    """Return what was typed in one spelling: small letters, straight apostrophes, single spaces."""
    return " ".join(text.lower().replace("’", "'").split())


def _span(text: str, now: datetime) -> Moment | None:
    if text in _NOW:
        return Moment(now.replace(second=0, microsecond=0))
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    try:
        span = parse_duration(_duration(found["ahead"] or found["back"] or found["since"]))
    except Wrong as wrong:
        raise UsageError(wrong.message, hint=wrong.fix) from None
    exact = now + span if found["ahead"] else now - span
    return Moment(exact.replace(second=0, microsecond=0))


def _ago(text: str, now: datetime, *, end: bool) -> Moment | None:
    if not _ALONE.fullmatch(text):
        return None
    if end:
        message = f'"{text}" is a span, and no time'
        raise UsageError(message, hint=f'write "in {text}" or "{text} ago"')
    return _span(f"{text} ago", now)


def _duration(text: str) -> str:
    """Return a span as durations are written: `2 h 30`, `3 jours` and `1 hour` too."""
    short = _UNITS.sub(lambda unit: "dhms"[(unit.lastindex or 1) - 1], text).replace(" ", "")
    return f"{short}m" if re.fullmatch(r"[0-9]+h[0-9]+", short) else short


def _wall(text: str, zone: ZoneInfo, now: datetime) -> Moment:
    words = _WORDS.fullmatch(text)
    wall = _spoken(words, text, zone, now) if words else _parsed(text)
    if wall.time is None:
        message = f'"{text}" lacks the time'
        raise UsageError(message, hint=f'write it like "{wall.day} 10:15"')
    resolved = instant_of(wall, zone)
    note = explain(resolved.note, wall, resolved) if resolved.note else ""
    return Moment(resolved.instant, note)


def _spoken(found: re.Match[str], text: str, zone: ZoneInfo, now: datetime) -> Wall:
    try:
        at = time(int(found["hour"]), int(found["minutes"] or found["minute"] or 0))
    except ValueError:
        message = f'there is no time "{text}"'
        raise UsageError(message, hint=HINT) from None
    day = _day(found["day"] or "", zone, now, at)
    if day is None:
        message = f'"{text}" is not a time'
        raise UsageError(message, hint=HINT)
    return Wall(now.astimezone(zone).date() + timedelta(days=day), at)


def _day(word: str, zone: ZoneInfo, now: datetime, at: time | None) -> int | None:
    """Return how many days ahead a word is; empty: the next day on which `at` is to come."""
    here = now.astimezone(zone)
    over = at is not None and here.time() >= at
    if not word and at is not None:
        return 1 if over else 0
    if word in _DAYS:
        return _DAYS[word]
    if word in _WEEKDAYS:
        ahead = (_WEEKDAYS[word] - here.weekday()) % 7
        return 7 if ahead == 0 and over else ahead
    return None


def _parsed(text: str) -> Wall:
    try:
        return parse_wall(text)
    except Wrong as wrong:
        hint = HINT if "not a date" in wrong.message else wrong.fix
        raise UsageError(wrong.message, hint=hint) from None
