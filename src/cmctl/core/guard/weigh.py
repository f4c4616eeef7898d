"""How much a word tells: what a client writes in every post tells little."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import fsum, log
from typing import Protocol, Self, TypeVar

from cmctl.core.guard.prepare import Prepared

#: So many unseen texts are assumed beside the client's, so that a short history decides little.
_UNSEEN = 8
#: What stands in this part of many texts tells nothing.
_ALWAYS = 0.75
#: A sentence that stands in so many texts, and in this part of them, is the client's frame.
_FRAME_TEXTS = 3
_FRAME_PART = 0.12


class Written(Protocol):
    """A text as far as it teaches what a client always writes: prepared, or a sketch."""

    @property
    def lines(self) -> frozenset[str]:
        """Its sentences."""

    @property
    def anchors(self) -> frozenset[str]:
        """All that two texts can have in common."""

    def without(self, frame: frozenset[str], /) -> Self:
        """Return it without some sentences; as it is where nothing else would be left."""


_Text = TypeVar("_Text", bound=Written)


class Client:
    """What one client always writes, learned from its other texts."""

    def __init__(self, texts: Sequence[Written], ours: Prepared) -> None:
        sentences = Counter(ours.lines)
        for text in texts:
            sentences.update(text.lines)
        least = max(_FRAME_TEXTS, _FRAME_PART * len(texts))
        #: Sentences that stand in many of the texts: signature, address, hashtags.
        self.frame = frozenset(line for line, found in sentences.items() if found >= least)
        self._found: Counter[str] = Counter()
        for text in texts:
            self._found.update(text.anchors)
        most = _UNSEEN + _ALWAYS * len(texts)
        full = log(most / 1.5)
        #: By the number of texts that have it.
        self._weights = [1.0, 1.0] + [
            max(0.0, log(most / (found + 0.5)) / full) for found in range(2, len(texts) + 1)
        ]

    def news_of(self, text: _Text) -> _Text:
        """Return `text` without the client's frame."""
        return text if self.frame.isdisjoint(text.lines) else text.without(self.frame)

    def weight(self, anchor: str) -> float:
        """Return 1 for what stands in one other text at most, 0 for what stands in most of them."""
        return self._weights[self._found.get(anchor, 0)]

    def weights(self, anchors: Iterable[str]) -> float:
        """Return the sum of the weights."""
        weights, found = self._weights, self._found
        # A judgement asks for thousands of sums, so it is a list and not a generator. A set has its
        # members in another order in every process; to the sum that makes no difference.
        return fsum([weights[found.get(anchor, 0)] for anchor in anchors])

    def known(self) -> Iterator[tuple[str, float]]:
        """Yield what stands in more texts than one, with its weight; all else weighs 1."""
        weights = self._weights
        return ((anchor, weights[n]) for anchor, n in self._found.items() if n > 1)
