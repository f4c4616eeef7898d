"""Many instants shown at once: what `show.py` says, word for word, at a tenth of its cost.

A listing of ten thousand rows has few days and few offsets, so each is worked out once. An offset
holds for a whole week where it is the same at both its ends: no zone changes and changes back
within one.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cmctl.core.show import local, relative

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_HOUR_MS, _DAY_MS, _WEEK_MS = 3_600_000, 86_400_000, 604_800_000

#: Minutes east of UTC, and the zone's short name then.
Offset = tuple[int, str]


class Face:
    """How instants of one zone are shown now."""

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        """`now` tells the year that is left out, and what is in how long."""
        self._zone = zone
        self._now = now
        self._now_ms = (now - _EPOCH) // _MS
        self._year = now.astimezone(zone).year
        #: By week; None where the offset changes in it.
        self._offsets: dict[int, Offset | None] = {}

    def local(self, ms: int) -> str:
        """Return milliseconds since 1970 as `show.local` does."""
        week = ms // _WEEK_MS
        offset = self._offsets[week] if week in self._offsets else self._offset(week)
        if offset is None:
            return local(_instant(ms), self._zone, now=self._now)
        day, minute = divmod(ms // 60_000 + offset[0], 1440)
        return f"{_day(day, self._year)} {minute // 60:02}:{minute % 60:02} {offset[1]}"

    def relative(self, ms: int) -> str:
        """Return milliseconds since 1970 as `show.relative` does."""
        hours = (ms - self._now_ms) // _HOUR_MS
        if hours < 24:
            return relative(_instant(ms), self._now)
        days, hour = divmod(hours, 24)
        return f"in {days} d {hour} h" if hour else f"in {days} d"

    def iso(self, ms: int) -> str:
        """Return an instant as ISO 8601 with the zone's offset."""
        return _instant(ms).astimezone(self._zone).isoformat()

    def utc(self, ms: int) -> str:
        """Return an instant as ISO 8601 in UTC."""
        return _instant(ms).isoformat()

    def _offset(self, week: int) -> Offset | None:
        first, last = (_offset_at(self._zone, one * _WEEK_MS) for one in (week, week + 1))
        self._offsets[week] = found = first if first == last else None
        return found


@lru_cache(maxsize=4096)
def _day(day: int, year_left_out: int) -> str:
    """Return days since 1970 as `show.local` begins."""
    at = _instant(day * _DAY_MS)
    return local(at, ZoneInfo("UTC"), year=at.year != year_left_out).removesuffix(" 00:00 UTC")


@lru_cache(maxsize=4096)
def _offset_at(zone: ZoneInfo, ms: int) -> Offset | None:
    at = _instant(ms).astimezone(zone)
    minutes, rest = divmod(at.utcoffset() or timedelta(), timedelta(minutes=1))
    return None if rest else (minutes, at.tzname() or "")


def _instant(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
