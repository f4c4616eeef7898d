"""The words of the guard as values; cheap to import."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cmctl.core.model import Decision

#: The note of a verdict that no encoder helped with.
WITHOUT_MEANING = "judged by words and facts alone, without a sentence encoder"


class Encoder(Protocol):
    """A multilingual sentence encoder; may keep what it has encoded before."""

    def __call__(self, ours: Sequence[str], theirs: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the cosine of each of `ours` (rows) with each of `theirs` (columns), -1 to 1."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """From which score, 0 to 1, a match is flagged or blocks; a client may have its own."""

    flag: float
    block: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Two texts, judged."""

    score: float
    decision: Decision
    #: What agrees and what differs, in words.
    reasons: tuple[str, ...]
