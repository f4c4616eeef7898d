"""Which networks there are: entry points of the group `cmctl.channels`, ours and third parties'.

    [project.entry-points."cmctl.channels"]
    mynet = "my_package.mynet:MyNetChannel"

Listing reads names only; an adapter is imported when its kind is asked for, so that a broken or
heavy one costs nothing to who does not use it.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from cmctl.channels.base import Channel
from cmctl.channels.options import nearest
from cmctl.core.errors import CmctlError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "cmctl.channels"


class UnknownNetworkError(CmctlError):
    """No installed adapter has this kind."""


class ClosedNetworkError(UnknownNetworkError):
    """The network itself has ended."""


class BrokenAdapterError(CmctlError):
    """An adapter is installed and cannot be used."""


def kinds() -> tuple[str, ...]:
    """Return the kinds of all installed adapters, sorted, importing none of them."""
    return tuple(sorted(_entries()))


#: Networks that have ended: a sentence with the year, and what people use instead, with its kind.
CLOSED = {
    "google_plus": (
        "Google+ was closed on 2 April 2019, with every page on it",
        "businesses post on their Google Business Profile instead",
        "google_business",
    ),
    "viadeo": (
        "Viadeo takes no posts: its company failed in 2016, and its site became one for jobs",
        "people use LinkedIn instead",
        "linkedin",
    ),
}


@cache
def load(kind: str) -> type[Channel]:
    """Import and return the adapter of a kind.

    Raises:
        UnknownNetworkError: none is installed, or the network has ended (`ClosedNetworkError`).
        BrokenAdapterError: it cannot be imported, or calls itself otherwise.
    """
    entry = _entries().get(kind)
    if entry is None:
        raise _unknown(kind)
    try:
        adapter: type[Channel] = entry.load()
    except Exception as problem:
        raise _broken(entry, f"fails on import with {type(problem).__name__}") from problem
    if getattr(adapter, "kind", None) != kind:
        raise _broken(entry, f"calls itself {getattr(adapter, 'kind', None)!r}")
    return adapter


@cache
def _entries() -> Mapping[str, "EntryPoint"]:
    """Return entry points by kind.

    Raises:
        BrokenAdapterError: two different adapters claim one kind; choosing would be a guess.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and seldom needed

    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        other = found.setdefault(entry.name, entry)
        if other.value != entry.value:
            raise _broken(entry, f"claims a kind that {other.value} has; uninstall one of them")
    return found


def _unknown(kind: str) -> UnknownNetworkError:
    if kind in CLOSED:
        ended, instead, other = CLOSED[kind]
        how = f": write `network: {other}`" if other in _entries() else ""
        return ClosedNetworkError(ended, hint=f"{instead}{how}")
    meant = nearest(kind, _entries())
    known = ", ".join(kinds())
    return UnknownNetworkError(
        f"there is no network `{kind}`",
        hint=f"write `network: {meant}` (known: {known})" if meant else f"known: {known}",
    )


def _broken(entry: "EntryPoint", what: str) -> BrokenAdapterError:
    return BrokenAdapterError(f"the adapter `{entry.name}` ({entry.value}) {what}")
