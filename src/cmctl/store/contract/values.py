"""What a store is asked with and answers, beside the values of `core/ledger.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cmctl.core.ledger import Notice, Ruling
from cmctl.core.model import Seen, Status


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
