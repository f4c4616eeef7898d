"""How two texts are worded: words and pairs of neighbours that both have, or one alone.

Which of them speak for the same news, and which against it, was learned (`data/model.json`):
"thank you all" in one text alone speaks against, whatever the news is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from cmctl.core.guard.prepare import Prepared
from cmctl.core.guard.words import words_of


class Worded(NamedTuple):
    """How two texts are worded beside each other."""

    both: frozenset[str]
    #: By one of them, whichever.
    alone: frozenset[str]


#: Wording speaks against as much as it may, and for no more than this, in log-odds: two texts with
#: nothing in common are no more the same news for being worded so.
MOST = 0.2


@dataclass(frozen=True, slots=True)
class Wording:
    """What words and pairs of words speak for or against, in log-odds."""

    bias: float
    both: Mapping[str, float]
    alone: Mapping[str, float]

    def margin(self, ours: Prepared, theirs: Prepared) -> float:
        """Return by how much the wording of two texts speaks for the same news."""
        said = worded(ours, theirs)
        found = [self.both[word] for word in said.both & self.both.keys()]
        found += [self.alone[word] for word in said.alone & self.alone.keys()]
        return min(self.bias + fsum(found), MOST)  # a sum that is the same in whatever order


def worded(ours: Prepared, theirs: Prepared) -> Worded:
    """Return words and neighbours of two texts; figures are compared elsewhere."""
    a, b = _phrases(ours.text), _phrases(theirs.text)
    return Worded(a & b, a ^ b)


@lru_cache(maxsize=256)
def _phrases(text: str) -> frozenset[str]:
    found = words_of(text)
    words = [w for w in found if w.isalpha() or not any(map(str.isdigit, w))]
    return frozenset(words) | {f"{one} {other}" for one, other in pairwise(words)}
