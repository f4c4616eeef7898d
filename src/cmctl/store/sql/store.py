"""The facts of one workspace on any engine of SQL; the promises stand in `store/base.py`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cmctl.core.ledger import Change, Intake, Ledger, Notice, Removal, Ruling
from cmctl.core.model import Delivery, Seen, Status
from cmctl.core.money import month_key
from cmctl.core.text import wording
from cmctl.store.base import (
    Around,
    Claim,
    ClientRow,
    Collision,
    Daemon,
    Event,
    Observed,
    Posted,
    Query,
    Reading,
    Sketched,
    Source,
)
from cmctl.store.sql import rows
from cmctl.store.sql.instants import instant, maybe_instant, milliseconds, span
from cmctl.store.sql.listings import SqlListings
from cmctl.store.sql.session import Row, Session, Values

if TYPE_CHECKING:
    from cmctl.store.sql.writing import T, Work

#: Milliseconds by which one process may be behind another, and no clock was set.
_TOLERANCE = 1000
#: Milliseconds after which the time is written down again.
_OFTEN = 60_000
#: A limit that is none.
_ALL = 1 << 62
_STALE = ("stale_statuses", "stale_deliveries")


class SqlStore(SqlListings):
    """Everything but how an engine is opened, read and written."""

    # Taking in the files.

    def set_sources(
        self, sources: Mapping[str, Source], clients: Sequence[ClientRow], *, at: datetime
    ) -> None:
        """Replace the files and clients known."""
        from cmctl.store.sql import intake as work  # noqa: PLC0415 - a listing writes nothing

        self._write(lambda db: work.set_sources(db, sources, clients, at))

    def ledger(self, client: str) -> Ledger:
        """Return the facts of one client by key."""
        return dict(map(rows.fact, self._fetch("ledger", (client,))))

    def take_in(self, intake: Intake) -> None:
        """Commit all operations as one."""
        from cmctl.store.sql import intake as work  # noqa: PLC0415 - as above

        self._write(lambda db: work.take_in(db, intake))

    # Publishing.

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

    def clock(self, now: datetime) -> datetime:
        """Return the time by which leases end: `now`, where one machine uses the store."""
        return now

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

    # Reading.

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

    # Pauses.

    def pause(self, scope: str, *, reason: str, at: datetime) -> None:
        """Stop a scope; a second pause of it replaces the reason."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        self._write(lambda db: moves.pause(db, scope, reason, milliseconds(at)))

    def resume(self, scope: str, *, at: datetime) -> bool:
        """End the pause of exactly this scope; False where there was none."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        return self._write(lambda db: moves.resume(db, scope, milliseconds(at)))

    # Timelines.

    def begin_reading(
        self, channel: str, *, reader: str, at: datetime, lease: timedelta, instead_of: str = ""
    ) -> Reading:
        """Take the right to read a timeline, where nobody has it."""
        from cmctl.store.sql import timelines  # noqa: PLC0415 - as above

        wish: dict[str, object] = {"channel": channel, "reader": reader, "instead_of": instead_of}
        wish |= {"at": milliseconds(at), "lease": span(lease)}
        return self._write(lambda db: timelines.begin(db, wish))

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

    def seen(self, channel: str, *, since: datetime, until: datetime) -> Sequence[Seen]:
        """Return the corpus of a channel in a window: queue, history and foreign statuses."""
        return self.around(channel, since=since, until=until).seen

    def around(
        self,
        channel: str,
        *,
        since: datetime,
        until: datetime,
        latest: int | None = None,
        text: str = "",
    ) -> Around:
        """Return what a delivery is judged against, in one reading."""
        values = {
            "channel": channel,
            "since": milliseconds(since),
            "until": milliseconds(until),
            "bounded": int(latest is not None),
            "latest": latest or 0,
            "wording": wording(text) if text else None,
        }
        ((edge, ours, theirs, rulings),) = self._fetch("around", values)
        return Around(
            seen=sorted(rows.seen(ours) + rows.seen(theirs), key=lambda seen: seen.at),
            edge=maybe_instant(edge),
            rulings=rows.rulings(rulings),
        )

    def worded(
        self, text: str, *, since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Seen]]:
        """Return where the words of a text stand or are queued, by channel, in order of time."""
        found: dict[str, list[Seen]] = {}
        if not (key := wording(text)):
            return found
        window = {"since": milliseconds(since), "until": milliseconds(until)}
        for channel, *row in self._fetch("worded", {"wording": key, **window}):
            found.setdefault(channel, []).append(rows.seen_of(tuple(row)))
        return {name: sorted(seen, key=lambda one: one.at) for name, seen in found.items()}

    # Long histories.

    def unindexed(self, channel: str, *, version: str, limit: int) -> Sequence[Seen]:
        """Return statuses and published deliveries that cannot be found by their words yet."""
        found: list[Row] = []
        for part in ("unindexed_statuses", "unindexed_deliveries", *_STALE):
            if len(found) < limit:
                left = {"channel": channel, "limit": limit - len(found)}
                found += self._fetch(part, left | {"version": version} if part in _STALE else left)
        return [rows.seen_of(row) for row in found]

    def index(self, channel: str, version: str, sketches: Mapping[Seen, str]) -> None:
        """Let texts be found by their sketches."""
        from cmctl.store.sql import retrieval  # noqa: PLC0415 - as above

        self._write(lambda db: retrieval.index(db, channel, version, sketches))

    def stale(self, version: str) -> Mapping[str, int]:
        """Return how many sketches are of another version, by channel."""
        return dict(self._fetch("stale", (version,)))

    def sketches(self, channel: str, *, version: str, after: int, limit: int) -> Sequence[Sketched]:
        """Return what is indexed and has a later id, in their order."""
        values = {"channel": channel, "version": version, "after": after, "limit": limit}
        return [Sketched(*row) for row in self._fetch("sketches", values)]

    def indexed(self, ids: Sequence[int], *, since: datetime, until: datetime) -> Sequence[Seen]:
        """Return the indexed texts of a window that still stand, in the order of `ids`."""
        window = {"since": milliseconds(since), "until": milliseconds(until)}
        known = (self._indexed({"id": number, **window}) for number in ids)
        return [seen for seen in known if seen is not None]

    def _indexed(self, values: Values) -> Seen | None:
        found = self._fetch("indexed_status", values) or self._fetch("indexed_delivery", values)
        return rows.seen_of(found[0]) if found else None

    # Collisions.

    def collide(self, found: Collision, *, text: str, notice: Notice) -> bool:
        """Write down that a delivery and a foreign status tell the same news, told once."""
        from cmctl.store.sql import timelines  # noqa: PLC0415 - as above

        return self._write(lambda db: timelines.collide(db, found, text, notice))

    def collisions(self) -> Sequence[Collision]:
        """Return the open ones, oldest first."""
        return [rows.collision(row) for row in self._fetch("collisions")]

    # Judgements.

    def unjudged(self, client: str, *, limit: int) -> Sequence[Delivery]:
        """Return planned deliveries that the guard has not looked at since they changed."""
        values = {"client": client, "limit": limit}
        return [rows.delivery(row) for row in self._fetch("unjudged", values)]

    def count_unjudged(self, client: str) -> int:
        """Return how many deliveries `unjudged` would return without a limit."""
        return int(self._fetch("count_unjudged", {"client": client})[0][0])

    def judged(self, numbers: Sequence[int]) -> None:
        """Remember that the guard has looked at these as they are."""
        self._run("judged", [(number,) for number in numbers])

    def keep_status_pictures(self, channel: str, pictures: Mapping[str, Sequence[str]]) -> None:
        """Remember what the pictures of statuses look like."""
        values = [
            {"channel": channel, "remote_id": remote_id, "pictures": " ".join(found)}
            for remote_id, found in pictures.items()
        ]
        self._run("keep_status_pictures", values)

    def keep_pictures(self, pictures: Mapping[int, Sequence[str]]) -> None:
        """Remember what the pictures of deliveries look like."""
        values = [{"number": n, "pictures": " ".join(found)} for n, found in pictures.items()]
        self._run("keep_pictures", values)

    def note(
        self,
        number: int,
        *,
        kind: str,
        data: Mapping[str, object],
        at: datetime,
        notice: Notice | None = None,
    ) -> None:
        """Write a line about a delivery, or about none, that changes nothing."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        line = Line(milliseconds(at), number, kind, "", "", 0, data)
        self._write(lambda db: moves.note(db, line, notice))

    def tell_once(self, what: str, *, at: datetime, notice: Notice) -> bool:
        """Tell a person of something, once for ever."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        data = {"channel": notice.channel, "what": what}
        line = Line(milliseconds(at), notice.number, notice.kind, "", "", 0, data)
        return self._write(lambda db: moves.tell_once(db, what, line, notice))

    # Rights.

    def lease(
        self, name: str, *, owner: str, at: datetime, life: timedelta, instead_of: str = ""
    ) -> str:
        """Take a right, where nobody has it."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above

        wish: dict[str, object] = {"name": name, "owner": owner, "instead_of": instead_of}
        wish |= {"at": milliseconds(at), "lease": span(life)}
        return self._write(lambda db: moves.lease(db, wish))

    def end_lease(self, name: str, *, owner: str) -> None:
        """Give a right back."""
        self._run("end_lease", [{"name": name, "owner": owner}])

    # Rulings.

    def rulings(self, client: str = "") -> Sequence[Ruling]:
        """Return what persons decided, oldest first."""
        return [rows.ruling(row) for row in self._fetch("rulings", {"client": client})]

    def rulings_about(self, text: str) -> Sequence[Ruling]:
        """Return the rulings in which a text, or one of its words, is one of the two."""
        found = self._fetch("rulings_about", {"wording": wording(text)})
        return [rows.ruling(row) for row in found]

    def rule(self, ruling: Ruling, removal: Removal | None = None) -> None:
        """Write down a ruling that moves no delivery."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        data = {"keep": ruling.keep, "reason": ruling.reason, "ref": ruling.ref}
        line = Line(milliseconds(ruling.at), ruling.number, "rule", "", "", 0, data)
        self._write(lambda db: moves.rule(db, line, ruling, removal))

    def removals(self) -> Sequence[Removal]:
        """Return what is still to be taken down, the first due first."""
        return [rows.removal(row) for row in self._fetch("removals")]

    def end_removal(
        self, removal: Removal, *, gone: bool, why: str, at: datetime, notice: Notice
    ) -> bool:
        """End a removal, proved or given up."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        kind = "removed" if gone else "not-removed"
        data = {"remote_id": removal.remote_id, "why": why}
        line = Line(milliseconds(at), removal.number, kind, "", "", 0, data)
        return self._write(lambda db: moves.end_removal(db, removal, line, notice, gone=gone))

    def put_off_removal(
        self, removal: Removal, *, until: datetime, at: datetime, notice: Notice | None
    ) -> None:
        """Write down why the last try did not do."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        data = {"remote_id": removal.remote_id, "why": removal.problem}
        line = Line(milliseconds(at), removal.number, "removal-failed", "", "", 0, data)
        later = milliseconds(until)
        self._write(lambda db: moves.put_off_removal(db, removal, later, line, notice))

    # Notices.

    def outbox(self, *, now: datetime, limit: int) -> Sequence[Posted]:
        """Return notices that are to be delivered now."""
        values = {"now": milliseconds(now), "limit": limit}
        found = self._fetch("outbox", values)
        return [Posted(row[0], Notice(*row[1:5]), instant(row[5]), row[6]) for row in found]

    def delivered(self, ids: Sequence[int]) -> None:
        """Take notices out of the outbox."""
        self._run("delivered", [(number,) for number in ids])

    def postpone(self, id: int, *, until: datetime) -> None:  # noqa: A002 - the row's own name
        """Try a notice again later."""
        self._run("postpone", [{"id": id, "until": milliseconds(until)}])

    # Backups.

    def forget_backup(self, *, at: datetime) -> None:
        """Take it that what a backup does not know is dealt with."""

        def work(db: "Session") -> None:
            db.run("forget_backup")
            db.run("settle", {"at": milliseconds(at)})
            db.run("set_place")

        self._write(work)

    # Daemons.

    def listen(self, ring: Callable[[], None]) -> None:
        """Do nothing: who looks every second is woken soon enough by that."""

    def beat(self, name: str, *, version: str, at: datetime, files: str = "") -> None:
        """Say that a daemon works on this store."""
        now = {"at": milliseconds(at)}

        def work(db: "Session") -> None:
            db.run("beat", {"name": name, "version": version, "files": files, **now})
            db.run("forget_daemons", now)

        self._write(work)

    def rest(self, name: str) -> None:
        """Say that a daemon has ended."""
        self._run("rest", [(name,)])

    def daemons(self) -> Sequence[Daemon]:
        """Return those that did not say that they ended."""
        return [
            Daemon(name, version, instant(began), instant(beat), files)
            for name, version, began, beat, files in self._fetch("daemons")
        ]

    # How.

    def _run(self, name: str, values: Sequence[Values]) -> None:
        """Commit one statement, once for each of `values`."""
        if values:
            self._write(lambda db: db.many(name, values))

    def _write(self, work: "Work[T]") -> "T":
        """Run `work`, committed when this returns."""
        raise NotImplementedError
