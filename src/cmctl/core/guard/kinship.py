"""How near two texts are word by word: what each says that the other says in other words."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cmctl.core.guard.compare import Comparison, in_order
from cmctl.core.guard.lexicon import COSINES, entry
from cmctl.core.guard.prepare import Prepared, folded
from cmctl.core.guard.weigh import Client

#: So many words of a text are looked at, its first ones.
_WORDS = 48
#: Up to this cosine two words have nothing to do with one another, and from the other one on they
#: say the same.
_FAR, _SAME = 0.25, 0.75
#: A word as rare as this says what a text is about, and is not said where nothing is as near.
_TELLING, _UNSAID = 0.45, 0.4


class _Told(NamedTuple):
    """The words of one text that tell its news, each once."""

    concepts: tuple[str, ...]
    rarities: tuple[float, ...]
    bits: tuple[int, ...]
    #: Whether the lexicon knows it.
    known: tuple[bool, ...]
    #: The places of each sentence's words.
    sentences: tuple[tuple[int, ...], ...]
    #: The square of the length of the sum of all words, by rarity.
    spread: float


class _Side(NamedTuple):
    """One text, as the other one covers it."""

    told: _Told
    weights: list[float]
    whole: float
    #: How near the nearest word of the other text is, as a cosine; 1 for the same word.
    best: list[float]
    #: The same from 0, nothing to do with it, to 1.
    near: list[float]


def kinships(a: Prepared, b: Prepared, found: Comparison, client: Client) -> dict[str, float]:
    """Return the features that the lexicon gives, by name; the same whichever text is first.

    Raises:
        BrokenGuardError: the lexicon is missing or corrupt.
    """
    if not in_order(a, b):
        a, b = b, a
    ours, theirs = _told(a), _told(b)
    rows = _cosines(ours, theirs)
    columns = list(zip(*rows, strict=True)) or [()] * len(theirs.bits)
    sides = (_side(ours, rows, found, client), _side(theirs, columns, found, client))
    short, long = sides if sides[0].whole <= sides[1].whole else sides[::-1]
    same = [_part(s, [float(x == 1) for x in s.best]) for s in sides]
    near = [_part(s, s.near) for s in sides]
    head = [_covered(s)[0] for s in sides]
    unsaid = [_unsaid(s) for s in sides]
    by_sentence = _covered(sides[0])
    return {
        "w_short": _part(short, short.near),
        "w_long": _part(long, long.near),
        "w_less": min(near),
        "w_more": max(near),
        "w_same_less": min(same),
        "w_same_more": max(same),
        "w_sum": _part(short, short.near) * short.whole,
        "w_head_less": min(head),
        "w_head_more": max(head),
        "w_unsaid_less": min(unsaid),
        "w_unsaid_more": max(unsaid),
        "w_cosine_short": _part(short, short.best),
        "w_centre": _centre(ours, theirs, rows),
        "w_sentence_worst": min(by_sentence),
        "w_sentence_best": max(by_sentence),
        "w_whole_short": short.whole,
    }


@lru_cache(maxsize=128)
def _told(text: Prepared) -> _Told:
    concepts = tuple(dict.fromkeys(text.concepts))[:_WORDS]
    entries = [entry(folded(text.written[c]), text.language) for c in concepts]
    at = {concept: place for place, concept in enumerate(concepts)}
    places = (tuple({at[c]: 0 for c in s.concepts if c in at}) for s in text.sentences)
    rarities, bits = tuple(e.rarity for e in entries), tuple(e.bits for e in entries)
    return _Told(
        concepts=concepts,
        rarities=rarities,
        bits=bits,
        known=tuple(e.known for e in entries),
        sentences=tuple(found for found in places if found),
        spread=_product(rarities, rarities, [_row(b, bits) for b in bits]),
    )


# A comparison comes here with a thousand pairs of words, so these two are lists and no more.


def _cosines(ours: _Told, theirs: _Told) -> list[list[float]]:
    others = theirs.bits
    return [_row(bits, others) for bits in ours.bits]


def _row(bits: int, others: Sequence[int], cosines: Sequence[float] = COSINES) -> list[float]:
    return [cosines[(bits ^ other).bit_count()] for other in others]


def _product(
    weights: Sequence[float], others: Sequence[float], rows: Sequence[Sequence[float]]
) -> float:
    """Return the inner product of two sums of words."""
    each = [sum(map(float.__mul__, row, others)) for row in rows]
    return sum(map(float.__mul__, weights, each))


def _centre(ours: _Told, theirs: _Told, rows: Sequence[Sequence[float]]) -> float:
    """Return the cosine between all words of one text and all of the other, the rarer the more."""
    lengths = (ours.spread * theirs.spread) ** 0.5
    return _product(ours.rarities, theirs.rarities, rows) / lengths if lengths > 0 else 0.0


def _side(told: _Told, rows: Sequence[Sequence[float]], found: Comparison, client: Client) -> _Side:
    shared, weight = found.shared, client.weight
    weights = [r * weight(c) for r, c in zip(told.rarities, told.concepts, strict=True)]
    best = [
        1.0 if concept in shared else max(row, default=0.0)
        for concept, row in zip(told.concepts, rows, strict=True)
    ]
    near = [min(1.0, max(0.0, (x - _FAR) / (_SAME - _FAR))) for x in best]
    return _Side(told, weights, sum(weights), best, near)


def _part(side: _Side, values: Sequence[float]) -> float:
    """Return the mean of one value a word, by weight."""
    return sum(map(float.__mul__, side.weights, values)) / side.whole if side.whole else 0.0


def _covered(side: _Side) -> list[float]:
    """Return how much of each sentence the other text says."""
    found = []
    for places in side.told.sentences:
        whole = sum([side.weights[n] for n in places])
        said = sum([side.weights[n] * side.near[n] for n in places])
        found.append(said / whole if whole else 0.0)
    return found or [0.0]


def _unsaid(side: _Side) -> float:
    """Return the weight of the telling words, of known meaning, that nothing is near to."""
    told = side.told
    each = zip(side.weights, told.rarities, told.known, side.best, strict=True)
    return sum([w for w, r, known, x in each if known and r >= _TELLING and x < _UNSAID])
