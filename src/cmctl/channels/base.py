"""The contract between cmctl and a network.

Terminology: a *channel* is one account on one network, and an object of a class in
`channels/networks/`. What goes out is an `Outgoing`; what comes back is a `Receipt` or one of three
failures, each saying what is *known*:

- `Rejected`: not published, and trying again is useless; `Unauthorized` where only the token is
  wrong, so that the post is held until somebody signs in;
- `Unavailable`: certainly not published, perhaps later; `Throttled` where it came too fast, so that
  the whole account waits;
- `Uncertain`: may be published. The default for anything unexpected.

Guarantees an adapter gives:

- `publish` makes exactly one attempt, carrying `outgoing.key`. It never retries, and neither does
  anything below it. A thread is several requests in one attempt: a failure after the first part is
  `Uncertain`, and publishing again with the same key goes on where it stopped without doubling.
- `problems` knows without the network everything that is wrong with a content here.
- What a network cannot do is a protocol that its adapter lacks, never a stub that raises.
- Texts from a timeline are plain text: markup is taken out, nothing else is changed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, Self, runtime_checkable

from cmctl.core.errors import CmctlError, ExitStatus, LockedOutError
from cmctl.core.model import Content, Place, Problem, Receipt, Status
from cmctl.core.money import Prices


class ChannelError(CmctlError):
    """A call to a network failed; the class says what is known."""

    status = ExitStatus.NETWORK
    #: What the network answered, word for word but for secrets; empty: nothing that is known.
    answer: str = ""


class Rejected(ChannelError):  # noqa: N818 - the contract's own word
    """Not published, and trying again is useless."""

    status = ExitStatus.PROBLEMS


class Unauthorized(Rejected, LockedOutError):  # noqa: N818
    """Not published, and nothing will be before somebody signs in: the token is not taken."""


class Unavailable(ChannelError):  # noqa: N818
    """Certainly not published; perhaps later."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        """`retry_after` is the network's own wish, where it said one."""
        super().__init__(message)
        self.retry_after = retry_after


class Throttled(Unavailable):
    """Certainly not published: it came too fast, and so would whatever is next on the account."""


