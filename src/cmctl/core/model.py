"""The words of cmctl as values; the first file to read.

A **post** is planned into **deliveries**; a delivery is judged, claimed, sent once, and written
down.

A *post* is what the community manager wrote: texts, media and a schedule, for some channels of one
client. One planned instant of it is an *occurrence* (a recurring post has many), and one occurrence
on one channel is a *delivery*: the unit of judging, claiming, sending and recording. A *status* is
a text that followers can see on a timeline, whoever wrote it. A *verdict* says whether a delivery
tells news that followers have read already. A *hold* is a delivery that waits for a person.
A *receipt* is the network's proof that something was published.

Everything here is frozen and keyword-only. Every instant is an aware `datetime`; building a value
with a naive one raises `ValueError`, because a time without its zone is a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[str, "Variant"] = MappingProxyType({})


def aware(*instants: datetime | None) -> None:
    """Refuse naive instants.

    Raises:
        ValueError: one of them has no zone.
    """
    for instant in instants:
        if instant is not None and instant.tzinfo is None:
            message = f"an instant needs a zone: {instant.isoformat()}"
            raise ValueError(message)


class Place(NamedTuple):
    """Where something is written: a file relative to the workspace, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"  # what it is about is not published
    WARNING = "warning"  # published all the same, and said


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something wrong with what a person wrote, and what to write instead."""

    #: A stable slug for programs, such as `unknown-key`.
    code: str
    #: One sentence that says what is wrong.
    message: str
    #: What to write or type instead; empty where the message says it.
    fix: str = ""
    place: Place | None = None
    severity: Severity = Severity.ERROR
    #: The post and the channel (`client/channel`) that it is about, where it is about one.
    post: str = ""
    channel: str = ""


# --- what a person plans -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """One image of a post."""

    #: Path relative to the workspace, never outside of it; or an `https://` address.
    file: str
    #: What a person who does not see the picture should know.
    alt: str = ""
    #: What its bytes must hash to, in hex; empty: whatever stands there when it is sent.
    sha256: str = ""

    @property
    def is_remote(self) -> bool:
        """Tell whether it is read from an address; a path in the workspace never has `//`."""
        return self.file.startswith("https://")

    @property
    def is_unread(self) -> bool:
        """Tell whether only reading it whole shows that it is the image that is meant."""
        return self.is_remote or bool(self.sha256)

    @property
    def name(self) -> str:
        """The file's name without folders; of an address, without its query too."""
        path = self.file.partition("#")[0].partition("?")[0] if self.is_remote else self.file
        return path.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """A schedule of one instant, already resolved in the client's zone."""

    instant: datetime

    def __post_init__(self) -> None:
        aware(self.instant)


@dataclass(frozen=True, kw_only=True, slots=True)
class NextSlot:
    """A schedule that takes the next free weekly slot of each channel."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Every:
    """A recurring schedule: an RFC 5545 RRULE in the wall time of the client's zone."""

    #: Normalised RRULE, such as `FREQ=WEEKLY;BYDAY=TU,FR;BYHOUR=12;BYMINUTE=0;BYSECOND=0`.
    rule: str
    #: The first day, inclusive, ISO 8601 wall date; empty: from when it is taken in.
    since: str = ""
    #: The last instant, inclusive.
    until: datetime | None = None

    def __post_init__(self) -> None:
        aware(self.until)


