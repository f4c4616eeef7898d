"""The guard's models: small gradient-boosted trees beside a logistic regression, as data.

`data/model.json` is written by `tools/guard/train.py` and evaluated here in plain Python.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log1p
from typing import Any, NamedTuple

from cmctl.core.guard.learned import learned
from cmctl.core.guard.meaning import Axes
from cmctl.core.guard.terms import Thresholds
from cmctl.core.guard.wording import Wording
from cmctl.core.once import once

#: A node is a leaf's value, or feature, threshold, node below or equal, node above.
Node = Any


class Limits(NamedTuple):
    """From which scores on a match is flagged or blocks."""

    flag: float
    block: float


@dataclass(frozen=True, slots=True)
class Model:
    """One trained model and the thresholds that it was calibrated to."""

    #: The names of the features, in the order of `weights` and of the trees' numbers.
    features: Sequence[str]
    trees: Sequence[Node]
    #: The weight of the trees' sum.
    trees_part: float
    #: Of the logistic regression on the logarithms of the features, already scaled.
    weights: Sequence[float]
    bias: float
    #: From these scores on a match is flagged or blocks.
    flag: float
    block: float

    def score(self, values: Mapping[str, float], beside: float = 0.0) -> float:
        """Return 0 to 1: how sure it is that two texts tell the same news.

        `beside` is what speaks for it beside the features, in log-odds.
        """
        row = [values[name] for name in self.features]
        margin = _grown(self.trees, row) * self.trees_part + _line(self.weights, row) + self.bias
        return round(1 / (1 + exp(-max(-30.0, min(30.0, margin + beside)))), 4)

    def limits(self, own: Thresholds | None = None) -> Limits:
        """Return the thresholds that count, a client's `own` before those of the model."""
        flag, block = (own.flag, own.block) if own else (None, None)
        return Limits(self.flag if flag is None else flag, self.block if block is None else block)


# A judgement spends a third of its time in these two, so they are loops and not expressions.


def _grown(trees: Sequence[Node], row: Sequence[float]) -> float:
    total = 0.0
    for tree in trees:
        node = tree
        while type(node) is list:
            node = node[2] if row[node[0]] <= node[1] else node[3]
        total += node
    return total


def _line(weights: Sequence[float], row: Sequence[float]) -> float:
    total = 0.0
    for weight, x in zip(weights, row, strict=True):
        if x:
            total += weight * (log1p(x) if x > 0 else -log1p(-x))
    return total


class Models(NamedTuple):
    """All that the guard has learned."""

    #: Without trees: from its `flag` on two texts are worth comparing.
    glance: Model
    #: Reads what the texts say.
    words: Model
    #: Also reads what a sentence encoder makes of them.
    meaning: Model
    #: Adds to what both of these say.
    wording: Wording
    #: Adds to what `meaning` says.
    axes: Axes


@once
def models() -> Models:
    """Return the models, read once.

    Raises:
        BrokenGuardError: their file is missing or corrupt.
    """
    with learned("model.json") as text:
        data = json.loads(text)
        glance, words, meaning = (Model(**data[n]) for n in ("glance", "words", "meaning"))
        for model in (glance, words, meaning):
            model.score(dict.fromkeys(model.features, 0.0))
        return Models(glance, words, meaning, Wording(**data["wording"]), Axes(**data["axes"]))
