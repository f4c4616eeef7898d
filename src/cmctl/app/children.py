"""What programs that we start may see: everything but the secrets that the configuration names."""

from collections.abc import Iterator, Mapping

from cmctl.config.secrets import Reference, is_reference, parse_reference
from cmctl.config.wrong import Wrong
from cmctl.core.settings import Settings


def references(settings: Settings) -> Iterator[Reference]:
    """Yield every reference to a secret in a configuration; wrong ones are told by `check`."""
    for value in _values(settings):
        if isinstance(value, str) and is_reference(value):
            try:
                yield parse_reference(value)
            except Wrong:
                continue


def _values(settings: Settings) -> Iterator[object]:
    yield settings.ping
    yield settings.store_password
    if settings.hosting is not None:
        yield from settings.hosting.options.values()
    for channel in settings.channels():
        yield from channel.options.values()
        yield from (one.url for one in channel.notifiers)


def for_children(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for an editor or a notifier's command.

    What another program does not get, it cannot leak; a command that needs a secret of its own
    finds it under a name that the configuration does not use.
    """
    ours = {one.name for one in references(settings) if one.kind == "env"}
    return {name: value for name, value in environment.items() if name not in ours}
