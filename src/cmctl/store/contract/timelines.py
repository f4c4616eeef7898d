"""What others see on the accounts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from cmctl.core.ledger import Notice
from cmctl.core.model import Status
from cmctl.store.contract.values import Collision, Observed, Reading


class Timelines(Protocol):
    """Readings of timelines, one reader at a time, and what they told."""

    def begin_reading(
        self, channel: str, *, reader: str, at: datetime, lease: timedelta, instead_of: str = ""
    ) -> Reading:
        """Take the right to read a timeline for so long, where nobody has it at `at`.

        It is also taken from `instead_of`, a reader known to be dead. Who has it now stands in the
        answer.
        """
        ...

    def keep_reading(self, channel: str, *, reader: str, at: datetime, lease: timedelta) -> None:
        """Have the right for so long from now on; nothing where another reader has it."""
        ...

    def end_reading(self, channel: str, *, reader: str) -> None:
        """Give the right back; nothing where another reader has it."""
        ...

    def reading(self, channel: str) -> Reading:
        """Return how far the timeline has been read."""
        ...

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
        """Write down a reading of a channel's timeline that began at `at`, and what it cost.

        It is complete from `since` on; `whole`: that is as far back as anybody wants to know.
        A status with the remote id of a receipt's part on this channel is our own. Known foreign
        statuses at or after `since` that the reading lacks are gone. Ends the reading of `reader`.

        Raises:
            ReadingLostError: `reader` is given and has not the right any more; nothing is written.
        """
        ...

    def blind(
        self, channel: str, *, problem: str, at: datetime, notice: Notice | None = None
    ) -> None:
        """Write down that the timeline could not be read; told once until it can be again."""
        ...

    def read_at(self, channel: str) -> datetime | None:
        """Return when the last reading began that told all since the one before."""
        ...

    def statuses(self, channel: str, since: datetime) -> Sequence[Status]:
        """Return the foreign statuses that stand, oldest first."""
        ...


class Collisions(Protocol):
    """The same news twice, where both stand: told once, open until it is settled."""

    def collide(self, found: Collision, *, text: str, notice: Notice) -> bool:
        """Write down that a delivery and a foreign status, as its `text` is, tell the same news.

        With an event `collision` and the notice, once for each pair for ever; False: it is known,
        and only text and evidence are replaced.
        """
        ...

    def collisions(self) -> Sequence[Collision]:
        """Return the open ones, oldest first.

        Open: ours is published, theirs stands with the text that was judged, and no ruling is
        about the two.
        """
        ...
