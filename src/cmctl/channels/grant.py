"""What a network says of the token at hand: until when it is good, and what it may not do.

A token that a person pasted says nothing of itself; some networks tell when they are asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What a token lets us do."""

    #: When it ends; None: never, or the network does not tell.
    ends: datetime | None = None
    #: What the adapter needs and the token may not do, in the network's own words.
    missing: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return what it lacks; empty: nothing."""
        return f"the token lacks {', '.join(self.missing)}" if self.missing else ""


@runtime_checkable
class Inspects(Protocol):
    """A network that can be asked what the token at hand may do, changing nothing."""

    def grant(self) -> Grant | None:
        """Return what the network says of the token; None: it does not say, or not to this one.

        Raises:
            Rejected: the token is not accepted.
            Unavailable: could not be reached.
        """
        ...


def lacking(needed: Iterable[str], granted: Iterable[str]) -> tuple[str, ...]:
    """Return what is needed and not granted, in the order in which it is needed."""
    has = frozenset(granted)
    return tuple(one for one in needed if one not in has)