class Uncertain(ChannelError):  # noqa: N818
    """May be published: nobody knows until somebody looks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRules:
    """How long a text may be here."""

    #: In the network's own unit; 0: no limit that is known.
    limit: int
    #: The unit in words, such as `characters` or `graphemes`.
    unit: str = "characters"


@dataclass(frozen=True, kw_only=True, slots=True)
class Length:
    """How long one text of a content is here."""

    #: Which one: `part 2`, `first comment`; empty for the first.
    part: str
    text: str
    rules: TextRules
    #: How the network counts, in the unit of its rules.
    count: Callable[[str], int]

    def __str__(self) -> str:
        return f"{self.count(self.text)} of {self.rules.limit} {self.rules.unit}"


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaRules:
    """Which images go with a post here."""

    #: 0: none at all.
    count: int
    #: Of one image, in bytes; 0: no limit that is known.
    bytes: int = 0
    #: Endings without the dot.
    formats: tuple[str, ...] = ("jpg", "jpeg", "png", "gif", "webp")
    alt: bool = True
    alt_limit: int = 0
    #: The most pixels, and the most along one side; 0: no limit that is known.
    pixels: int = 0
    side: int = 0
    #: The least width and height, in pixels.
    least: tuple[int, int] = (1, 1)
    #: Width by height of the narrowest and the widest that is taken; None: any.
    ratio: tuple[float, float] | None = None
    #: Endings of films, each of which goes alone; empty: none at all.
    films: tuple[str, ...] = ()
    #: Of a film, in bytes.
    film_bytes: int = 0
    #: A film has an alt text here, as an image has.
    film_alt: bool = False
    #: The network fetches images itself, each from a public address: `Attachment.uploaded`.
    fetched: bool = False
    #: Width and height of the shape that it shows best; another is told, and goes all the same.
    best: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """How many posts the network takes, as it documents it."""

    most: int
    per: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What the network can do, as far as it is the same for every account."""

    text: TextRules
    media: MediaRules
    #: Of a text that goes with images, where it is another one.
    caption: TextRules | None = None
    #: The documented limit of posting; None: none is known.
    rate: Rate | None = None
    #: How to find out after an uncertain attempt: by `key`, by `lookup`, both, or not at all.
    recovery: frozenset[str] = frozenset()
    #: How long the network honours `outgoing.key`; None: for ever (or `key` is not in `recovery`).
    key_life: timedelta | None = None
    threads: bool = False
    first_comment: bool = False
    #: A post can invite to something (`content.event`).
    events: bool = False
    #: A post can answer somebody else's (`content.reply_to`).
    replies: bool = False
    #: What the network charges; None: nothing, and the adapter is no `Charges`.
    prices: Prices | None = None
    #: The server's own timeout and more: look for evidence no earlier than this.
    settling: timedelta = timedelta(seconds=10)
    #: False: written from the vendor's pages alone, without a machine-readable description, a
    #: recorded answer or a server to try it on; people are told so.
    verified: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """One image or film, ready to be sent."""

    #: The file's name without folders.
    name: str
    data: bytes
    #: MIME type.
    type: str
    alt: str = ""
    #: What the network gave back for it where it was uploaded before (see `Uploads`); where the
    #: network fetches images (`MediaRules.fetched`), the public address at which it stands.
    uploaded: str = ""

    @property
    def is_film(self) -> bool:
        """Tell whether it moves and is no picture."""
        return self.type.startswith("video/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """All that an attempt needs; the same values in every attempt of a delivery."""

    #: The idempotency key, `[0-9a-f]{32}`, the same for every attempt.
    key: str
    content: Content
    #: BCP 47.
    language: str
    #: Frozen at the first attempt, so that a repeated request is the same request.
    created_at: datetime
    attachments: tuple[Attachment, ...] = ()


class Channel(Protocol):
    """One account on one network: what every adapter has."""

    #: The name used in YAML.
    kind: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    @classmethod
    def check_options(
        cls, options: Mapping[str, object], places: Mapping[str, Place]
    ) -> Iterable[Problem]:
        """Yield everything that is wrong with the channel's YAML block, all problems at once.

        `places` tells where each option stands; the key `""` is the block's own place. A secret
        option holds a reference such as `env:NAME` here.
        """
        ...

    @classmethod
    def open(cls, options: Mapping[str, object]) -> Self:
        """Build the channel from checked options whose secrets are resolved; no network yet.

        Options that the class names in `paths`, where it has such a set, are absolute here.
        """
        ...

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield everything that is wrong with this content here, without the network.

        Media files are not read here: their count, endings and alt texts are known by name.
        """
        ...

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Make exactly one attempt.

        Raises:
            Rejected: not published, trying again is useless.
            Unavailable: certainly not published.
            Uncertain: may be published.
        """
        ...

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
        ...


@runtime_checkable
class Measures(Protocol):
    """A network that limits how long a text may be."""

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text of a content is, as the network counts, without asking it."""
        ...


@runtime_checkable
class Charges(Protocol):
    """A network that charges for posts, by `Capabilities.prices`."""

    def cost(self, content: Content) -> int:
        """Return what publishing a content costs, in millionths of a US dollar, without asking."""
        ...


@runtime_checkable
class Finds(Protocol):
    """A network that can be asked for evidence after an uncertain attempt."""

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Return the proof that `outgoing` is published whole, or None if it certainly is not.

        Raises:
            Unavailable: could not be asked now.
            Uncertain: what is there settles nothing, such as a thread that stands in part.
        """
        ...


@runtime_checkable
class Timeline(Protocol):
    """A network that lists the account's own posts, whoever made them."""

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Yield own and foreign posts made at or after `since`, newest first, times aware.

        Complete or raising: a listing that broke off never looks like a short one. `channel` of
        each status is left empty; the caller knows it.

        Raises:
            Unavailable: could not be read now.
            Rejected: the network does not let us read.
        """
        ...


@runtime_checkable
class Deletes(Protocol):
    """A network where a post can be deleted."""

    def delete(self, remote_id: str) -> None:
        """Delete for good; no error where it is gone already.

        Raises:
            Rejected, Unavailable, Uncertain: as for publishing.
        """
        ...

    def exists(self, remote_id: str) -> bool:
        """Tell whether the post still stands, asked by its id.

        Raises:
            Unavailable: could not be asked now.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What followers did; None where the network does not tell."""

    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    views: int | None = None


@runtime_checkable
class Counted(Protocol):
    """A network that counts likes, comments and shares."""

    def counts(self, remote_id: str) -> Counts:
        """Return the counts of one post.

        Raises:
            Rejected, Unavailable: as for publishing.
        """
        ...


@runtime_checkable
class Uploads(Protocol):
    """A network where images are uploaded before the post, repeatable and unseen by followers."""

    def upload(self, attachment: Attachment) -> str:
        """Upload and return what the publishing request must name.

        Raises:
            Rejected, Unavailable: nothing was published either way.
        """
        ...


@runtime_checkable
class TellsTime(Protocol):
    """A network whose server says what time it is with each answer."""

    def server_time(self) -> datetime | None:
        """Return the time in the last answer, to the second; None where there was none."""
        ...


@runtime_checkable
class TellsLimits(Protocol):
    """A network that says with an answer when its rate limit is used up."""

    def spent(self) -> timedelta | None:
        """Return how long it takes nothing more, as its answer to the last post said; else None."""
        ...


@runtime_checkable
class Probes(Protocol):
    """A network that can be asked who we are, changing nothing (`channel test`, `doctor`)."""

    def probe(self) -> str:
        """Return the account's name as the network gives it.

        Raises:
            Rejected: the token is not accepted.
            Unavailable: could not be reached.
        """
        ...
