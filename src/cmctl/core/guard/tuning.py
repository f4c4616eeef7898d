"""Thresholds for a client, read off what a person has said of pairs that the guard judged.

A threshold moves only where those decisions show that it misses its aim, and only as far as they
reach: `block` goes up until it is as precise as it has to be; it comes down where that holds more
of the same news and weakens nothing that is known of its precision. `flag` comes down until
hardly any of the same news is missed; it goes up where too much of what it flags is other news,
never past the same news that it has to find.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from cmctl.core.guard.model import Limits
from cmctl.core.show import counted

#: With fewer decisions, or fewer of either side, nothing is proposed.
LEAST, LEAST_OF_EACH = 20, 5
#: What `block` and `flag` have to reach.
BLOCK_PRECISION, FLAG_PRECISION, FLAG_RECALL = 0.98, 0.90, 0.95
#: `block` comes down only where it holds so many more of the same news.
LEAST_GAINED = 5
#: No `flag` stands below: nine in ten of what is there tells other news.
LOWEST = 0.1
#: Of the normal distribution, for 95 %.
_Z = 1.959964


class Decided(NamedTuple):
    """A pair that the guard judged and a person decided."""

    score: float
    #: They tell the same news.
    same: bool


class Share(NamedTuple):
    """So many of so many."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """Return the part; of none, all: what never speaks up is never wrong."""
        return self.right / self.of if self.of else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return what the true part is between, at 95 %.

        Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
        """
        if not self.of:
            return 0.0, 1.0
        square = _Z * _Z / self.of
        middle = self.value + square / 2
        spread = _Z * sqrt(self.value * (1 - self.value) / self.of + square / (4 * self.of))
        low, high = (middle - spread) / (1 + square), (middle + spread) / (1 + square)
        return max(0.0, low), min(1.0, high)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a threshold does with the decided pairs."""

    threshold: float
    precision: Share
    recall: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuning:
    """What the decisions say of a client's thresholds."""

    decided: Sequence[Decided]
    now: Limits
    #: None: the decisions are too few to say anything.
    proposed: Limits | None
    #: Why nothing is proposed, or why a threshold moves or stays; in words.
    why: tuple[str, ...]

    @property
    def same(self) -> int:
        """Return how many decided pairs tell the same news."""
        return sum(one.same for one in self.decided)

    @property
    def moves(self) -> bool:
        """Tell whether other thresholds than those of now are proposed."""
        return self.proposed not in {None, self.now}


def measured(decided: Iterable[Decided], threshold: float) -> Measured:
    """Return what speaking up from `threshold` on would have come to."""
    every = list(decided)
    held = [one for one in every if one.score >= threshold]
    right = sum(one.same for one in held)
    same = sum(one.same for one in every)
    return Measured(threshold, Share(right, len(held)), Share(right, same))


def tune(decided: Sequence[Decided], now: Limits) -> Tuning:
    """Propose thresholds from decisions, in whatever order they stand."""
    same = sum(one.same for one in decided)
    if lacking := _lacking(same, len(decided) - same):
        return Tuning(decided=decided, now=now, proposed=None, why=(lacking,))
    block, why_block = _block(decided, now.block)
    flag, why_flag = _flag(decided, min(now.flag, block), block)
    proposed = Limits(flag=flag, block=block)
    return Tuning(decided=decided, now=now, proposed=proposed, why=(why_block, why_flag))


def _lacking(same: int, different: int) -> str:
    """Return in words what has to be known before anything is proposed; empty where it is."""
    if (decided := same + different) < LEAST:
        return f"{counted(decided, 'decision')}, and thresholds are proposed from {LEAST} on"
    if min(same, different) < LEAST_OF_EACH:
        what = "the same news" if same < different else "different news"
        few = min(same, different)
        return f"only {few} of {decided} decisions are about {what}, and it takes {LEAST_OF_EACH}"
    return ""


# --- each threshold ------------------------------------------------------------------------------


def _block(decided: Sequence[Decided], now: float) -> tuple[float, str]:
    current = measured(decided, now)
    if current.precision.value < BLOCK_PRECISION:
        higher = (measured(decided, cut) for cut in _middles(decided, now, 1.0))
        precise = (one.threshold for one in higher if _is_precise(one))
        why = f"block: {_in_words(current.precision)} that it stops tell the same news, too few"
        return min(precise, default=1.0), why
    lower = (measured(decided, cut) for cut in _reached(decided) if cut < now)
    found = next((one for one in lower if _gains(one, current)), None)
    if found is None:
        return now, "block stays: no lower one is known to be as precise"
    more = found.recall.right - current.recall.right
    return found.threshold, f"block: a lower one stops {more} more of the same news"


def _is_precise(one: Measured) -> bool:
    """Tell whether a threshold is right often enough, of more than a chance few."""
    return one.precision.of >= LEAST_OF_EACH and one.precision.value >= BLOCK_PRECISION


def _gains(lower: Measured, current: Measured) -> bool:
    """Tell whether a lower threshold is precise, holds more, and is known no less to be so."""
    if not _is_precise(lower):
        return False
    more = lower.recall.right - current.recall.right
    known, before = lower.precision.interval[0], current.precision.interval[0]
    return more >= LEAST_GAINED and known >= before


def _flag(decided: Sequence[Decided], now: float, block: float) -> tuple[float, str]:
    current = measured(decided, now)
    cuts = [measured(decided, cut) for cut in _middles(decided, LOWEST, block)]
    enough = [one for one in cuts if one.recall.value >= FLAG_RECALL]
    if current.recall.value < FLAG_RECALL:
        why = f"flag: {_in_words(current.recall)} of the same news are found, too few"
        below = [one.threshold for one in enough if one.threshold < now]
        return max(below, default=min(now, LOWEST)), why
    if current.precision.value >= FLAG_PRECISION:
        return now, "flag stays: it finds what it has to, and is right often enough"
    better = (one for one in enough if one.precision.value > current.precision.value)
    above = [one for one in better if one.threshold > now]
    if not above:
        return now, "flag stays: a higher one would miss too much of the same news"
    best = max(above, key=lambda one: (min(one.precision.value, FLAG_PRECISION), -one.threshold))
    why = f"flag: {_in_words(current.precision)} that it stops tell the same news, too few"
    return best.threshold, why


def _in_words(share: Share) -> str:
    return f"{share.right} of {share.of}"


def _parted(decided: Iterable[Decided]) -> Iterator[tuple[float, float]]:
    """Yield between which scores a threshold parts the decisions: above one, up to the other."""
    yield from pairwise(sorted({0.0, *(one.score for one in decided), 1.0}))


def _middles(decided: Iterable[Decided], lowest: float, highest: float) -> Iterator[float]:
    """Yield a threshold for each way to part the decisions within two limits.

    In the middle between two scores: the next pair is neither of the two.
    """
    for below, above in _parted(decided):
        low, high = max(below, lowest), min(above, highest)
        if low < high:
            yield _short((low + high) / 2, low, high)


def _reached(decided: Iterable[Decided]) -> Iterator[float]:
    """Yield a threshold just below each score: as far down as the decisions reach."""
    for below, above in _parted(decided):
        yield _short(above, below, above)


def _short(number: float, below: float, above: float) -> float:
    """Return `number` with few digits, where that stays above `below` and up to `above`."""
    rounded = (int(number * 10**digits + 1e-9) / 10**digits for digits in (2, 3, 4))
    return next((short for short in rounded if below < short <= above), number)
