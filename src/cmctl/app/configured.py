"""The channels as the configuration has them: their options checked, resolved and placed."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeGuard

from cmctl.channels.base import Channel
from cmctl.channels.hosting import Host, check_host, hosts
from cmctl.channels.registry import load
from cmctl.channels.sign_in import OwnToken, SignIn, SignsIn
from cmctl.config.secret_place import SecretPlace
from cmctl.config.secrets import Secret, is_reference, resolve_options
from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.model import Problem, Severity
from cmctl.core.settings import ChannelSettings, Settings


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


class Configured(NamedTuple):
    """One channel whose options are usable, as far as they stand in the configuration."""

    settings: ChannelSettings
    adapter: type[Channel]
    #: Where its network gives its token; None: it does not.
    sign_in: SignIn | None
    #: The option that lets us in, where it is a reference; empty: none is.
    option: str
    #: Where that is kept; None: nowhere.
    place: SecretPlace | None


class Configuration:
    """The settings of a workspace, made ready for adapters and the host of its images."""

    def __init__(
        self, settings: Settings, environment: Mapping[str, str], *, may_write: bool
    ) -> None:
        """Secrets come from `environment`; with `may_write` folders above paths are made."""
        self._settings = settings
        self._environment = environment
        self._may_write = may_write

    def channel(self, name: str) -> Configured:
        """Return a channel.

        Raises:
            CmctlError: there is no such channel, or its options are wrong.
        """
        try:
            settings = self._settings.channel(name)
        except KeyError:
            message = f"there is no channel {name} in the configuration"
            raise UsageError(message, hint="cmctl channel list shows the channels") from None
        adapter = load(settings.network)
        for problem in adapter.check_options(settings.options, settings.option_places):
            _must_be_warning(problem)
        sign_in = adapter.sign_in(settings.options) if issubclass(adapter, SignsIn) else None
        option = _option(sign_in, settings)
        place = self._place(settings, option) if option else None
        return Configured(settings, adapter, sign_in, option, place)

    def opened(self, one: Configured, secrets: Mapping[str, str]) -> Channel:
        """Return an adapter, what is in `secrets` in place of the options of the same names.

        Raises:
            CmctlError: its other secrets cannot be resolved.
        """
        others = {k: v for k, v in one.settings.options.items() if k not in secrets}
        options = {**self._resolved(others), **secrets}
        self._make_folders(one)
        return one.adapter.open(self._placed(one.adapter, options))

    def unresolved(self, one: Configured) -> Channel:
        """Return an adapter whose secrets stay references."""
        return one.adapter.open(self._placed(one.adapter, one.settings.options))

    def secret(self, name: str) -> SecretOption:
        """Return which option of `client/channel` is what lets us in, and where it is kept.

        Raises:
            CmctlError: its options are not usable, or none of them is a reference to a secret.
        """
        one = self.channel(name)
        if one.place is None:
            message = f"{name} has no option that is a reference to a secret"
            raise CmctlError(message, hint="cmctl check says what its network needs")
        adapter, options = one.adapter, one.settings.options
        known = {option.name: option.what for option in getattr(adapter, "options", ())}
        own = partial(adapter.own_token, options) if _is_a_persons(adapter, one.sign_in) else None
        what = known.get(one.option, "")
        return SecretOption(one.settings.network, one.option, what, one.sign_in, own, one.place)

    def host(self) -> Host:
        """Return where images stand in public, opened anew.

        Raises:
            CmctlError: there is no such place, or its options or secrets are not usable.
        """
        hosting = self._settings.hosting
        if hosting is None:
            message = f"{self._settings.config} names no `hosting`, where images stand in public"
            raise CmctlError(message, hint="docs/channels.md says how to write it")
        kinds = hosts()
        for problem in check_host(kinds, hosting):
            _must_be_warning(problem)
        return kinds[hosting.kind].open(self._resolved(hosting.options))

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

    def _make_folders(self, one: Configured) -> None:
        """Make what stands above a path in the workspace; elsewhere a share may not be mounted."""
        paths: frozenset[str] = getattr(one.adapter, "paths", frozenset())
        named = paths & one.settings.options.keys()
        for value in (str(one.settings.options[name]) for name in named):
            if self._may_write and not Path(value).is_absolute():
                with suppress(OSError):  # the adapter says what is wrong with it
                    (self._settings.root / value).parent.mkdir(parents=True, exist_ok=True)


def _must_be_warning(problem: Problem) -> None:
    if problem.severity is Severity.ERROR:
        raise CmctlError(problem.message, hint=problem.fix, place=problem.place)


def _is_a_persons(adapter: type[Channel], sign_in: SignIn | None) -> TypeGuard[type[OwnToken]]:
    """Tell whether signing in gives a person's token; one that renews itself is an account's."""
    return issubclass(adapter, OwnToken) and sign_in is not None and sign_in.renewal is None


def _option(sign_in: SignIn | None, settings: ChannelSettings) -> str:
    """Return the option that lets us in, where it is a reference; else nothing."""
    names = [sign_in.option] if sign_in else settings.options
    found = (name for name in names if is_reference(str(settings.options.get(name, ""))))
    return next(found, "")
