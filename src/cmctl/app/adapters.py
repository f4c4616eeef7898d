"""The adapters of a workspace: built from its settings, each at most once."""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeGuard

from cmctl.app.sign_in.renewal_right import Right, alone
from cmctl.app.sign_in.renewals import Renewals
from cmctl.app.sign_in.tokens import Life, life
from cmctl.channels.base import Channel
from cmctl.channels.hosting import Host, check_host, hosts
from cmctl.channels.registry import load
from cmctl.channels.sign_in import OwnToken, SignIn, SignsIn
from cmctl.config.secret_place import SecretPlace
from cmctl.config.secrets import Secret, is_reference, resolve_options
from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.model import Severity
from cmctl.core.settings import ChannelSettings, Settings


class _Opened(NamedTuple):
    """An adapter, and until when its token is good."""

    channel: Channel
    #: None: for ever.
    until: datetime | None = None
    #: Empty: it has none.
    token: str = ""

    def __repr__(self) -> str:
        return f"_Opened({self.channel}, until {self.until})"

    def is_good(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class SecretOption(NamedTuple):
    """What lets us in to one channel."""

    network: str
    #: The option's name.
    option: str
    #: What that is, in words.
    what: str
    #: Where the network gives it; None: on its pages, to a person.
    sign_in: SignIn | None
    #: Asks for the account's own token with a person's; None: they are the same.
    own_token: Callable[[str], str] | None
    place: SecretPlace


class Adapters:
    """The channels of a workspace, each opened once, and once more where its token was renewed."""

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        now: Callable[[], datetime],
        *,
        may_write: bool,
        right: Right | None = alone,
    ) -> None:
        """Nothing is opened or imported yet; secrets come from `environment` when they are used.

        With `may_write` the folders above a path in the workspace are made when they are needed.
        Without a `right` no token is renewed.
        """
        self._settings = settings
        self._may_write = may_write
        self._renewals = Renewals(now, right)
        self._environment = environment
        self._now = now
        self._gate = threading.Lock()
        self._open: dict[str, _Opened] = {}
        #: Their token was renewed; a call of another thread may still be on its way.
        self._retired: dict[str, Channel] = {}
        self._checkers: dict[str, Channel] = {}
        self._host: Host | None = None

    def open(self, name: str) -> Channel:
        """Return the adapter of `client/channel`, its secrets resolved, its token good.

        Raises:
            CmctlError: its options or secrets are not usable, or it must sign in again.
            Unavailable: its token is over, and the network could not be asked for a new one.
        """
        with self._gate:
            known = self._open.get(name)
        if known is not None and known.is_good(self._now()):
            return known.channel
        # Outside of the gate: renewing a token keeps no other channel waiting.
        opened = self._opened(name)
        with self._gate:
            current = self._open.get(name)
            if current is not known and current is not None:  # another thread was faster
                opened.channel.close()
                return current.channel
            self._open[name] = opened
            before = self._retired.pop(name, None)
            if known is not None:
                self._retired[name] = known.channel
        if before is not None:
            before.close()
        return opened.channel

    def forget(self, name: str) -> None:
        """Open `client/channel` anew the next time: its secret may be another one by then."""
        with self._gate:
            known = self._open.pop(name, None)
            before = self._retired.pop(name, None)
            if known is not None:
                self._retired[name] = known.channel
        if before is not None:
            before.close()

    def renewed(self, name: str, refused: object) -> bool:
        """Tell whether there is another token than what an adapter was `refused` with.

        It is renewed where the channel signs in by OAuth 2, but not on and on.

        Raises:
            CmctlError: the secret cannot be read or written.
            Unavailable: the network could not be asked for a new one now.
        """
        with self._gate:
            opened = self._open.get(name)
        if opened is None or opened.channel is not refused:  # another thread has seen to it
            return True
        settings = self._checked(name)
        adapter = load(settings.network)
        option = _option(adapter, settings)
        if not option:
            return False
        place, sign_in = self._place(settings, option), _sign_in(adapter, settings)
        if done := self._renewals.replaced(place, sign_in, name, opened.token):
            self.forget(name)
        return done

    def life(self, name: str) -> Life | None:
        """Return how long the token of `client/channel` lets us in; None: it has no secret.

        Raises:
            CmctlError: its options are wrong, or its secret cannot be read.
        """
        settings = self._checked(name)
        adapter = load(settings.network)
        option = _option(adapter, settings)
        if not option:
            return None
        return life(self._place(settings, option), _sign_in(adapter, settings), self._now())

    def trial(self, name: str, option: str, secret: str) -> Channel:
        """Return an adapter of its own with another secret, to be closed by the caller.

        Raises:
            CmctlError: its options or its other secrets are not usable.
        """
        settings = self._checked(name)
        adapter = load(settings.network)
        others = {key: value for key, value in settings.options.items() if key != option}
        return adapter.open(self._placed(adapter, {**self._resolved(others), option: secret}))

    def secret(self, name: str) -> "SecretOption":
        """Return which option of `client/channel` is what lets us in, and where it is kept.

        Raises:
            CmctlError: its options are not usable, or none of them is a reference to a secret.
        """
        settings = self._checked(name)
        adapter = load(settings.network)
        sign_in, option = _sign_in(adapter, settings), _option(adapter, settings)
        if not option:
            message = f"{name} has no option that is a reference to a secret"
            raise CmctlError(message, hint="cmctl check says what its network needs")
        known = {one.name: one.what for one in getattr(adapter, "options", ())}
        place = self._place(settings, option)
        own = (
            partial(adapter.own_token, settings.options)
            if _is_a_persons(adapter, sign_in)
            else None
        )
        what = known.get(option, "")
        return SecretOption(settings.network, option, what, sign_in, own, place)

    def checker(self, name: str) -> Channel:
        """Return an adapter for `problems` alone: secrets stay references.

        Raises:
            CmctlError: its options are not usable.
        """
        with self._gate:
            if name not in self._checkers:
                settings = self._checked(name)
                adapter = load(settings.network)
                self._checkers[name] = adapter.open(self._placed(adapter, settings.options))
            return self._checkers[name]

    def host(self) -> Host:
        """Return where images stand in public, opened once.

        Raises:
            CmctlError: there is no such place, or its options or secrets are not usable.
        """
        with self._gate:
            if self._host is None:
                self._host = self._opened_host()
            return self._host

    def close(self) -> None:
        """Close every adapter that was opened."""
        with self._gate, ExitStack() as stack:
            if self._host is not None:
                stack.callback(self._host.close)
            opened = [one.channel for one in self._open.values()]
            for channel in (*opened, *self._retired.values(), *self._checkers.values()):
                stack.callback(channel.close)
            self._open.clear()
            self._retired.clear()
            self._checkers.clear()

    def _opened_host(self) -> Host:
        hosting = self._settings.hosting
        if hosting is None:
            message = f"{self._settings.config} names no `hosting`, where images stand in public"
            raise CmctlError(message, hint="docs/channels.md says how to write it")
        kinds = hosts()
        for problem in check_host(kinds, hosting):
            if problem.severity is Severity.ERROR:
                raise CmctlError(problem.message, hint=problem.fix, place=problem.place)
        return kinds[hosting.kind].open(self._resolved(hosting.options))

    def _checked(self, name: str) -> ChannelSettings:
        try:
            settings = self._settings.channel(name)
        except KeyError:
            message = f"there is no channel {name} in the configuration"
            raise UsageError(message, hint="cmctl channel list shows the channels") from None
        adapter = load(settings.network)
        for problem in adapter.check_options(settings.options, settings.option_places):
            if problem.severity is Severity.ERROR:
                raise CmctlError(problem.message, hint=problem.fix, place=problem.place)
        return settings

    def _opened(self, name: str) -> _Opened:
        settings = self._checked(name)
        adapter = load(settings.network)
        option, until, token = _option(adapter, settings), None, ""
        options = self._resolved({k: v for k, v in settings.options.items() if k != option})
        if option:
            place = self._place(settings, option)
            sign_in = _sign_in(adapter, settings)
            token, until = self._renewals.access(place, sign_in, name)
            options[option] = token
        self._make_folders(adapter, settings)
        return _Opened(adapter.open(self._placed(adapter, options)), until, token)

    def _place(self, settings: ChannelSettings, option: str) -> SecretPlace:
        return SecretPlace(
            str(settings.options[option]),
            environment=self._environment,
            root=self._settings.root,
            home=self._settings.home,
        )

    def _resolved(self, options: Mapping[str, object]) -> dict[str, object]:
        found = resolve_options(options, environment=self._environment, root=self._settings.root)
        return {
            name: value.reveal() if isinstance(value, Secret) else value
            for name, value in found.items()
        }

    def _placed(self, adapter: type[Channel], options: Mapping[str, object]) -> dict[str, object]:
        """Return options whose paths start at the workspace."""
        paths: frozenset[str] = getattr(adapter, "paths", frozenset())
        return {
            name: str(self._path(str(value))) if name in paths else value
            for name, value in options.items()
        }

    def _path(self, value: str) -> Path:
        """Return where a path leads.

        Who may not write makes no folders above it: the first one that is missing is then as
        empty as what would stand in it.
        """
        path = self._settings.root / value
        if not self._may_write and not Path(value).is_absolute():
            while self._settings.root in path.parents and not path.parent.exists():
                path = path.parent
        return path

    def _make_folders(self, adapter: type[Channel], settings: ChannelSettings) -> None:
        """Make what stands above a path in the workspace; elsewhere a share may not be mounted."""
        paths: frozenset[str] = getattr(adapter, "paths", frozenset())
        for value in (str(settings.options[name]) for name in paths & settings.options.keys()):
            if self._may_write and not Path(value).is_absolute():
                with suppress(OSError):  # the adapter says what is wrong with it
                    (self._settings.root / value).parent.mkdir(parents=True, exist_ok=True)


def _is_a_persons(adapter: type[Channel], sign_in: SignIn | None) -> TypeGuard[type[OwnToken]]:
    """Tell whether signing in gives a person's token; one that renews itself is an account's."""
    return issubclass(adapter, OwnToken) and sign_in is not None and sign_in.renewal is None


def _sign_in(adapter: type[Channel], settings: ChannelSettings) -> SignIn | None:
    return adapter.sign_in(settings.options) if issubclass(adapter, SignsIn) else None


def _option(adapter: type[Channel], settings: ChannelSettings) -> str:
    """Return the option that lets us in, where it is a reference; else nothing."""
    sign_in = _sign_in(adapter, settings)
    names = [sign_in.option] if sign_in else settings.options
    found = (name for name in names if is_reference(str(settings.options.get(name, ""))))
    return next(found, "")
