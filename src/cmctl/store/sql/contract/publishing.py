"""What is planned, and how it goes out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from cmctl.core.ledger import Add, Change, Intake, Ledger
from cmctl.core.model import Delivery
from cmctl.store.contract.values import Claim, Event
from cmctl.store.listing import ClientRow, Query, Source
from cmctl.store.sql import rows
from cmctl.store.sql.given import as_rows
from cmctl.store.sql.instants import maybe_instant, milliseconds
from cmctl.store.sql.part import SqlPart

#: Milliseconds by which one process may be behind another, and no clock was set.
_TOLERANCE = 1000
#: Milliseconds after which the time is written down again.
_OFTEN = 60_000
#: A limit that is none.
_ALL = 1 << 62


class SqlIntakes(SqlPart):
    """What the files say: taken in whole, or not at all."""

    def set_sources(
        self, sources: Mapping[str, Source], clients: Sequence[ClientRow], *, at: datetime
    ) -> None:
        """Replace the files and clients known."""
        from cmctl.store.sql import intake as work  # noqa: PLC0415 - a listing writes nothing

        self._write(lambda db: work.set_sources(db, sources, clients, at))

    def ledger(self, client: str, posts: Collection[str], *, now: datetime) -> Ledger:
        """Return by key what files with these posts are planned against, however much is over."""
        given = as_rows([{"post": post} for post in posts])
        values = {"client": client, "now": milliseconds(now), "rows": given}
        return dict(map(rows.fact, self._fetch("ledger", values)))

    def had(self, client: str, post: str) -> bool:
        """Tell whether a client has, or ever had, a post of this id."""
        return bool(self._fetch("had", {"client": client, "post": post}))

    def same(self, new: Collection[Add]) -> Ledger:
        """Return the facts of what says on its channel what one of `new` says."""
        if not new:
            return {}
        given = as_rows([rows.said(add) for add in new])
        return dict(map(rows.fact, self._fetch("same", {"rows": given})))

    def take_in(self, intake: Intake) -> None:
        """Commit all operations as one."""
        from cmctl.store.sql import intake as work  # noqa: PLC0415 - a listing writes nothing

        self._write(lambda db: work.take_in(db, intake))


class SqlPublishing(SqlPart):
    """Claims, moves, and what keeps a channel from sending."""

    def clock(self, now: datetime) -> datetime:
        """Return the time by which leases end: `now`, where one machine uses the store."""
        return now

    def due_channels(self, now: datetime) -> Sequence[str]:
        """Return the channels on which a claim can succeed now, earliest due first."""
        found = self._fetch("due_channels", {"at": milliseconds(now)})
        return [channel for (channel,) in found]

    def next_due(self) -> datetime | None:
        """Return when the next claim can succeed."""
        return maybe_instant(self._fetch("next_due")[0][0])

    def free_at(self, channel: str) -> datetime | None:
        """Return from when on the lane's pace lets the channel claim."""
        found = self._fetch("free_at", (channel,))
        return maybe_instant(found[0][0] or None) if found else None

    def claim(self, wish: Claim) -> Delivery | None:
        """Claim the channel's earliest delivery that is planned and due, or return None."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        _, row = self._write(moves.Step(wish=wish))
        return None if row is None else rows.delivery(row)

    def apply(self, change: Change) -> Delivery | None:
        """Execute one change; None where state or fence moved on."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        row, _ = self._write(moves.Step(change))
        return None if row is None else rows.delivery(row)

    def apply_and_claim(
        self, change: Change, wish: Claim
    ) -> tuple[Delivery | None, Delivery | None]:
        """Execute one change and then claim, in one commit."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        found = self._write(moves.Step(change, wish))
        after, claimed = (rows.delivery(row) if row else None for row in found)
        return after, claimed

    def set_back(self, now: datetime) -> bool:
        """Tell whether the clock was set back; then end the waits reckoned from a later time."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        at = milliseconds(self.clock(now))
        found = self._fetch("seen_at")
        last = found[0][0] if found else 0
        is_set_back = at < last - _TOLERANCE
        if is_set_back or at > last + _OFTEN:
            self._write(lambda db: moves.seen(db, at, is_set_back=is_set_back))
        return is_set_back

    def in_flight(self) -> Sequence[Delivery]:
        """Return every claimed, sending or uncertain delivery, oldest first."""
        return [rows.delivery(row) for row in self._fetch("in_flight")]

    def pause(self, scope: str, *, reason: str, at: datetime) -> None:
        """Stop a scope; a second pause of it replaces the reason."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        self._write(lambda db: moves.pause(db, scope, reason, milliseconds(at)))

    def resume(self, scope: str, *, at: datetime) -> bool:
        """End the pause of exactly this scope; False where there was none."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        return self._write(lambda db: moves.resume(db, scope, milliseconds(at)))


class SqlHistory(SqlPart):
    """What is known of deliveries, and all that happened to them."""

    def delivery(self, number: int) -> Delivery | None:
        """Return one delivery."""
        found = self._fetch("delivery", (number,))
        return rows.delivery(found[0]) if found else None

    def deliveries(self, query: Query) -> Sequence[Delivery]:
        """Return whole deliveries."""
        text, values = self._filtered(query)
        return [rows.delivery(row) for row in self._fetch("deliveries", values, text)]

    def events(self, number: int = 0, *, limit: int = 0) -> Sequence[Event]:
        """Return the log of one delivery, or of all with 0, oldest first; the last `limit`."""
        name = "events_of_delivery" if number else "events"
        values = {"number": number, "limit": limit or _ALL}
        return [rows.event(row) for row in reversed(self._fetch(name, values))]

    def other_events(self) -> Sequence[Event]:
        """Return the log's lines that are of no delivery, oldest first."""
        values = {"number": 0, "limit": _ALL}
        return [rows.event(row) for row in reversed(self._fetch("events_of_delivery", values))]
