"""Weekly times as people write them: `mon-fri 09:00`, `tue,fri 12:00,17:30`, `daily 18:00`."""

import re

from cmctl.config.wrong import Wrong, did_you_mean, quoted
from cmctl.core.settings import WeeklySlot

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG = {
    name: number
    for number, names in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
    for name in (names, names[:3])
}
_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})", re.ASCII)

FIX = "write days and a time, like mon-fri 09:00, tue,fri 12:00 or daily 18:00"


def parse_slot(text: str) -> tuple[WeeklySlot, ...]:
    """Return the weekly times that `text` says, in the order of the week.

    Raises:
        Wrong: it says none.
    """
    days, times = parse_days_and_times(text)
    return tuple(WeeklySlot(weekday=day, hour=h, minute=m) for day in days for h, m in times)


def parse_days_and_times(text: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Return weekdays (Monday is 0) and times (hour, minute), both sorted and each once.

    Raises:
        Wrong: one of the two is missing or wrong.
    """
    days, _, times = re.sub(r"\s*([,-])\s*", r"\1", text.strip()).partition(" ")
    if not times:
        raise Wrong(f"{quoted(text)} lacks days or a time", _fix_of_half(text))
    return parse_days(days), parse_times(times)


def _fix_of_half(text: str) -> str:
    if text.strip().lower() in _LONG:
        return f'a comma parts the items of a list: put the slot in quotes, "{text.strip()},…"'
    return FIX


def parse_days(text: str) -> tuple[int, ...]:
    """Return the weekdays of `mon-fri`, `tue,fri` or `daily`, sorted.

    Raises:
        Wrong: one of them is no weekday.
    """
    if text.lower() == "daily":
        return tuple(range(7))
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start = _day(first)
        length = (_day(last) - start) % 7 if dash else 0
        found.update((start + step) % 7 for step in range(length + 1))
    return tuple(sorted(found))


def _day(word: str) -> int:
    number = _LONG.get(word.lower())
    if number is None:
        near = did_you_mean(word, (*_LONG, "daily"))
        raise Wrong(f"{quoted(word)} is not a day{near}", FIX)
    return number


def parse_times(text: str) -> tuple[tuple[int, int], ...]:
    """Return the times of `09:00,17:30` as (hour, minute), sorted.

    Raises:
        Wrong: one of them is no time of the day.
    """
    return tuple(sorted({_time(part.strip()) for part in text.split(",")}))


def _time(word: str) -> tuple[int, int]:
    found = _CLOCK.fullmatch(word)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Wrong(f"{quoted(word)} is not a time of the day", "write it like 09:00")
    return int(found[1]), int(found[2])
