"""What every use case works with, put together by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from cmctl.app.media.reading import Fetch, public
from cmctl.app.publishing.journal import Journal
from cmctl.app.publishing.points import Reach, nothing
from cmctl.channels.base import Channel
from cmctl.channels.hosting.base import Host
from cmctl.core.guard import Encoder
from cmctl.core.settings import Settings
from cmctl.store.base import Store

if TYPE_CHECKING:  # it knows how tokens are had, which a listing does not need
    from cmctl.app.sign_in.tokens import Life

#: How long a claim is good for; a call's own deadline is shorter.
LEASE = timedelta(seconds=60)


class Channels(Protocol):
    """The adapters of a workspace, each opened at most once."""

    def open(self, name: str) -> Channel:
        """Return the adapter of `client/channel`, its secrets resolved.

        Raises:
            CmctlError: its options or secrets are not usable.
        """
        ...

    def forget(self, name: str) -> None:
        """Open an adapter anew the next time: the network does not take what it was opened with."""
        ...

    def renewed(self, name: str, refused: object) -> bool:
        """Tell whether there is another token than what an adapter was `refused` with.

        Raises:
            CmctlError: the secret cannot be read or written.
            Unavailable: the network could not be asked for a new one now.
        """
        ...

    def life(self, name: str) -> "Life | None":
        """Return how long the token of `client/channel` lets us in; None: it has no secret.

        Raises:
            CmctlError: its options are wrong, or its secret cannot be read.
        """
        ...

    def checker(self, name: str) -> Channel:
        """Return an adapter for `problems` alone: secrets are not resolved."""
        ...

    def host(self) -> Host:
        """Return where images stand in public.

        Raises:
            CmctlError: there is no such place, or its options or secrets are not usable.
        """
        ...

    def close(self) -> None:
        """Let go of every adapter that was opened; safe to call twice."""
        ...


@dataclass(frozen=True, kw_only=True)
class Context:
    """The workspace as the use cases see it."""

    settings: Settings
    store: Store
    channels: Channels
    #: The time now, aware, whole milliseconds (what the store keeps).
    now: Callable[[], datetime]
    #: Who claims: `host/pid/start`.
    worker: str
    #: Whether the owner of a claim can still be at work; True when that cannot be known.
    alive: Callable[[str], bool]
    #: The environment of programs that are started: without the secrets that the settings name.
    children: Mapping[str, str]
    #: Takes a receipt when the store cannot.
    journal: Journal
    #: Waits some seconds; the demo's clock jumps instead.
    wait: Callable[[float], None]
    #: Tells nearness in meaning; None: texts are judged by words and facts alone.
    encoder: Encoder | None
    #: How many other processes may help to judge where there is much to judge.
    helpers: int = 0
    reach: Reach = field(default=nothing)
    #: Reads the image at an address that a post names.
    fetch: Fetch = field(default=public)
