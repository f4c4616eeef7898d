"""The words of the guard as values; cheap to import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from cmctl.core.model import Decision

#: The note of a verdict that no encoder helped with.
WITHOUT_MEANING = "judged by words and facts alone, without a sentence encoder"


#: Of a long history so many texts, the nearest in time, are always compared.
NEAREST = 500
#: And so many of all others, those that are most worth it; see `guard/retrieval.py`.
LIKEST = 48


#: So many numbers are a meaning: those of the encoder that the models were trained with.
AXES = 512


class Encoder(Protocol):
    """A multilingual sentence encoder; may keep what it has encoded before."""

    def __call__(self, ours: Sequence[str], theirs: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the cosine of each of `ours` (rows) with each of `theirs` (columns), -1 to 1."""
        ...

    def apart(self, ours: str, theirs: str) -> Sequence[float]:
        """Return how far two texts are from one another along each axis of meaning, 0 to 2."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """From which score, 0 to 1, a match is flagged or blocks, by a client's own word.

    None: where the model was calibrated to.
    """

    flag: float | None = None
    block: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a client wants said of texts that tell the same news on purpose; see `guard/rules.py`.

    The fields are those of `GuardPolicy`.
    """

    translations: Decision = Decision.FLAG
    teasers: Decision = Decision.BLOCK
    cooldown: timedelta | None = None


#: What is repeated on purpose is judged as everything else.
AS_JUDGED = Rules(translations=Decision.BLOCK, teasers=Decision.BLOCK)


@dataclass(frozen=True, slots=True)
class Judged:
    """Two texts, judged."""

    score: float
    decision: Decision
    #: What agrees and what differs, in words.
    reasons: tuple[str, ...]
