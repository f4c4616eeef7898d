"""What listings are asked for and answer: plain tuples, cheap to import and to read.

A listing of ten thousand rows must not pay for the words of `core/model.py`, so nothing here
imports them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from cmctl.core.money import Month

Read = TypeVar("Read")

#: The states of what is ahead, and of what is over.
AHEAD = frozenset({"planned", "held", "claimed", "sending", "uncertain"})
PAST = frozenset({"published", "refused", "cancelled"})


class Source(NamedTuple):
    """A file as it was when it was taken in."""

    size: int
    mtime_ns: int
    ctime_ns: int
    #: SHA-256 of its bytes, hex.
    sha256: str


class ClientRow(NamedTuple):
    """What listings need to know of a client without reading `config.yaml`."""

    key: str
    name: str
    zone: str
    #: How many errors its files have, and how many drafts that have no time yet.
    errors: int = 0
    drafts: int = 0


class Listed(NamedTuple):
    """One row of a listing, cheap to read by the ten thousand."""

    number: int
    due_ms: int
    channel: str
    network: str
    post: str
    occurrence: str
    state: str
    #: The hold's reason, or empty.
    reason: str
    #: The hold's detail, or empty.
    detail: str
    #: The first 120 characters of the text, on one line.
    excerpt: str
    edited: bool
    #: Milliseconds since 1970 when published, or None.
    published_ms: int | None
    remote_id: str
    url: str
    #: Milliseconds since 1970 when it was taken down again, or None.
    deleted_ms: int | None = None
    #: How what stands differs from what was sent, or empty.
    altered: str = ""
    #: Remote id of what it answers, or empty.
    reply_to: str = ""


class Query(NamedTuple):
    """Which deliveries a listing wants; empty fields do not filter."""

    #: Of `State`.
    states: frozenset[str] = frozenset()
    client: str = ""
    #: `client/channel`.
    channel: str = ""
    post: str = ""
    #: On `due`, or on the time of publication where `by_publication`; both inclusive.
    since: datetime | None = None
    until: datetime | None = None
    by_publication: bool = False
    newest_first: bool = False
    limit: int = 0


class Pause(NamedTuple):
    """A stop in force: of everything (empty scope), a client, or a `client/channel`."""

    scope: str
    reason: str
    since: datetime

    def stops(self, channel: str) -> bool:
        """Tell whether it stops a `client/channel`, by itself or as a part of more."""
        return self.scope in {"", channel.partition("/")[0], channel}


#: Number, due in ms, channel, post, state, reason and excerpt, all but due as UTF-8 bytes.
Raw = tuple[bytes, int, bytes, bytes, bytes, bytes, bytes]


class Listings(Protocol):
    """The part of a store that listings read; the promises stand in `base.py`."""

    def sources(self) -> Mapping[str, Source]:
        """Return every file of the last intake by its path relative to the workspace."""
        ...

    def taken_at(self) -> datetime | None:
        """Return when the files were last taken in; None: never."""
        ...

    def clients(self) -> Sequence[ClientRow]:
        """Return the clients of the last intake."""
        ...

    def listing(self, query: Query) -> Sequence[Listed]:
        """Return light rows, in order of time."""
        ...

    def raw_listing(self, query: Query, read: Callable[[Iterable[Raw]], Read]) -> Read:
        """Return what `read` makes of a listing's rows, much faster by the ten thousand.

        `read` may be called again, where the store changed under it.
        """
        ...

    def count(self, query: Query) -> int:
        """Return how many `listing` would give without its limit."""
        ...

    def month(self, at: datetime) -> "Month | None":
        """Return what the month of `at` costs; None where nothing ever did."""
        ...

    def pauses(self) -> Sequence[Pause]:
        """Return the pauses in force."""
        ...
