"""Many instants shown at once: what `show.py` says, word for word, at a tenth of its cost.

A listing of ten thousand rows has few days and few offsets, so each is worked out once. An offset
holds for a whole UTC day where it is the same at both its ends: no zone changes twice in a day.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cmctl.core.show import local, relative

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_CLOCK = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(1440)]


class Face:
    """How instants of one zone are shown now."""

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        """`now` tells the year that is left out, and what is in how long."""
        self._zone = zone
        self._now = now
        self._now_ms = (now - _EPOCH) // _MS
        #: By UTC day: minutes east of it and the zone's short name; None where it changes.
        self._offsets: dict[int, tuple[int, str] | None] = {}
        #: By local day.
        self._days: dict[int, str] = {}
        #: By hours ahead.
        self._ahead: dict[int, str] = {}

    def local(self, ms: int) -> str:
        """Return milliseconds since 1970 as `show.local` does."""
        day = ms // _DAY_MS
        offset = self._offsets[day] if day in self._offsets else self._offset(day)
        if offset is None:
            return local(_instant(ms), self._zone, now=self._now)
        day, minute = divmod(ms // 60_000 + offset[0], 1440)
        shown = self._days.get(day) or self._day(day)
        return f"{shown} {_CLOCK[minute]} {offset[1]}"

    def relative(self, ms: int) -> str:
        """Return milliseconds since 1970 as `show.relative` does."""
        hours = (ms - self._now_ms) // _HOUR_MS
        if hours < 24:
            return relative(_instant(ms), self._now)
        return self._ahead.get(hours) or self._hours(hours)

    def iso(self, ms: int) -> str:
        """Return an instant as ISO 8601 with the zone's offset."""
        return _instant(ms).astimezone(self._zone).isoformat()

    def utc(self, ms: int) -> str:
        """Return an instant as ISO 8601 in UTC."""
        return _instant(ms).isoformat()

    def _offset(self, day: int) -> tuple[int, str] | None:
        first, last = (self._offset_at(one) for one in (day, day + 1))
        self._offsets[day] = found = first if first == last else None
        return found

    def _offset_at(self, day: int) -> tuple[int, str] | None:
        at = _instant(day * _DAY_MS).astimezone(self._zone)
        minutes, rest = divmod(at.utcoffset() or timedelta(), timedelta(minutes=1))
        return None if rest else (minutes, at.tzname() or "")

    def _day(self, day: int) -> str:
        at = _instant(day * _DAY_MS)
        year = at.year != self._now.astimezone(self._zone).year
        shown = local(at, ZoneInfo("UTC"), year=year)
        self._days[day] = found = shown.removesuffix(" 00:00 UTC")
        return found

    def _hours(self, hours: int) -> str:
        ahead = self._now + timedelta(hours=hours, minutes=1)
        self._ahead[hours] = found = relative(ahead, self._now)
        return found


def _instant(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
