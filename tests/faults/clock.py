"""The clock of a campaign: one that every process of it shares, and that somebody sets."""

import mmap
import struct
from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.schedulers import base


class SharedClock:
    """The machine's clock, set away by steps; a process forked from here sees each at once."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)

    @property
    def away(self) -> timedelta:
        """How far it is from the machine's own."""
        return timedelta(milliseconds=struct.unpack("q", self._memory[:8])[0])

    def now(self) -> datetime:
        """Return the time it shows, aware, in whole milliseconds."""
        now = datetime.now(UTC) + self.away
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def shift_ticks(self) -> None:
        """Let APScheduler read this clock too, as it reads the machine's own."""
        clock = self

        class Shifted(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return clock.now().astimezone(tz)

        base.datetime = Shifted

    def step(self, by: timedelta) -> None:
        """Set it on or back."""
        self._memory[:8] = struct.pack("q", (self.away + by) // timedelta(milliseconds=1))
