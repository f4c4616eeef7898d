"""What a sentence encoder adds: how near the sentences and the leftover words are in meaning."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from operator import mul

from cmctl.core.guard.compare import Comparison, in_order
from cmctl.core.guard.prepare import Prepared
from cmctl.core.guard.terms import AXES, Encoder
from cmctl.core.guard.weigh import Client

#: Figures are facts, and facts are compared elsewhere: to the encoder all figures are one.
_FIGURE = re.compile(r"\d[\d.,]*(?:\s*%)?")
_SENTENCE_LENGTH = 400
_SENTENCES = 24
_WORDS = 60
#: From these cosines on, a word of one text counts as said by the other.
_NEAR = (0.45, 0.6)
#: What the axes say weighs no more than this for the same news or against it, in log-odds.
MOST = 1.5
#: To so many digits their sum is the same whatever else was encoded beside the texts.
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Axes:
    """Along which axes of meaning two texts of the same news are apart, in log-odds.

    A cosine counts all axes alike; a logistic regression learned what each of them tells.
    """

    bias: float
    weights: Sequence[float]

    def __post_init__(self) -> None:
        """Refuse weights of other axes."""
        if len(self.weights) != AXES:
            message = f"{len(self.weights)} weights of axes are no {AXES}"
            raise ValueError(message)

    def margin(self, ours: Prepared, theirs: Prepared, encoder: Encoder) -> float:
        """Return by how much two texts as wholes speak for the same news."""
        apart = encoder.apart(whole(ours), whole(theirs))
        found = self.bias + fsum(map(mul, self.weights, apart))
        return max(-MOST, min(MOST, round(found, _DIGITS)))


def whole(text: Prepared) -> str:
    """Return all that a text tells, as the encoder reads it."""
    return " . ".join(_told(text))


def meanings(
    a: Prepared, b: Prepared, found: Comparison, client: Client, encoder: Encoder
) -> dict[str, float]:
    """Return the features that need an encoder, by name."""
    left = found.only_ours
    if not in_order(a, b):
        a, b, left = b, a, found.only_theirs
    return {**_sentences(a, b, encoder), **_leftovers(a, b, left, client, encoder)}


def _sentences(short: Prepared, long: Prepared, encoder: Encoder) -> dict[str, float]:
    told, others = _told(short), _told(long)
    rows = encoder([whole(short), *told], [whole(long), *others])
    best = [max(row[1:]) for row in rows[1:]]
    back = [max(column) for column in zip(*(row[1:] for row in rows[1:]), strict=True)]
    lengths, others_lengths = ([len(s.split()) for s in side] for side in (told, others))
    return {
        "m_full": rows[0][0],
        "m_short_in_long": max(rows[0][1:]),
        "m_sent_mean": _mean(best, lengths),
        "m_sent_worst": min(best),
        "m_sent_best": max(best),
        "m_head": best[0],
        "m_headhead": rows[1][1],
        "m_long_mean": _mean(back, others_lengths),
        "m_long_head": back[0],
    }


def _mean(values: Sequence[float], weights: Sequence[int]) -> float:
    return sum(x * n for x, n in zip(values, weights, strict=True)) / sum(weights)


def _told(text: Prepared) -> list[str]:
    told = [s.text[:_SENTENCE_LENGTH] for s in text.sentences if s.concepts or s.facts]
    return [_FIGURE.sub("0", s) for s in told[:_SENTENCES]] or ["-"]


def _leftovers(
    short: Prepared, long: Prepared, left: frozenset[str], client: Client, encoder: Encoder
) -> dict[str, float]:
    """Whether what only the shorter text says is said by the longer one in other words."""
    words = sorted(left)[:_WORDS]
    others = list(dict.fromkeys(long.concepts))[:_WORDS]
    if not words:
        near = []
    elif not others:
        near = [0.0] * len(words)
    else:
        rows = encoder([short.written[w] for w in words], [long.written[w] for w in others])
        near = [max(row) for row in rows]
    whole = client.weights(frozenset(short.concepts)) or 1.0
    result = {"m_left_worst": min(near, default=1.0)}
    for least in _NEAR:
        rest = client.weights(w for w, x in zip(words, near, strict=True) if x < least)
        result[f"m_left_{least}"], result[f"m_covered_{least}"] = rest, 1 - rest / whole
    return result
