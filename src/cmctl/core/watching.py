"""How often an account's timeline is read: often near a slot, rarely at night."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

#: Just before a slot: read now, so that the reading is fresh when many lanes send at once.
AT_HAND = timedelta(seconds=45)
JUST_READ = timedelta(seconds=30)
#: Near a slot: an owner's post is seen well before the planned one goes out.
NEAR = timedelta(minutes=2)
#: What counts as near.
AHEAD = timedelta(hours=3)
BY_DAY = timedelta(minutes=10)
AT_NIGHT = timedelta(hours=1)
#: Wall hours of the night: from, until.
NIGHT = (23, 6)
#: After a reading that failed.
RETRY = timedelta(minutes=1)


def interval(now: datetime, next_due: datetime | None, zone: ZoneInfo) -> timedelta:
    """Return how old the last reading may be; `next_due` is the channel's next planned delivery."""
    if next_due is not None and next_due - now <= AT_HAND:
        return JUST_READ
    if next_due is not None and next_due - now <= AHEAD:
        return NEAR
    hour = now.astimezone(zone).hour
    return AT_NIGHT if hour >= NIGHT[0] or hour < NIGHT[1] else BY_DAY
