"""The contract of a store: the facts of a workspace, safe under kills and between processes.

Terminology: a *fact* is what the store knows of one delivery; the *ledger* is all facts of one
client. A *change* is one move of one delivery, decided elsewhere as a value. An *operation* is a
change or an edit of planned rows that taking in the files asks for; these values stand in
`core/ledger.py`. The *outbox* holds notices to people, committed with what they tell of and
delivered later.

Guarantees every store gives:

- A method that writes has committed, durably, when it returns; raising means that nothing of it is
  written. Calls from many threads are committed together, each one whole or not at all.
- A change is executed only where state and fence are still what its maker saw; else it touches
  nothing and says so.
- At most one delivery a channel is `claimed` or `sending`; the database enforces it.
- Each change writes one event, and no event is ever altered.
- Instants are kept to the millisecond.
- Leases begin and end by the store's clock: the instant that is given, where one machine uses the
  store; its server's own, where several do, so that their clocks need not agree.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from cmctl.core.ledger import (
    Add,
    Alter,
    Change,
    Drop,
    Fact,
    Intake,
    Ledger,
    MarkEdited,
    Notice,
    Operation,
    Removal,
    Ruling,
)
from cmctl.core.model import Delivery, Seen, Status
from cmctl.store.errors import (
    ReadingLostError,
    ReceiptTakenError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreNewerError,
)
from cmctl.store.listing import ClientRow, Listed, Listings, Pause, Query, Source

__all__ = [
    "Add",
    "Alter",
    "Around",
    "Change",
    "ClientRow",
    "Collision",
    "Daemon",
    "Drop",
    "Event",
    "Fact",
    "Intake",
    "Ledger",
    "Listed",
    "MarkEdited",
    "Notice",
    "Observed",
    "Operation",
    "Pause",
    "Posted",
    "Query",
    "Reading",
    "ReadingLostError",
    "ReceiptTakenError",
    "Removal",
    "Ruling",
    "Source",
    "Store",
    "StoreBusyError",
    "StoreDamagedError",
    "StoreError",
    "StoreNewerError",
]


# --- values --------------------------------------------------------------------------------------


class Event(NamedTuple):
    """One line of the append-only log."""

    id: int
    at: datetime
    #: The delivery's; 0 for a pause and for what is done about a comment.
    number: int
    #: The move; or `add`, `alter`, `drop`, `edited` for the files; or `pause`, `resume`; or
    #: `comment`.
    kind: str
    before: str
    after: str
    fence: int
    data: Mapping[str, object]


class Observed(NamedTuple):
    """What one reading of a timeline told."""

    #: Statuses not seen before, own ones left out.
    new: Sequence[Status]
    #: Foreign statuses whose text changed.
    changed: Sequence[Status]
    #: Foreign statuses that no longer stand.
    gone: Sequence[Status]


class Reading(NamedTuple):
    """How far a channel's timeline has been read, and who reads it now."""

    #: Empty: nobody.
    reader: str = ""
    #: When the last reading began that told all since the one before.
    read_at: datetime | None = None
    #: When the last whole reading began, and how far back the farthest of them went.
    whole_at: datetime | None = None
    whole_since: datetime | None = None
    #: What reading it cost in a month (`2026-11`), in millionths of a US dollar.
    charged: int = 0
    charged_month: str = ""

    def charged_in(self, month: str) -> int:
        """Return what reading it cost in a month."""
        return self.charged if self.charged_month == month else 0


class Collision(NamedTuple):
    """The same news twice on one account: ours, published, and a foreign status; both stand."""

    #: The delivery's.
    number: int
    #: Of the foreign status, on the delivery's channel.
    remote_id: str
    #: When it was noticed.
    at: datetime
    #: The match, as the log keeps it.
    evidence: Mapping[str, object]


class Sketched(NamedTuple):
    """A text as the guard's first look knows it."""

    id: int
    #: Milliseconds since 1970.
    at: int
    sketch: str


