"""The weekly slots of a channel as instants."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cmctl.core.settings import WeeklySlot
from cmctl.core.when import resolve


def slot_instants(
    slots: Iterable[WeeklySlot], zone: ZoneInfo, after: datetime, until: datetime
) -> list[datetime]:
    """Return the instants of weekly slots after `after` and at most at `until`, in order, in UTC.

    Two slots that come to one instant, as in the hour that the clock skips, are one.
    """
    by_weekday: dict[int, list[time]] = {}
    for slot in slots:
        by_weekday.setdefault(slot.weekday, []).append(time(slot.hour, slot.minute))
    day, last = after.astimezone(zone).date() - timedelta(days=2), until.astimezone(zone).date()
    found: set[datetime] = set()
    while day <= last:
        for wall in by_weekday.get(day.weekday(), ()):
            found.add(resolve(day, wall, zone).instant.astimezone(UTC))
        day += timedelta(days=1)
    return sorted(instant for instant in found if after < instant <= until)
