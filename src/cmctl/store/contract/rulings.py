"""What persons decided, and what is to be taken down for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cmctl.core.ledger import Notice, Removal, Ruling


class Rulings(Protocol):
    """What a person decided about two texts; see `Change.ruling` too."""

    def rulings(self, client: str = "") -> Sequence[Ruling]:
        """Return what persons decided about texts of a client, or of all, oldest first."""
        ...

    def rulings_about(self, text: str) -> Sequence[Ruling]:
        """Return the rulings in which a text, or one of its `wording`, is one of the two.

        Of every channel, whichever delivery said it; oldest first.
        """
        ...

    def rule(self, ruling: Ruling, removal: Removal | None = None) -> None:
        """Write down a ruling that moves no delivery, with its event and its removal."""
        ...


class Removals(Protocol):
    """Statuses to be taken down, each until it is proved to be gone."""

    def removals(self) -> Sequence[Removal]:
        """Return what is still to be taken down, the first due first."""
        ...

    def end_removal(
        self, removal: Removal, *, gone: bool, why: str, at: datetime, notice: Notice
    ) -> bool:
        """End a removal, with an event and a notice; False where it is ended already.

        With `gone` the statuses, or the delivery that they are of, no longer stand.
        """
        ...

    def put_off_removal(
        self, removal: Removal, *, until: datetime, at: datetime, notice: Notice | None
    ) -> None:
        """Write down why the last try did not do (`removal.problem`), and when the next is due."""
        ...
