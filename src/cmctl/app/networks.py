"""The networks that there are adapters for, and what each can do: asked of the code alone."""

from collections.abc import Iterator
from typing import NamedTuple

from cmctl.channels.base import Capabilities, Channel, Rate
from cmctl.channels.registry import kinds, load
from cmctl.core.errors import CmctlError
from cmctl.core.show import duration

#: Protocols beside publishing, by the method that makes them.
_PROTOCOLS = (
    *("timeline", "delete", "counts", "probe"),
    *("inbox", "comments", "hide", "delete_comment"),
)

#: What can be done with comments, in words, by method.
_TALK = {
    "inbox": "inbox",
    "comments": "comments",
    "hide": "hide",
    "delete comments": "delete_comment",
}


class Network(NamedTuple):
    """One adapter, and what it says of itself."""

    kind: str
    #: None where it cannot be used.
    can: Capabilities | None
    #: Of `_PROTOCOLS`, those that it has.
    has: frozenset[str] = frozenset()
    #: Why it cannot be used.
    problem: str = ""


def networks() -> Iterator[Network]:
    """Yield every installed adapter by its name; a broken one with its reason."""
    for kind in kinds():
        try:
            adapter = load(kind)
        except CmctlError as error:
            yield Network(kind, None, problem=str(error))
        else:
            yield Network(kind, adapter.capabilities, _has(adapter))


def abilities(one: Network) -> list[str]:
    """Return what a network can do beside publishing one post, in a few words."""
    can = one.can
    named = {
        "thread": can is not None and can.threads,
        "first comment": can is not None and can.first_comment,
        "event": can is not None and can.events,
        **{name: name in one.has for name in ("timeline", "delete", "counts")},
        "reply": can is not None and can.replies,
        **{name: method in one.has for name, method in _TALK.items()},
    }
    return [name for name, has in named.items() if has]


def standing(can: Capabilities) -> str:
    """Return a warning about an adapter that nothing of the vendor's could be held to."""
    return "" if can.verified else "not verified"


def evidence(can: Capabilities) -> str:
    """Return in words how an uncertain attempt is settled."""
    ways = []
    if "key" in can.recovery:
        ways.append(f"key, {duration(can.key_life)}" if can.key_life else "key")
    if "lookup" in can.recovery:
        ways.append("lookup")
    return "; ".join(ways) or "held"


def rate(limit: Rate | None) -> str:
    """Return a rate in words; empty where none is documented."""
    return f"{limit.most} in {duration(limit.per)}" if limit else ""


def _has(adapter: type[Channel]) -> frozenset[str]:
    return frozenset(name for name in _PROTOCOLS if hasattr(adapter, name))
