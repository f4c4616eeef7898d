"""What others see on the accounts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cmctl.core.ledger import Notice
from cmctl.core.model import Status
from cmctl.core.money import month_key
from cmctl.store.contract.values import Collision, Observed, Reading
from cmctl.store.sql import rows
from cmctl.store.sql.instants import maybe_instant, milliseconds, span
from cmctl.store.sql.part import SqlPart


class SqlTimelines(SqlPart):
    """Readings of timelines, one reader at a time, and what they told."""

    def begin_reading(
        self, channel: str, *, reader: str, at: datetime, lease: timedelta, instead_of: str = ""
    ) -> Reading:
        """Take the right to read a timeline, where nobody has it."""
        from cmctl.store.sql import timelines  # noqa: PLC0415 - a listing writes nothing

        wish: dict[str, object] = {"channel": channel, "reader": reader, "instead_of": instead_of}
        wish |= {"at": milliseconds(at), "lease": span(lease)}
        return self._write(lambda db: timelines.begin(db, wish))

    def keep_reading(self, channel: str, *, reader: str, at: datetime, lease: timedelta) -> None:
        """Have the right for so long from now on."""
        until = {"at": milliseconds(at), "lease": span(lease)}
        self._run("keep_reading", [{"channel": channel, "reader": reader, **until}])

    def end_reading(self, channel: str, *, reader: str) -> None:
        """Give the right back."""
        self._run("end_reading", [{"channel": channel, "reader": reader}])

    def reading(self, channel: str) -> Reading:
        """Return how far the timeline has been read."""
        found = self._fetch("reading", (channel,))
        return rows.reading(found[0]) if found else Reading()

    def observe(  # noqa: PLR0913 - one reading is one commit
        self,
        channel: str,
        statuses: Iterable[Status],
        *,
        since: datetime,
        at: datetime,
        whole: bool = True,
        reader: str = "",
        charge: int = 0,
    ) -> Observed:
        """Write down a reading of a channel's timeline, complete from `since` on."""
        from cmctl.store.sql import timelines  # noqa: PLC0415 - as above

        read = {status.remote_id: status for status in statuses}
        began = milliseconds(since), milliseconds(at)
        what = timelines.Read(channel, read, *began, whole, reader, charge, month_key(at))
        return self._write(lambda db: timelines.observe(db, what))

    def blind(
        self, channel: str, *, problem: str, at: datetime, notice: Notice | None = None
    ) -> None:
        """Write down that the timeline could not be read."""
        from cmctl.store.sql import timelines  # noqa: PLC0415 - as above

        self._write(lambda db: timelines.blind(db, channel, problem, milliseconds(at), notice))

    def read_at(self, channel: str) -> datetime | None:
        """Return when the last reading began that told all since the one before."""
        found = self._fetch("read_at", (channel,))
        return maybe_instant(found[0][0]) if found else None

    def statuses(self, channel: str, since: datetime) -> Sequence[Status]:
        """Return the foreign statuses that stand, oldest first."""
        values = {"channel": channel, "since": milliseconds(since)}
        return [rows.status(row) for row in self._fetch("statuses", values)]


class SqlCollisions(SqlPart):
    """The same news twice, where both stand: told once, open until it is settled."""

    def collide(self, found: Collision, *, text: str, notice: Notice) -> bool:
        """Write down that a delivery and a foreign status tell the same news, told once."""
        from cmctl.store.sql import timelines  # noqa: PLC0415 - as above

        return self._write(lambda db: timelines.collide(db, found, text, notice))

    def collisions(self) -> Sequence[Collision]:
        """Return the open ones, oldest first."""
        return [rows.collision(row) for row in self._fetch("collisions")]
