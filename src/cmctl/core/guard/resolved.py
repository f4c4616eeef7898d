"""Which dates a day of a text can mean, told by the day of its post.

Some words mean one of two dates: `samedi` the coming one or the one that was, `cette semaine` on a
Sunday the week that ends or the one that begins. Two texts that tell the same news both look ahead
or both look back; so the word of a week later is another day, and that of the next day is the same.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from cmctl.core.guard.dates import MONTH, WEEK, WEEKEND, Day

#: Further from its post a date without a year is that of another year.
_HALF_A_YEAR = 183


class Span(NamedTuple):
    """Dates from one to another, both included."""

    first: date
    last: date

    def meets(self, other: "Span") -> bool:
        """Tell whether both have a date in common."""
        return self.first <= other.last and other.first <= self.last


def may_be_same(a: Day, b: Day, posted_a: date | None, posted_b: date | None) -> bool:
    """Tell whether two days can be one; without the days of posting, by what is written."""
    if posted_a is None or posted_b is None or a.recurring or b.recurring:
        return a == b or _fields_agree(a, b)
    one, other = meant(a, posted_a), meant(b, posted_b)
    if not one or not other:
        return a == b or _fields_agree(a, b)
    if _is_vague(a) and _is_vague(b) and (a.turn or 0) == (b.turn or 0) and len(one) == len(other):
        return any(x.meets(y) for x, y in zip(one, other, strict=True))
    return any(x.meets(y) for x in one for y in other)


def _is_vague(day: Day) -> bool:
    """Tell whether it means one date or another, as the text looks ahead or back."""
    return day.offset is None and day.day is None and day.month is None


def _fields_agree(a: Day, b: Day) -> bool:
    if a.offset is not None and b.offset is not None:
        return a.offset == b.offset
    spans = {day.weekday for day in (a, b)} & {WEEKEND, WEEK, MONTH}
    if len(spans) == 1 and a.weekday == b.weekday:
        return a.turn == b.turn
    if WEEKEND in spans:
        other = b.weekday if a.weekday == WEEKEND else a.weekday
        return other in {None, 4, 5, 6, WEEK, MONTH}
    if spans:
        return True
    pairs = (
        (a.weekday, b.weekday), (a.day, b.day), (a.month, b.month), (a.turn, b.turn)
    )  # fmt: skip
    return all(x is None or y is None or x == y for x, y in pairs)


@lru_cache(maxsize=1024)
def meant(day: Day, posted: date) -> Sequence[Span]:
    """Return what `day` can mean in a post of that date, the likelier first; empty: nobody knows.

    Of two, the first looks ahead and the second looks back, as every word of that kind does.
    """
    try:
        return _meant(day, posted)
    except (OverflowError, ValueError):  # at the ends of the calendar
        return ()


def _meant(day: Day, posted: date) -> Sequence[Span]:
    if day.offset is not None:
        return (_of(posted + timedelta(days=day.offset)),)
    if span := _SPANS.get(-1 if day.weekday is None else day.weekday):
        return span(day.turn or 0, posted)
    if day.day is None:
        return _month(day.month, posted) if day.month is not None else _weekday(day, posted)
    if day.month is not None:
        years = (posted.year - 1, posted.year, posted.year + 1)
        dates = [d for y in years if (d := _date(y, day.month + 1, day.day))]
    else:
        months = [(posted.year * 12 + posted.month - 1 + n) for n in (-1, 0, 1, 2)]
        dates = [d for m in months if (d := _date(m // 12, m % 12 + 1, day.day))]
        dates = [d for d in dates if day.weekday in (None, d.weekday())] or dates
        dates = [d for d in dates if d >= posted - timedelta(days=7)][:1]
    return [_of(d) for d in dates if abs((d - posted).days) <= _HALF_A_YEAR]


def _of(day: date) -> Span:
    return Span(day, day)


def _weekday(day: Day, posted: date) -> Sequence[Span]:
    ahead = ((day.weekday or 0) - posted.weekday()) % 7
    coming, gone = posted + timedelta(days=ahead), posted - timedelta(days=-ahead % 7)
    if day.turn is None:
        return _of(coming), _of(gone)
    if day.turn < 0:
        return (_of(gone if ahead else gone - timedelta(days=7)),)
    # Said on a Monday, some mean by "next Friday" the one of that week and some the one after.
    nearer = coming if ahead else coming + timedelta(days=7)
    return Span(nearer, nearer), Span(nearer + timedelta(days=7), nearer + timedelta(days=7))


def _weekend(turn: int, posted: date) -> Sequence[Span]:
    saturday = posted + timedelta(days=5 - posted.weekday())
    ahead, back = Span(saturday, saturday + timedelta(days=1)), _later(saturday, -7)
    if posted.weekday() >= 5:
        back = ahead
    if turn > 0:
        return ahead, Span(ahead.first + timedelta(days=7), ahead.last + timedelta(days=7))
    return (ahead, back) if turn == 0 else (_later(saturday, -7),)


def _later(saturday: date, days: int) -> Span:
    first = saturday + timedelta(days=days)
    return Span(first, first + timedelta(days=1))


def _week(turn: int, posted: date) -> Sequence[Span]:
    """Return a week from Monday to Sunday; on a weekend, "this week" can be the coming one."""
    monday = posted + timedelta(days=7 * turn - posted.weekday())
    back = Span(monday, monday + timedelta(days=6))
    if turn or posted.weekday() < 5:
        return (back,) if turn else (back, back)
    return Span(monday + timedelta(days=7), monday + timedelta(days=13)), back


def _months(turn: int, posted: date) -> Sequence[Span]:
    return (_whole(posted.year * 12 + posted.month - 1 + turn),)


def _whole(months: int) -> Span:
    """Return a month, counted from the year 0."""
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return Span(date(months // 12, months % 12 + 1, 1), following - timedelta(days=1))


def _month(month: int, posted: date) -> Sequence[Span]:
    """Return the months of that name that the post is nearest to."""
    spans = [_whole(12 * (posted.year + n) + month) for n in (-1, 0, 1)]
    return [
        s
        for s in spans
        if (s.first - posted).days <= _HALF_A_YEAR and (posted - s.last).days <= _HALF_A_YEAR
    ]


_SPANS: dict[int, Callable[[int, date], Sequence[Span]]] = {
    WEEKEND: _weekend, WEEK: _week, MONTH: _months,
}  # fmt: skip


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
