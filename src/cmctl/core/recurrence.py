"""The occurrences of a recurring post: RFC 5545 rules in wall time, resolved in a zone."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cmctl.core.model import Every
from cmctl.core.when import resolve

#: Where a rule without `since` counts its intervals from: a Monday, and the first of a year.
ORIGIN = date(2001, 1, 1)
#: Days from one period of a frequency to the next; 0: they differ in length.
_PERIOD = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 0, "YEARLY": 0}
_STEPS = frozenset({"FREQ", "INTERVAL", "COUNT", "WKST", "BYSETPOS"})
_DAYS = frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"})
_CLOCK = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_WHOLE = re.compile("0{0,3}[1-9][0-9]{0,3}")  # with 0 dateutil never ends
_ERA = 400  # years after which dates, weekdays and leap days repeat
_DAY = timedelta(days=1)


class RuleError(ValueError):
    """A rule that cannot be followed; the message says why and what to write."""


class Occurrence(NamedTuple):
    """One planned instant of a recurring post."""

    #: The wall date, `2026-11-24`; the second of a day `2026-11-24#2`.
    name: str
    #: In UTC.
    instant: datetime


def occurrences(
    every: Every, zone: ZoneInfo, after: datetime, until: datetime, limit: int
) -> list[Occurrence]:
    """Return the first `limit` occurrences after `after` and at most at `until`, in order.

    Of two that come to the same instant, as in the hour that the clock skips, only the one that the
    clock shows is there. Their names count from the day's beginning, whatever `after` is.

    Raises:
        RuleError: the rule is not one that can be followed.
    """
    first, last = after.astimezone(zone).date() - 2 * _DAY, until.astimezone(zone).date() + _DAY
    found: dict[datetime, str] = {}
    for name, wall in _named(_walls(every, first, last)):
        if wall.date() < first:
            continue
        instant = resolve(wall.date(), wall.time(), zone).instant.astimezone(UTC)
        if after < instant <= until:
            found[instant] = name
        if len(found) > limit:
            break
    return [Occurrence(found[instant], instant) for instant in sorted(found)[:limit]]


def _named(walls: Iterator[datetime]) -> Iterator[tuple[str, datetime]]:
    day, number = date.min, 0
    for wall in walls:
        day, number = wall.date(), number + 1 if wall.date() == day else 1
        yield (day.isoformat() if number == 1 else f"{day.isoformat()}#{number}"), wall


def _walls(every: Every, first: date, last: date) -> Iterator[datetime]:
    """Yield the rule's wall times up to the day `last`; those before `first` may lack.

    The rule is followed near the year 9999: dateutil looks for the next match up to there, which
    takes seconds from our century where a rule such as 30 February never matches.
    """
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - most workspaces list without it

    shift = (9990 - last.year) // _ERA * _ERA
    start = _start(every, _parts(every), first)
    begin = datetime(start.year + shift, start.month, start.day)  # noqa: DTZ001 - wall time
    try:
        rule = rrulestr(every.rule, dtstart=begin)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise RuleError(f"`{every.rule}` is not a rule: {error}") from None
    for wall in rule:
        if wall.year - shift > last.year or wall.replace(year=wall.year - shift).date() > last:
            return
        yield wall.replace(year=wall.year - shift)


def _parts(every: Every) -> dict[str, str]:
    pairs = (part.partition("=") for part in every.rule.upper().split(";") if part)
    parts = {name: value for name, _, value in pairs}
    if strange := sorted(parts.keys() - _STEPS - _DAYS - _CLOCK):
        hint = "; write `until:` beside it" if strange == ["UNTIL"] else ""
        raise RuleError(f"a rule cannot have `{strange[0]}`{hint}")
    if parts.get("FREQ") not in _PERIOD:
        raise RuleError(
            f"FREQ is DAILY, WEEKLY, MONTHLY or YEARLY, not `{parts.get('FREQ', '')}`;"
            " several times a day are written `FREQ=DAILY;BYHOUR=9,12,18`"
        )
    if not _WHOLE.fullmatch(parts.get("INTERVAL", "1")):
        raise RuleError(f"INTERVAL is a whole number from 1, not `{parts['INTERVAL']}`")
    if "COUNT" in parts and not every.since:
        raise RuleError("COUNT needs `since:`, the day from which it counts")
    return parts


def _start(every: Every, parts: dict[str, str], first: date) -> date:
    """Return a day from which the rule gives the same as from its own first day."""
    origin = date.fromisoformat(every.since) if every.since else ORIGIN
    step = _PERIOD[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))
    if step == 0 or "COUNT" in parts or first <= origin:
        return origin
    return origin + (first - origin).days // step * step * _DAY
