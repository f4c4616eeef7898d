"""What is known of deliveries, and what may be done to them, as values.

A *fact* is what the store knows of one delivery; the *ledger* is all facts of one client. A
*change* is one move of one delivery; an *operation* is a change or an edit of planned rows that
taking in the files asks for. Deciding makes these values; a store executes them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from cmctl.core.model import Hold, Key, Planned, Receipt, State
from cmctl.core.state import Move


class Fact(NamedTuple):
    """What planning needs to know of a delivery that the store has."""

    number: int
    state: State
    due: datetime
    digest: str
    fence: int
    hold: Hold | None
    expires: datetime | None
    edited: bool
    guard: bool
    #: When the network took it; None where it did not.
    published_at: datetime | None
    #: Cancelled by a `Drop`, so that files that plan it again bring it back; never by a person.
    dropped: bool = False
    evergreen: bool = False
    cost: int = 0


Ledger = Mapping[Key, Fact]

#: Tells which keys of the ledger stay though no post plans them, because a file is unreadable.
Keep = Callable[[Key], bool]


def keep_none(_: Key) -> bool:
    """Keep nothing: every file was read."""
    return False


class Notice(NamedTuple):
    """Something to tell a person, through the notifiers of a channel."""

    #: `held`, `published`, `refused`, `uncertain`, `flagged`, `removed`, `standing`, ...
    kind: str
    channel: str
    number: int
    message: str


class Ruling(NamedTuple):
    """What a person decided about two texts of one account."""

    at: datetime
    #: `client/channel`.
    channel: str
    #: Ours.
    number: int
    #: What it repeats: `delivery` with its number, or `timeline` with its remote id.
    source: str
    ref: str
    #: `theirs`, `ours`, `both`, `move` or `rewrite`.
    keep: str
    reason: str
    #: Whether they tell the same news, by that person's word; None: nothing was said of it.
    same: bool | None
    #: The guard's, 0 to 1.
    score: float
    #: Both texts, whole, as they were.
    ours: str
    theirs: str


class Removal(NamedTuple):
    """A status that a person decided to take down, until it is proved that it is gone."""

    #: `client/channel`.
    channel: str
    #: Of the first part; names it.
    remote_id: str
    parts: tuple[str, ...]
    #: The delivery whose log tells of it.
    number: int
    #: It stands until this delivery is published; 0: it goes at once.
    after: int
    #: The delivery that goes; 0: it is somebody else's.
    loser: int
    #: Not to be tried before.
    due: datetime
    tries: int = 0
    #: Why the last try did not do; empty: none was made.
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One move of one delivery, decided; executed only where `state` and `fence` still hold."""

    number: int
    state: State
    fence: int
    move: Move
    at: datetime
    #: With `HOLD`.
    hold: Hold | None = None
    #: With `PUBLISH`.
    receipt: Receipt | None = None
    #: With `UNSENT`, `GIVE_BACK`, `RELEASE`: not to be claimed before; with `DOUBT`, `LOOK`: not to
    #: be looked for before.
    not_before: datetime | None = None
    #: With `RESEND`: who sends. With `SEND` and `RESEND`: how long the attempt may take. With
    #: `KEEP`: how long what comes before it may.
    owner: str = ""
    lease: timedelta | None = None
    #: The channel takes no other claim before: its pace with `SEND`, the network's own wish with
    #: `UNSENT`, `GIVE_BACK` and `DOUBT`. The latest that was said counts.
    lane_ready_at: datetime | None = None
    #: With `RELEASE`: why a person let it pass.
    override: str = ""
    #: With `RELEASE`: it goes out then, instead of at its slot.
    due: datetime | None = None
    #: The person's word behind it, and what is to be taken down for it.
    ruling: Ruling | None = None
    removal: Removal | None = None
    #: What the event keeps for ever, plain JSON values without secrets.
    data: Mapping[str, object] = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Add:
    """A delivery that the files plan and the store does not have."""

    planned: Planned
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Alter:
    """A `planned` or `held` delivery whose files say something else now."""

    number: int
    planned: Planned
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop:
    """A delivery that the files no longer plan: `planned` rows go, `held` ones are cancelled.

    The fact of one that is cancelled so is `dropped`, until a change releases it.
    """

    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkEdited:
    """Whether the files now differ from what was sent."""

    number: int
    edited: bool


Operation = Add | Alter | Drop | MarkEdited | Change


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """What one reading of a client's files changes, committed as one."""

    client: str
    operations: Sequence[Operation]
    at: datetime
