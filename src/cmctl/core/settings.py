"""What `config.yaml` says, as values; every section inherits from workspace to client to channel.

A secret never stands here: only the reference to it does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from cmctl.core.guard.terms import Rules, Thresholds
from cmctl.core.links import Utm
from cmctl.core.model import Decision, Place


def is_database(store: str) -> bool:
    """Tell whether a store is the address of a PostgreSQL database, and not a file's path."""
    return store.startswith(("postgresql://", "postgres://"))


class OnMatch(StrEnum):
    """What to do with a delivery that the guard blocks or flags."""

    HOLD = "hold"
    WARN = "warn"


class OnBlind(StrEnum):
    """What to do when the timeline cannot be read."""

    HOLD = "hold"
    PUBLISH = "publish"


class AltTexts(StrEnum):
    """What is said of an image without an alt text, where the network has them."""

    REQUIRED = "required"  # it is not published
    WARN = "warn"
    OFF = "off"


#: A `window` without an end: longer than there have been networks, and short enough to add to now.
EVER = timedelta(days=36_525)


class OnGone(StrEnum):
    """What to do with a hold whose cause was deleted or tells something else now."""

    HOLD = "hold"
    RELEASE = "release"


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardPolicy:
    """How strict the guard is on one channel."""

    enabled: bool = True
    #: How far back and ahead two texts can be the same news; `EVER` without an end.
    window: timedelta = timedelta(days=14)
    on_block: OnMatch = OnMatch.HOLD
    on_flag: OnMatch = OnMatch.HOLD
    on_blind: OnBlind = OnBlind.HOLD
    on_gone: OnGone = OnGone.HOLD
    #: The worst that is said of a text that stands there in another language.
    translations: Decision = Decision.FLAG
    #: The worst that is said of the full text of what was only announced before.
    teasers: Decision = Decision.BLOCK
    #: How soon the same recurring or evergreen post may come again; None: a recurring one whenever
    #: its rule says so, an evergreen one after `window`.
    cooldown: timedelta | None = None
    #: From which score, 0 to 1, a text is flagged or blocked; None: as the model is calibrated.
    flag: float | None = None
    block: float | None = None
    #: On so many channels of one network the same text may go out within a day; 0: on any number.
    community_limit: int = 3
    #: What reading may cost in a month, in millionths of a US dollar; None: whatever it costs.
    budget: int | None = None
    #: How old the last reading of the timeline may be at sending.
    freshness: timedelta = timedelta(seconds=60)

    @property
    def rules(self) -> Rules:
        """What the guard is told of texts that tell the same news on purpose."""
        return Rules(translations=self.translations, teasers=self.teasers, cooldown=self.cooldown)

    @property
    def thresholds(self) -> Thresholds:
        """Return from which scores on the guard speaks up."""
        return Thresholds(flag=self.flag, block=self.block)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notifier:
    """One way to tell the CM: a command that gets JSON as its input, a webhook, or Apprise."""

    #: `command`, `webhook` or `apprise`.
    kind: str
    command: tuple[str, ...] = ()
    #: A secret reference; of a webhook also an https address.
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WeeklySlot:
    """One weekly wall time: weekday (Monday is 0), hour and minute."""

    weekday: int
    hour: int
    minute: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelSettings:
    """One account of one client on one network, everything inherited already."""

    #: `client/channel`.
    name: str
    client: str
    network: str
    zone: ZoneInfo
    #: BCP 47, such as `fr`.
    language: str
    slots: tuple[WeeklySlot, ...]
    #: How late a delivery may still go out.
    grace: timedelta
    #: The least time between two posts.
    pace: timedelta
    guard: GuardPolicy
    notifiers: tuple[Notifier, ...]
    #: The network's own block, as plain values; the adapter checks it.
    options: Mapping[str, object]
    place: Place
    alt: AltTexts = AltTexts.WARN
    utm: Utm = field(default_factory=Utm)
    #: Where each option stands, for the adapter's problems.
    option_places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The channel's name without its client."""
        return self.name.partition("/")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientSettings:
    """A business whose accounts the CM runs."""

    key: str
    #: As a person writes it.
    name: str
    zone: ZoneInfo
    language: str
    #: What its channels inherit.
    guard: GuardPolicy
    channels: Mapping[str, ChannelSettings]
    place: Place
    #: Sets of hashtags by name, which posts name in braces.
    hashtags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hosting:
    """Where images stand in public for networks that fetch them themselves."""

    #: The kind of host: `s3`, `sftp`, `webdav` or `wordpress`.
    kind: str
    #: The host's own block, as plain values; secrets are references.
    options: Mapping[str, object]
    #: Where each option stands, for problems; under the key `""` the block itself.
    places: Mapping[str, Place]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A workspace's whole configuration."""

    #: Absolute; `posts/` is inside.
    root: Path
    #: Name of the configuration file in `root`.
    config: str
    #: Absolute path of an SQLite file, or the address of a PostgreSQL database.
    store: str
    #: The workspace's zone; a client may have its own.
    zone: ZoneInfo
    clients: Mapping[str, ClientSettings]
    #: Asked for every minute while the daemon is well: a secret reference or an https address.
    ping: str = ""
    #: None: images stand nowhere in public.
    hosting: Hosting | None = None
    #: Reference to the database's password; empty: libpq finds it, or it needs none.
    store_password: str = ""

    @property
    def store_file(self) -> Path | None:
        """The store where it is a file; None: it is a database."""
        return None if is_database(self.store) else Path(self.store)

    @property
    def home(self) -> Path:
        """The folder of what this machine keeps beside the store: the journal of receipts."""
        file = self.store_file
        return file.parent if file else self.root / ".cmctl"

    def channel(self, name: str) -> ChannelSettings:
        """Return the settings of `client/channel`.

        Raises:
            KeyError: no such channel is configured.
        """
        client, _, short = name.partition("/")
        return self.clients[client].channels[short]

    def channels(self) -> Iterator[ChannelSettings]:
        """Iterate over every channel, in the order of the file."""
        for client in self.clients.values():
            yield from client.channels.values()