class Around(NamedTuple):
    """What stands, and will stand, around a text on its channel."""

    #: In order of time.
    seen: Sequence[Seen]
    #: From when on that is all; None: all of the window.
    edge: datetime | None
    #: Those in which the text that was asked about, or one of its words, is one of the two.
    rulings: Sequence[Ruling]


class Posted(NamedTuple):
    """A notice waiting in the outbox."""

    id: int
    notice: Notice
    at: datetime
    tries: int


class Daemon(NamedTuple):
    """A daemon that works on the store, or died without a word."""

    #: `host/pid/start`.
    name: str
    #: Of its program.
    version: str
    #: When it began and when it last said that it works, by the store's clock.
    began: datetime
    beat: datetime
    #: What tells the files of its machine from those of others; empty: it said nothing of them.
    files: str = ""


class Claim(NamedTuple):
    """The wish to claim a channel's next delivery."""

    channel: str
    now: datetime
    #: `host/pid/start`.
    owner: str
    #: From the moment of the claim on, by the store's clock.
    lease: timedelta
    #: The number of the one delivery that is meant; 0: the earliest.
    only: int = 0


# --- the contract --------------------------------------------------------------------------------


class Store(Listings, Protocol):
    """The facts of one workspace."""

    def close(self) -> None:
        """Finish what is being committed and let go; safe to call twice."""
        ...

    # Taking in the files; what listings ask is in `Listings`.

    def set_sources(
        self, sources: Mapping[str, Source], clients: Sequence[ClientRow], *, at: datetime
    ) -> None:
        """Replace the files and clients known, after their intakes are committed."""
        ...

    def ledger(self, client: str) -> Ledger:
        """Return the facts of one client by key."""
        ...

    def take_in(self, intake: Intake) -> None:
        """Commit all operations as one; a change whose state or fence has moved on is left out."""
        ...

    # Publishing.

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

    # Reading.

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

    # Pauses.

    def pause(self, scope: str, *, reason: str, at: datetime) -> None:
        """Stop a scope; a second pause of it replaces the reason."""
        ...

    def resume(self, scope: str, *, at: datetime) -> bool:
        """End the pause of exactly this scope; False where there was none."""
        ...

    # Timelines.

    def begin_reading(
        self, channel: str, *, reader: str, at: datetime, lease: timedelta, instead_of: str = ""
    ) -> Reading:
        """Take the right to read a timeline for so long, where nobody has it at `at`.

        It is also taken from `instead_of`, a reader known to be dead. Who has it now stands in the
        answer.
        """
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

    def seen(self, channel: str, *, since: datetime, until: datetime) -> Sequence[Seen]:
        """Return the corpus of a channel in a window: queue, history and foreign statuses.

        Queue: planned, held, claimed deliveries by due; history: sending, uncertain and published
        ones; cancelled and refused ones are not seen by followers and left out.
        """
        ...

    def around(
        self,
        channel: str,
        *,
        since: datetime,
        until: datetime,
        latest: int | None = None,
        text: str = "",
    ) -> Around:
        """Return what a delivery is judged against, in one reading: the corpus and its rulings.

        Of a history with more than `latest` foreign statuses, or published posts, only what stands
        from the edge of these on; of the queue too. Rulings are those `rulings_about` the text.
        """
        ...

    def worded(
        self, text: str, *, since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Seen]]:
        """Return where the same words stand or are queued, by channel, each in order of time.

        The corpus of all channels, as of `seen`, of texts with the `wording` of this one; a text
        without words is nowhere.
        """
        ...

    # Sketches of texts; see `core/guard/sketches.py`. `seen` and `around` bring them along.

    def unindexed(self, channel: str, *, version: str, limit: int) -> Sequence[Seen]:
        """Return statuses that stand, and published deliveries, without a sketch of this version.

        `limit` at most: what has none first, statuses before deliveries, each oldest first. An
        edited status is among them again.
        """
        ...

    def index(self, channel: str, version: str, sketches: Mapping[Seen, str]) -> None:
        """Keep sketches of texts, made by `version`; of one that was edited since, none.

        Nor of an answer, which is not compared; none of these is unindexed any more.
        """
        ...

    def stale(self, version: str) -> Mapping[str, int]:
        """Return how many sketches are of another version, by channel."""
        ...

    def sketches(self, channel: str, *, version: str, after: int, limit: int) -> Sequence[Sketched]:
        """Return the sketches of a channel with an id after `after`, `limit` at most, by id.

        A later one has a larger id, that of an edited text too; ids are never used again.
        """
        ...

    def indexed(self, ids: Sequence[int], *, since: datetime, until: datetime) -> Sequence[Seen]:
        """Return the texts with these ids of a window, in this order; those that still stand.

        And say what they said when they were indexed.
        """
        ...

    # Collisions.

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

    # Judgements: the digest under which the guard last looked at a delivery.

    def unjudged(self, client: str, *, limit: int) -> Sequence[Delivery]:
        """Return planned deliveries that the guard has not looked at since they changed."""
        ...

    def count_unjudged(self, client: str) -> int:
        """Return how many deliveries `unjudged` would return without a limit."""
        ...

    def keep_status_pictures(self, channel: str, pictures: Mapping[str, Sequence[str]]) -> None:
        """Remember the fingerprints of foreign statuses' pictures, by remote id.

        A later reading that has none keeps them.
        """
        ...

    def keep_pictures(self, pictures: Mapping[int, Sequence[str]]) -> None:
        """Remember the fingerprints of deliveries' pictures; `seen` has them from then on.

        They stay when the picture's file is gone. A fingerprint has no space in it.
        """
        ...

    def judged(self, numbers: Sequence[int]) -> None:
        """Remember that the guard has looked at these as they are."""
        ...

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

    # Rights that one process has at a time, on whatever machine.

    def lease(
        self, name: str, *, owner: str, at: datetime, life: timedelta, instead_of: str = ""
    ) -> str:
        """Take the right `name` for so long, where nobody has it; return who has it now.

        It is also taken from `instead_of`, an owner known to be dead.
        """
        ...

    def end_lease(self, name: str, *, owner: str) -> None:
        """Give a right back; nothing where another one has it."""
        ...

    # Rulings: what a person decided about two texts; see `Change.ruling` too.

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

    # Removals: statuses to be taken down, each until it is proved to be gone.

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

    # Notices.

    def outbox(self, *, now: datetime, limit: int) -> Sequence[Posted]:
        """Return notices that are to be delivered now."""
        ...

    def delivered(self, ids: Sequence[int]) -> None:
        """Take notices out of the outbox."""
        ...

    def postpone(self, id: int, *, until: datetime) -> None:  # noqa: A002 - the row's own name
        """Try a notice again later."""
        ...

    # Backups.

    def forget_backup(self, *, at: datetime) -> None:
        """Take it that what a backup does not know is dealt with: this is the store from now on."""
        ...

    # Daemons.

    def listen(self, ring: Callable[[], None]) -> None:
        """Call `ring`, from any thread and until `close`, when something may be due at once.

        A help to those who ask for what is due all the same; a store may never ring.
        """
        ...

    def beat(self, name: str, *, version: str, at: datetime, files: str = "") -> None:
        """Say that the daemon `host/pid/start` works on this store, from such `files`."""
        ...

    def rest(self, name: str) -> None:
        """Say that a daemon has ended."""
        ...

    def daemons(self) -> Sequence[Daemon]:
        """Return those that did not say that they ended."""
        ...

    # Care.

    def info(self) -> Mapping[str, str]:
        """Return what `doctor` shows: engine, path, schema version, epoch, size.

        With `backup_at`: in milliseconds, when it was written as a backup, and is used for the
        first time now; empty: it is no backup. With `moved`: not empty where it is in another
        database than before, or that was put back to an instant; then nothing can be claimed until
        `forget_backup`. With `settled_at`: when that was last said, in milliseconds, or empty.
        """
        ...

    def verify(self) -> Sequence[str]:
        """Return what is wrong with the store's integrity, empty where nothing is."""
        ...
