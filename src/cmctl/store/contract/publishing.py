"""What is planned, and how it goes out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cmctl.core.ledger import Add, Change, Intake, Ledger
from cmctl.core.model import Delivery
from cmctl.store.contract.values import Claim, Event
from cmctl.store.listing import ClientRow, Query, Source


class Intakes(Protocol):
    """What the files say: taken in whole, or not at all."""

    def set_sources(
        self, sources: Mapping[str, Source], clients: Sequence[ClientRow], *, at: datetime
    ) -> None:
        """Replace the files and clients known, after their intakes are committed."""
        ...

    def ledger(self, client: str, posts: Collection[str], *, now: datetime) -> Ledger:
        """Return by key what files with these posts are planned against, however much is over.

        That is all facts of these posts, and of the client's others those that are not final, or
        due after `now`.
        """
        ...

    def had(self, client: str, post: str) -> bool:
        """Tell whether a client has, or ever had, a post of this id."""
        ...

    def same(self, new: Collection[Add]) -> Ledger:
        """Return the facts of what says on its channel what one of `new` says."""
        ...

    def take_in(self, intake: Intake) -> None:
        """Commit all operations as one; a change whose state or fence has moved on is left out."""
        ...


class Publishing(Protocol):
    """Claims, moves, and what keeps a channel from sending."""

    def clock(self, now: datetime) -> datetime:
        """Return the time by which leases end; `now` where one machine uses the store."""
        ...

    def due_channels(self, now: datetime) -> Sequence[str]:
        """Return the channels on which a claim can succeed now, earliest due first."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the next claim can succeed: due, not-before and the lane's pace counted.

        Paused channels and those with a delivery in flight are left out.
        """
        ...

    def free_at(self, channel: str) -> datetime | None:
        """Return from when on the lane's pace lets the channel claim; None: it never sent."""
        ...

    def claim(self, wish: Claim) -> Delivery | None:
        """Claim the channel's earliest delivery that is planned and due, or return None.

        Earliest is by due, or by `not_before` where that is later. Raises its fence. Nothing is
        claimed while paused, before `not_before` or the lane's pace, or while another delivery of
        the channel is in flight.
        """
        ...

    def apply(self, change: Change) -> Delivery | None:
        """Execute one change; None where state or fence moved on, and nothing was written.

        `SEND` and `RESEND` count an attempt, and are refused (None) under a pause or once the lease
        is over by the store's clock. `SEND` keeps `sent_at` of the first. `RESEND` raises the
        fence, as a claim does, and is refused while another delivery of the channel is in flight.
        `KEEP` gives a claim that has not ended its new lease.
        A receipt without a time is of `change.at`.

        Raises:
            IllegalMoveError: the table has no such move.
            ReceiptTakenError: the receipt proves another delivery already.
            ValueError: a claim, a hold without its reason, a publication without its receipt.
        """
        ...

    def apply_and_claim(
        self, change: Change, wish: Claim
    ) -> tuple[Delivery | None, Delivery | None]:
        """Execute one change and then claim, in one commit; return what `apply` and `claim` do.

        A lane that goes from one delivery to the next waits for the disk once, not twice.
        """
        ...

    def set_back(self, now: datetime) -> bool:
        """Tell whether the clock was set back; then end the waits reckoned from a later time.

        Without this a pace of ten minutes, or a server's wish, would silence a channel for as long
        as the clock was set back. To be asked often: the time is remembered once a minute.
        """
        ...

    def in_flight(self) -> Sequence[Delivery]:
        """Return every claimed, sending or uncertain delivery, oldest first."""
        ...

    def pause(self, scope: str, *, reason: str, at: datetime) -> None:
        """Stop a scope; a second pause of it replaces the reason."""
        ...

    def resume(self, scope: str, *, at: datetime) -> bool:
        """End the pause of exactly this scope; False where there was none."""
        ...


class History(Protocol):
    """What is known of deliveries, and all that happened to them."""

    def delivery(self, number: int) -> Delivery | None:
        """Return one delivery."""
        ...

    def deliveries(self, query: Query) -> Sequence[Delivery]:
        """Return whole deliveries."""
        ...

    def events(self, number: int = 0, *, limit: int = 0) -> Sequence[Event]:
        """Return the log of one delivery, or of all with 0, oldest first; the last `limit`."""
        ...

    def other_events(self) -> Sequence[Event]:
        """Return the log's lines that are of no delivery, oldest first."""
        ...