Schedule = At | NextSlot | Every


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicEvent:
    """What a post invites to, for networks that have a place of their own for it."""

    title: str
    #: Wall time where it happens, ISO 8601: `2026-12-01` or `2026-12-01T10:00`.
    starts: str
    ends: str
    #: Something is sold for less meanwhile.
    offer: bool = False
    coupon: str = ""
    terms: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """What differs on one channel or network; `None` keeps the post's own."""

    text: str | None = None
    media: tuple[Media, ...] | None = None
    hashtags: tuple[str, ...] | None = None
    at: datetime | None = None
    event: PublicEvent | None = None

    def __post_init__(self) -> None:
        aware(self.at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """What the CM wrote for some channels of one client."""

    #: Unique within the client, written down, never derived from text, time or place in a list.
    id: str
    #: The client's key in `config.yaml`.
    client: str
    place: Place
    text: str
    #: Channel names of this client, without the client: `mastodon`.
    channels: tuple[str, ...]
    #: None: a draft without one; no time is planned for it.
    schedule: Schedule | None
    #: After this instant it must not go out any more.
    expires: datetime | None = None
    media: tuple[Media, ...] = ()
    link: str = ""
    #: Further parts, published as replies to the first.
    thread: tuple[str, ...] = ()
    first_comment: str = ""
    #: Without `#`, the client's sets among them spelled out.
    hashtags: tuple[str, ...] = ()
    #: By channel name or by network; the channel's own wins.
    variants: Mapping[str, Variant] = field(default_factory=lambda: NOTHING)
    labels: tuple[str, ...] = ()
    #: A draft is held for approval.
    draft: bool = False
    #: False: the author said that the guard need not look (`guard: off`).
    guard: bool = True
    #: It may come again after its cool-down; before, the guard only flags it.
    evergreen: bool = False
    #: For colleagues; never published.
    note: str = ""

    def __post_init__(self) -> None:
        aware(self.expires)


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What followers would see of a post on one channel."""

    text: str
    link: str = ""
    hashtags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    thread: tuple[str, ...] = ()
    first_comment: str = ""
    #: Remote id of what it answers; empty for a post of its own.
    reply_to: str = ""
    event: PublicEvent | None = None


# --- what happens --------------------------------------------------------------------------------


class State(StrEnum):
    """The states of a delivery; the transitions stand in `core/state.py`."""

    PLANNED = "planned"
    HELD = "held"
    CLAIMED = "claimed"
    SENDING = "sending"
    PUBLISHED = "published"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class HoldReason(StrEnum):
    """Why a delivery waits for a person."""

    DUPLICATE = "duplicate"  # the guard recognised the news
    UNCERTAIN = "uncertain"  # nobody knows whether it was published
    APPROVAL = "approval"  # a draft, or held by hand
    PAUSED = "paused"  # came due during a pause
    INVALID = "invalid"  # cannot be published as it is written
    MISSED = "missed"  # later than the grace, or expired
    BLIND = "blind"  # the timeline could not be read
    TOKEN = "token"  # noqa: S105 - the account does not let us in: somebody signs in again


class Key(NamedTuple):
    """What identifies a delivery for ever."""

    #: The post's id.
    post: str
    #: Empty for a post that goes out once; else the wall date, `2026-11-24` or `2026-11-24#2`.
    occurrence: str
    #: `client/channel`.
    channel: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Why a delivery waits, in one word for programs and one sentence for people."""

    reason: HoldReason
    detail: str
    #: True where the files themselves ask for it (a draft, an error): it ends when they no longer
    #: do. False: what happened or a person asked for it.
    from_files: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A delivery as the files plan it; the store adds what happened."""

    key: Key
    network: str
    due: datetime
    content: Content
    expires: datetime | None = None
    #: Set where it must wait for a person from the start (draft, invalid).
    hold: Hold | None = None
    #: False where its author switched the guard off.
    guard: bool = True
    #: Its author means to tell it again and again.
    evergreen: bool = False
    #: What the network charges for it, in millionths of a US dollar.
    cost: int = 0

    def __post_init__(self) -> None:
        aware(self.due, self.expires)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """The network's proof that a delivery is published."""

    #: The id by which the network knows it; of the first part for a thread.
    remote_id: str
    #: Where a person can look at it; empty where the network gives no address.
    url: str = ""
    at: datetime | None = None
    #: Remote ids of all parts, the first included, in order; comments last.
    parts: tuple[str, ...] = ()
    #: How what stands differs from what was sent, in a sentence; empty: as it was written, or the
    #: network does not tell.
    altered: str = ""

    def __post_init__(self) -> None:
        aware(self.at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One occurrence on one channel: what was planned and what is known of it."""

    #: The store's short number, stable for ever; what a person types.
    number: int
    key: Key
    network: str
    due: datetime
    content: Content
    #: SHA-256 of `content`; tells an edit.
    digest: str
    state: State
    expires: datetime | None = None
    guard: bool = True
    evergreen: bool = False
    hold: Hold | None = None
    #: Raised by each claim; a stale worker's word does not count.
    fence: int = 0
    #: How many times the request left, or may have left.
    attempts: int = 0
    #: Not to be claimed before (`Retry-After`, a spread after a pause).
    not_before: datetime | None = None
    #: Who holds the claim, `host/pid/start`, and until when.
    owner: str = ""
    lease_until: datetime | None = None
    #: When the first request may have left.
    sent_at: datetime | None = None
    receipt: Receipt | None = None
    #: What a person let pass and why, `duplicate,missed: the owner asked for both`; empty: nothing.
    override: str = ""
    #: The files now say something else than what was sent.
    edited: bool = False
    #: When it was proved that a person's word took it down again.
    deleted_at: datetime | None = None

    def __post_init__(self) -> None:
        aware(self.due, self.expires, self.not_before, self.lease_until, self.sent_at)
        aware(self.deleted_at)

    @property
    def client(self) -> str:
        """The client's key."""
        return self.key.channel.partition("/")[0]

    def waives(self, reason: HoldReason) -> bool:
        """Tell whether a person decided that it goes out in spite of `reason`."""
        return reason.value in self.override.partition(":")[0].split(",")

    @property
    def idempotency_key(self) -> str:
        """Sent with every attempt; derived from the key, so that even a lost store repeats it."""
        return sha256("\0".join(("cmctl", *self.key)).encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """A text that followers can see on a timeline, whoever wrote it."""

    #: `client/channel`.
    channel: str
    remote_id: str
    at: datetime
    #: Plain text, markup taken out.
    text: str
    url: str = ""
    #: The account's name as the network gives it.
    author: str = ""
    #: The tool that posted it, where the network tells.
    tool: str = ""
    media_count: int = 0
    #: Remote id of the status that it answers; empty for a post of its own.
    reply_to: str = ""
    #: Fingerprints of its pictures as `core/pictures.py` has them; of those that are known.
    pictures: tuple[str, ...] = ()
    #: Public addresses of its pictures, the smallest that the network offers; never stored.
    images: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        aware(self.at)


# --- what the guard says -------------------------------------------------------------------------


class Decision(StrEnum):
    """What the guard advises."""

    ALLOW = "allow"
    FLAG = "flag"
    BLOCK = "block"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A text that followers have seen or are about to see: what the guard compares."""

    #: `queue`, `history` or `timeline`.
    source: str
    #: A delivery's number or a status's remote id.
    ref: str
    #: All that a follower reads: text, link, hashtags, thread, as one text.
    text: str
    at: datetime
    author: str = ""
    url: str = ""
    #: The post that a delivery belongs to; empty for a status.
    post: str = ""
    #: Remote id of the status that it answers; empty for what stands for itself.
    reply_to: str = ""
    #: Fingerprints of its pictures; see `Status.pictures`.
    pictures: tuple[str, ...] = ()
    #: Its author means to tell it again and again.
    evergreen: bool = False
    #: What the guard noted of this very text, where the store has it; see `core/guard/sketches.py`.
    sketch: str = field(default="", compare=False, repr=False)

    def __post_init__(self) -> None:
        aware(self.at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """One text that tells the same news, or may."""

    seen: Seen
    decision: Decision
    #: 0 to 1.
    score: float
    #: Sentences a person believes: what agrees and what differs.
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The guard's advice on one delivery, worst match first."""

    decision: Decision
    score: float = 0.0
    matches: tuple[Match, ...] = ()
    #: What limited the judgement, such as a timeline that could not be read.
    notes: tuple[str, ...] = ()
