"""Which texts of a long history are compared: the nearest in time, and those that are worth it.

Comparing takes about a millisecond, so a hundred thousand texts are not all compared. Those that
are not among the nearest in time are ranked by the first look (`glance`), which takes the weights
of words learned from the nearest texts, and the best of them are compared. `judge` does so itself,
whatever it is given; a `History` finds the same texts without reading any, since it keeps what the
first look looks at: a sketch of each.

What it leaves out has a proof: no text is worth more than what it shares with ours weighs. That is
summed for all texts at once, along the texts that have each word of ours (Zobel and Moffat,
"Inverted files for text search engines", 2006); only where it can be enough is a sketch looked at.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import heappop, heappush, nlargest
from math import fsum, inf
from typing import Any, NamedTuple

from cmctl.core.guard.glance import Glanced, disagreement, glance, weighed
from cmctl.core.guard.model import models
from cmctl.core.guard.prepare import Prepared, prepare
from cmctl.core.guard.sketches import sketched, unpacked
from cmctl.core.guard.terms import LIKEST, NEAREST
from cmctl.core.guard.weigh import Client, Written
from cmctl.core.guard.words import Language
from cmctl.core.model import Seen

#: Sums of the same weights in another order differ by less.
_ROUNDING = 1e-9
_MORE = 1 + _ROUNDING
#: Bytes that a history takes for a word (itself, its number, its list of texts), for a word in a
#: text (there, and in that list) and for a text; as measured with tracemalloc.
_PER_WORD, _PER_PLACE, _PER_TEXT = 170, 9, 25
#: Texts are put in order that share so much of what ours says; then those that share less.
_ROUNDS = (0.15, 0.0)
#: So many at once, since to ask whether they can be next takes time as well.
_TOGETHER = 50
_LANGUAGES = tuple(Language)
_PLACES: dict[str, int] = {language: place for place, language in enumerate(_LANGUAGES)}


@dataclass(frozen=True, slots=True)
class Look:
    """What other texts are looked at with."""

    #: Ours, without the client's frame.
    ours: Prepared
    client: Client
    #: Of all that `ours` says.
    weight: float

    def worth(self, theirs: Glanced) -> float | None:
        """Return how much it is worth to compare a text; None: it is not."""
        return _worth(self.ours, theirs, self.client.weights, self.weight)


def look(text: Seen, others: Sequence[Seen]) -> Look:
    """Return what other texts are looked at with.

    Of `others` the nearest in time teach what the client always writes.
    """
    return look_from(prepare(text.text), [sketched(others[n]) for n in nearest(text, others)])


def look_from(whole: Prepared, teaching: Sequence[Written]) -> Look:
    """Return the same for a text whose client is learned from these."""
    client = Client(teaching, whole)
    ours = client.news_of(whole)
    return Look(ours, client, client.weights(ours.anchors))


def nearest(text: Seen, others: Sequence[Seen]) -> Sequence[int]:
    """Return the places of the texts that are the nearest in time, in their order where few."""
    places = range(len(others))
    if len(others) <= NEAREST:
        return places
    return sorted(places, key=lambda n: abs(others[n].at - text.at))[:NEAREST]


def compared(
    text: Seen, others: Sequence[Seen], looking: Look, *, window: timedelta
) -> Sequence[int]:
    """Return the places of the texts within `window` that are compared."""
    within = [n for n, seen in enumerate(others) if abs(seen.at - text.at) <= window]
    if len(others) <= NEAREST:
        return within
    near = frozenset(nearest(text, others))
    found = [(looking.worth(sketched(others[n])), n) for n in within if n not in near]
    likest = nlargest(LIKEST, [(worth, others[n].at, n) for worth, n in found if worth is not None])
    far = {n for *_, n in likest}
    return [n for n in within if n in near or n in far]


def _worth(
    ours: Glanced, theirs: Glanced, weights: Callable[[Iterable[Any]], float], weight: float
) -> float | None:
    seen = glance(ours, theirs, weights, weight)
    if seen is None:
        return None
    first = models().glance
    return weighed(seen, ours, theirs) if first.score(seen) >= first.flag else None


# --- very many texts ---------------------------------------------------------------------------


def _figure(value: float) -> str:
    return f"={value!r}"  # no word begins so


class _Sketch(NamedTuple):
    """A text as a history knows it: a number for each word."""

    anchors: frozenset[int]
    figures: frozenset[int]
    names: frozenset[int]
    language: str


class History:
    """What the sketches of very many texts have, looked at all at once."""

    def __init__(self) -> None:
        """There is no text yet."""
        #: A small number for each word, in the order in which they came.
        self._numbers: dict[str, int] = {}
        #: The texts that have a word, by its number.
        self._having: list[array[int]] = []
        #: All words of all texts, those of a text together: names, other anchors, figures.
        self._words = array("I")
        self._starts = array("I", [0])
        self._names, self._anchors, self._languages = array("H"), array("H"), array("B")
        self._ids, self._times = array("q"), array("q")

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def size(self) -> int:
        """About how many bytes it takes: many texts of few words are kept more easily."""
        return (
            _PER_WORD * len(self._numbers) + _PER_PLACE * len(self._words) + _PER_TEXT * len(self)
        )

    @property
    def last(self) -> int:
        """The id of the text that came last; 0 where there is none."""
        return self._ids[-1] if self._ids else 0

    def add(self, identity: int, at: int, kept: str) -> None:
        """Take in a sketch, by an id of its text that grows; `at` is a time in any unit."""
        language, names, others, figures = unpacked(kept)
        place, number = len(self._ids), self._number
        anchors = [number(word) for word in (*names, *others)]
        for word in anchors:
            self._having[word].append(place)
        self._words.extend(anchors)
        self._words.extend([number(_figure(value)) for value in figures])
        self._starts.append(len(self._words))
        self._names.append(len(names))
        self._anchors.append(len(anchors))
        self._languages.append(_PLACES[language])
        self._ids.append(identity)
        self._times.append(at)

    def _number(self, word: str) -> int:
        number = self._numbers.setdefault(word, len(self._numbers))
        if number == len(self._having):
            self._having.append(array("I"))
        return number

    def likest(self, looking: Look, *, since: int, before: int) -> Iterator[int]:
        """Return the ids of the texts from a time up to another that are worth comparing.

        As `Look.worth` has them, the most worth first; of two alike the later one. A text is looked
        at only where it can be next (Fagin, Lotem and Naor, "Optimal aggregation algorithms for
        middleware", 2003).
        """
        weights, ours = self._weights(looking.client), self._ours(looking.ours)
        # What is added while the ids are taken is not among them.
        bounds = self._bounds(
            ours, Counter(f"{value:g}" for value in looking.ours.figures), weights
        )
        return self._in_order(ours, looking.weight, weights, bounds, range(since, before))

    def _in_order(
        self, ours: _Sketch, weight: float, weights: "_Weights", bounds: list[float], times: range
    ) -> Iterator[int]:
        found: list[tuple[float, int, int, int]] = []

        def surest(others: float) -> Iterator[int]:
            """Yield what is worth more than all others."""
            while found and -found[0][0] > others:
                _, at, identity, place = heappop(found)
                if place < 0:
                    yield -identity
                    continue
                worth = _worth(ours, self._sketch(place), weights.sum, weight)
                if worth is not None:
                    heappush(found, (-worth, at, identity, -1))

        for some in _descending(bounds, weight):
            # What comes later is worth no more than this, even where it disagrees on nothing.
            yield from surest(bounds[some[0]] * _MORE)
            for place in some:
                if self._times[place] in times:
                    most = bounds[place] * _MORE / disagreement(ours, self._sketch(place))
                    heappush(found, (-most, -self._times[place], -self._ids[place], place))
        yield from surest(-1.0)

    def _bounds(self, ours: _Sketch, figures: Counter[str], weights: "_Weights") -> list[float]:
        """Return what the weight of all that each text shares with ours cannot exceed.

        With half of its figures in common, as `weighed` counts them: each is an anchor as well.
        """
        bounds = [0.0] * len(self._ids)
        more = {self._numbers.get(figure): found / 2 for figure, found in figures.items()}
        for word in ours.anchors:
            if word >= 0:
                # With a little more, so that sharing what tells nothing shows too.
                worth = weights.of[word] + more.get(word, 0.0) + _ROUNDING
                for place in self._having[word]:
                    bounds[place] += worth
        return bounds

    def _weights(self, client: Client) -> "_Weights":
        of = [1.0] * len(self._numbers)
        for word, weight in client.known():
            if (number := self._numbers.get(word)) is not None:
                of[number] = weight
        return _Weights(of)

    def _ours(self, text: Prepared) -> _Sketch:
        """Return our text; what no other one has gets numbers below zero."""
        words = (*text.anchors, *map(_figure, text.figures))
        known = {w: self._numbers.get(w, -n) for n, w in enumerate(words, 1)}
        return _Sketch(
            anchors=frozenset(known[one] for one in text.anchors),
            figures=frozenset(known[_figure(one)] for one in text.figures),
            names=frozenset(known[one] for one in text.names),
            language=text.language,
        )

    def _sketch(self, place: int) -> _Sketch:
        start, end = self._starts[place], self._starts[place + 1]
        words, anchors = self._words[start:end], self._anchors[place]
        return _Sketch(
            anchors=frozenset(words[:anchors]),
            figures=frozenset(words[anchors:]),
            names=frozenset(words[: self._names[place]]),
            language=_LANGUAGES[self._languages[place]],
        )


def _descending(bounds: Sequence[float], weight: float) -> Iterator[Sequence[int]]:
    """Yield the places of those that share anything, some at once, the most first."""
    below = inf
    for part in _ROUNDS:
        least = max(part * weight, _ROUNDING / 2)
        some = [n for n, bound in enumerate(bounds) if least <= bound < below]
        some.sort(key=bounds.__getitem__, reverse=True)
        yield from (some[n : n + _TOGETHER] for n in range(0, len(some), _TOGETHER))
        below = least


class _Weights(NamedTuple):
    """The weights of words by their numbers."""

    of: list[float]

    def sum(self, words: Iterable[int]) -> float:
        of = self.of
        return fsum([of[word] for word in words])
