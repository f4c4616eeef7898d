"""How instants and durations are shown to a person, the same everywhere and in no locale."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def local(
    instant: datetime, zone: ZoneInfo, *, now: datetime | None = None, year: bool = False
) -> str:
    """Return an instant as the clock in `zone` shows it, with the zone: `Tue 24 Nov 10:15 CET`.

    With `year`, or where its year there is not that of `now`: `Tue 24 Nov 2026 10:15 CET`.
    """
    at = instant.astimezone(zone)
    shown = year or (now is not None and now.astimezone(zone).year != at.year)
    day = f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}"
    clock = f"{at.hour:02}:{at.minute:02} {at.tzname()}"
    return f"{day} {at.year:04} {clock}" if shown else f"{day} {clock}"


def relative(instant: datetime, now: datetime) -> str:
    """Return how far away an instant is: `in 3 h 12`, `12 min ago`; under a minute `now`."""
    seconds = int(instant.timestamp() - now.timestamp())  # subtracting wall times forgets DST
    if -60 < seconds < 60:
        return "now"
    return f"in {_span(seconds)}" if seconds > 0 else f"{_span(-seconds)} ago"


def duration(span: timedelta) -> str:
    """Return a length of time in its two largest units: `2 d 4 h`, `3 h 12`, `12 min`, `45 s`.

    What is smaller is cut off, never rounded up; a negative one has a `-`.
    """
    seconds = int(span.total_seconds())
    return _span(seconds) if seconds >= 0 else f"-{_span(-seconds)}"


def counted(count: int, what: str, many: str = "") -> str:
    """Return how many there are of something: `1 error`, `2 errors`, `0 errors`.

    `many` is the plural where it is not made with an s.
    """
    return f"{count} {what if count == 1 else many or f'{what}s'}"


def _span(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    hours, minute = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min"
    if hours < 24:
        return f"{hours} h {minute:02}" if minute else f"{hours} h"
    days, hour = divmod(hours, 24)
    return f"{days} d {hour} h" if hour else f"{days} d"
