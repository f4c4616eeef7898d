"""The adapters of a workspace: built from its settings, each at most once."""

import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from cmctl.channels.base import Channel
from cmctl.channels.registry import load
from cmctl.config.secrets import Secret, resolve_options
from cmctl.core.errors import CmctlError
from cmctl.core.model import Severity
from cmctl.core.settings import ChannelSettings, Settings


class Adapters:
    """The channels of a workspace, each opened at most once, for as long as this object lives."""

    def __init__(
        self, settings: Settings, environment: Mapping[str, str], *, may_write: bool
    ) -> None:
        """Nothing is opened or imported yet; secrets come from `environment` when they are used.

        With `may_write` the folders above a path in the workspace are made when they are needed.
        """
        self._settings = settings
        self._may_write = may_write
        self._environment = environment
        self._gate = threading.Lock()
        self._open: dict[str, Channel] = {}
        self._checkers: dict[str, Channel] = {}

    def open(self, name: str) -> Channel:
        """Return the adapter of `client/channel`, its secrets resolved.

        Raises:
            CmctlError: its options or secrets are not usable.
        """
        with self._gate:
            if name not in self._open:
                settings = self._checked(name)
                adapter = load(settings.network)
                self._make_folders(adapter, settings)
                self._open[name] = adapter.open(self._placed(adapter, self._resolved(settings)))
            return self._open[name]

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

    def close(self) -> None:
        """Close every adapter that was opened."""
        with self._gate, ExitStack() as stack:
            for channel in (*self._open.values(), *self._checkers.values()):
                stack.callback(channel.close)
            self._open.clear()
            self._checkers.clear()

    def _checked(self, name: str) -> ChannelSettings:
        try:
            settings = self._settings.channel(name)
        except KeyError:
            message = f"{name} is not in the configuration any more"
            raise CmctlError(message, hint="cmctl channel list shows the channels") from None
        adapter = load(settings.network)
        for problem in adapter.check_options(settings.options, settings.option_places):
            if problem.severity is Severity.ERROR:
                raise CmctlError(problem.message, hint=problem.fix, place=problem.place)
        return settings

    def _resolved(self, settings: ChannelSettings) -> dict[str, object]:
        found = resolve_options(
            settings.options, environment=self._environment, root=self._settings.root
        )
        return {
            name: value.reveal() if isinstance(value, Secret) else value
            for name, value in found.items()
        }

    def _placed(self, adapter: type[Channel], options: Mapping[str, object]) -> dict[str, object]:
        """Return options whose paths start at the workspace."""
        paths: frozenset[str] = getattr(adapter, "paths", frozenset())
        return {
            name: str(self._settings.root / str(value)) if name in paths else value
            for name, value in options.items()
        }

    def _make_folders(self, adapter: type[Channel], settings: ChannelSettings) -> None:
        """Make what stands above a path in the workspace; elsewhere a share may not be mounted."""
        paths: frozenset[str] = getattr(adapter, "paths", frozenset())
        for value in (str(settings.options[name]) for name in paths & settings.options.keys()):
            if self._may_write and not Path(value).is_absolute():
                with suppress(OSError):  # the adapter says what is wrong with it
                    (self._settings.root / value).parent.mkdir(parents=True, exist_ok=True)
