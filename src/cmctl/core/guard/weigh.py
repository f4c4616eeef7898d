"""How much a word tells: what a client writes in every post tells nothing."""

from collections import Counter
from collections.abc import Iterable
from math import log

from cmctl.core.guard.prepare import Prepared

#: So many unseen texts are assumed beside the client's, so that a short history decides little.
_UNSEEN = 8


class Weights:
    """The weight of each stem and figure, 0 to 1, from the texts of one client."""

    def __init__(self, texts: Iterable[Prepared]) -> None:
        self._found: Counter[str] = Counter()
        self._texts = _UNSEEN
        for text in texts:
            self._found.update(text.anchors)
            self._texts += 1
        self._full = log(self._texts / 1.5)

    def of(self, anchor: str) -> float:
        """Return 1 for what stands in one text at most, towards 0 for what stands in all."""
        found = self._found[anchor]
        return 1.0 if found <= 1 else log(self._texts / (found + 0.5)) / self._full

    def total(self, anchors: Iterable[str]) -> float:
        """Return the sum of the weights."""
        return sum(map(self.of, anchors))
