"""How often an account's timeline is read: often near a slot, rarely at night."""

from datetime import datetime, timedelta
from typing import NamedTuple
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
#: Longer than there have been networks.
FOR_EVER = timedelta(days=36_525)
#: Wall hours of the night: from, until.
NIGHT = (23, 6)
#: After a reading that failed.
RETRY = timedelta(minutes=1)


#: How often a reading goes as far back as edits and deletions are looked for; the others tell what
#: is new.
WHOLE = timedelta(minutes=15)
#: How far back edits and deletions are looked for; older texts are read once.
LOOK_BACK = timedelta(days=30)
#: The clock of a network may differ from ours by less.
OVERLAP = timedelta(hours=1)


class Last(NamedTuple):
    """The readings so far; None: there was none."""

    #: When the last one began.
    read_at: datetime | None = None
    #: When the last whole one began, and how far back the farthest of them went.
    whole_at: datetime | None = None
    whole_since: datetime | None = None


def reach(now: datetime, window: timedelta, last: Last) -> tuple[datetime, bool]:
    """Return from when on a timeline is read now, and whether that makes it a whole reading."""
    farthest = now - window
    if last.whole_since is None or farthest < last.whole_since - OVERLAP:
        return farthest, True  # the first one, or the window is longer now
    if not is_recent(last.whole_at, now, WHOLE) or last.read_at is None or last.read_at > now:
        return max(farthest, now - LOOK_BACK), True
    return max(farthest, last.read_at - OVERLAP), False


def is_recent(at: datetime | None, now: datetime, age: timedelta) -> bool:
    """Tell whether `at` is at most `age` ago; what lies ahead was of a clock that went wrong."""
    return at is not None and timedelta() <= now - at <= age


def interval(
    now: datetime, next_due: datetime | None, zone: ZoneInfo, *, is_affordable: bool = True
) -> timedelta:
    """Return how old the last reading may be; `next_due` is the channel's next planned delivery.

    Where reading costs money and the month's budget is spent, it is read before a slot only.
    """
    if next_due is not None and next_due - now <= AT_HAND:
        return JUST_READ
    if not is_affordable:
        return FOR_EVER
    if next_due is not None and next_due - now <= AHEAD:
        return NEAR
    hour = now.astimezone(zone).hour
    return AT_NIGHT if hour >= NIGHT[0] or hour < NIGHT[1] else BY_DAY
