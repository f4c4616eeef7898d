"""What persons are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cmctl.core.ledger import Notice
from cmctl.store.contract.values import Posted


class Notices(Protocol):
    """The outbox, and what is written down to be told."""

    def note(
        self,
        number: int,
        *,
        kind: str,
        data: Mapping[str, object],
        at: datetime,
        notice: Notice | None = None,
    ) -> None:
        """Write a line about a delivery, or with 0 about none, that changes nothing.

        With it, in one commit, goes a notice to a person.
        """
        ...

    def tell_once(self, what: str, *, at: datetime, notice: Notice) -> bool:
        """Tell a person of `what`, once for ever, with an event; False: it was told before."""
        ...

    def outbox(self, *, now: datetime, limit: int) -> Sequence[Posted]:
        """Return notices that are to be delivered now."""
        ...

    def delivered(self, ids: Sequence[int]) -> None:
        """Take notices out of the outbox."""
        ...

    def postpone(self, id: int, *, until: datetime) -> None:  # noqa: A002 - the row's own name
        """Try a notice again later."""
        ...
