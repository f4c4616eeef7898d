"""From wall time to an instant, by two stated rules.

A wall time that the clock skips in spring goes forward by the length of the gap; one that it passes
twice in autumn is the first of the two. Both come out of PEP 495: with `fold=0` a skipped time
takes the offset in force before the gap, and a repeated one the offset of its first passing.
"""

from datetime import UTC, date, datetime, time
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

Note = Literal["", "gap", "fold"]


class Resolved(NamedTuple):
    """An instant and what had to be decided to find it."""

    #: Aware, in the zone that was asked for, and a time that the clock there really shows.
    instant: datetime
    #: `gap`: moved forward out of a skipped time; `fold`: the first of two; empty: no question.
    note: Note


def resolve(day: date, time: time, zone: ZoneInfo) -> Resolved:
    """Return the instant at which the clock in `zone` shows `time` on `day`.

    `time` is naive wall time. A day that the zone skips whole (Samoa, 2011-12-30) is one long gap.

    Raises:
        ValueError: `time` has a zone of its own.
        OverflowError: the instant is before year 1 or after 9999.
    """
    if time.tzinfo is not None:
        message = f"a wall time has no zone of its own: {time.isoformat()}"
        raise ValueError(message)
    wall = datetime.combine(day, time.replace(fold=0), tzinfo=zone)
    instant = wall.astimezone(UTC).astimezone(zone)
    if instant.replace(tzinfo=None) != wall.replace(tzinfo=None):
        return Resolved(instant, "gap")
    if wall.utcoffset() != wall.replace(fold=1).utcoffset():
        return Resolved(instant, "fold")
    return Resolved(instant, "")


def utc(instant: datetime) -> datetime:
    """Return an instant as a store keeps it: in UTC, where comparing is safe, in milliseconds."""
    instant = instant.astimezone(UTC)
    beyond = instant.microsecond % 1000
    return instant.replace(microsecond=instant.microsecond - beyond) if beyond else instant
