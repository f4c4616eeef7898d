"""The adapters of a workspace: built from its settings, each at most once."""

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import NamedTuple

from cmctl.app.configured import Configuration, SecretOption
from cmctl.app.sign_in.renewal_right import Right, alone
from cmctl.app.sign_in.renewals import Renewals
from cmctl.app.sign_in.tokens import Life, life
from cmctl.channels.base import Channel
from cmctl.channels.hosting import Host
from cmctl.core.settings import Settings


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
        self._configuration = Configuration(settings, environment, may_write=may_write)
        self._renewals = Renewals(now, right)
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
        one = self._configuration.channel(name)
        if one.place is None:
            return False
        if done := self._renewals.replaced(one.place, one.sign_in, name, opened.token):
            self.forget(name)
        return done

    def life(self, name: str) -> Life | None:
        """Return how long the token of `client/channel` lets us in; None: it has no secret.

        Raises:
            CmctlError: its options are wrong, or its secret cannot be read.
        """
        one = self._configuration.channel(name)
        return life(one.place, one.sign_in, self._now()) if one.place else None

    def trial(self, name: str, option: str, secret: str) -> Channel:
        """Return an adapter of its own with another secret, to be closed by the caller.

        Raises:
            CmctlError: its options or its other secrets are not usable.
        """
        return self._configuration.opened(self._configuration.channel(name), {option: secret})

    def secret(self, name: str) -> SecretOption:
        """Return which option of `client/channel` is what lets us in, and where it is kept.

        Raises:
            CmctlError: its options are not usable, or none of them is a reference to a secret.
        """
        return self._configuration.secret(name)

    def checker(self, name: str) -> Channel:
        """Return an adapter for `problems` alone: secrets stay references.

        Raises:
            CmctlError: its options are not usable.
        """
        with self._gate:
            if name not in self._checkers:
                one = self._configuration.channel(name)
                self._checkers[name] = self._configuration.unresolved(one)
            return self._checkers[name]

    def host(self) -> Host:
        """Return where images stand in public, opened once.

        Raises:
            CmctlError: there is no such place, or its options or secrets are not usable.
        """
        with self._gate:
            if self._host is None:
                self._host = self._configuration.host()
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

    def _opened(self, name: str) -> _Opened:
        one = self._configuration.channel(name)
        if one.place is None:
            return _Opened(self._configuration.opened(one, {}))
        token, until = self._renewals.access(one.place, one.sign_in, name)
        return _Opened(self._configuration.opened(one, {one.option: token}), until, token)
