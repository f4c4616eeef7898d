"""Which texts of a long history are compared: the nearest in time, and those that share most.

Comparing takes about a millisecond, so a hundred thousand texts are not all compared. Those that
are not among the nearest in time are ranked by the weights of the words and figures that they share
with ours, over how many the shorter of the two has: the overlap coefficient (Simpson, "Mammals and
the nature of continents", 1943), weighted. A text that only adds to another tells the same news, so
what the longer one says besides counts for nothing; the cosine, in which it counts, was seen to
leave out more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from math import log

#: So many statuses, and so many of our own, the nearest in time, are always compared.
NEAREST = 500
#: So many of all others that share most.
LIKEST = 256
#: What stands in a larger part of all texts finds none.
COMMON = 0.05


def terms(text: str) -> frozenset[str]:
    """Return what a text can be found by: words that carry news, figures, links, contacts."""
    from cmctl.core.guard.prepare import prepare  # noqa: PLC0415 - its patterns take 50 ms

    return prepare(text).anchors


class Postings:
    """Which of the texts in memory have a term; found as a store with its index finds them."""

    def __init__(self) -> None:
        """There is no text yet."""
        self._having: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._texts = 0

    def add(self, number: int, found: Collection[str]) -> None:
        """Take in a text by its number and its terms."""
        self._texts += 1
        for term in found:
            self._having[term].append((number, len(found)))

    def likest(self, found: Collection[str], *, since: int, before: int) -> list[int]:
        """Return the numbers in a range that share most with these terms, the likest first."""
        known = {term: len(self._having[term]) for term in found if term in self._having}
        worth = weights(known, self._texts).items()
        having = (
            (weight, [one for one in self._having[term] if since <= one[0] < before])
            for term, weight in worth
        )
        return likest(having, len(found))


def weights(found: Mapping[str, int], texts: int) -> dict[str, float]:
    """Return what sharing each term is worth, by how many of `texts` texts have it.

    Terms that none has, or too many, are left out.
    """
    most = texts + 1.5
    return {
        term: log(most / (count + 0.5)) / log(most)
        for term, count in found.items()
        if 0 < count <= max(1.0, COMMON * texts)
    }


def likest(
    postings: Iterable[tuple[float, Iterable[tuple[int, int]]]], size: int, *, most: int = LIKEST
) -> list[int]:
    """Return the texts that share most, the likest first.

    `postings` has the weight of each term, and the texts that have it: number and how many terms
    each has; `size` is how many ours has. Where two share as much, the later one comes first.
    """
    shared: dict[int, float] = defaultdict(float)
    sizes: dict[int, int] = {}
    for weight, having in postings:
        for text, of_text in having:
            shared[text] += weight
            sizes[text] = of_text
    ranked = sorted(shared, key=lambda text: (-shared[text] / min(size, sizes[text]), -text))
    return ranked[:most]
