"""Two texts side by side: which of their words and figures agree, differ, or stand in one alone."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from cmctl.core.guard.called import called
from cmctl.core.guard.compare import Agreement, Comparison, compare
from cmctl.core.guard.dates import Day
from cmctl.core.guard.explain import FACTS, opposites, shown
from cmctl.core.guard.facts import facts_of
from cmctl.core.guard.normalise import fold
from cmctl.core.guard.numbers import value_of
from cmctl.core.guard.prepare import Prepared, prepare
from cmctl.core.guard.words import concept, tells, words_of

_TOKEN = re.compile(r"(?<![^\W\d_])[0-9]+(?:[.,  ][0-9]+)*|[^\W\d_]+")
#: So many words name what two texts are about.
_TOPIC = 3


class Fact(NamedTuple):
    """How one kind of fact stands in both texts, as a reader writes it."""

    #: `name`, `date`, `price`, ..., `state` or `words`.
    kind: str
    both: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Each text says something that the other contradicts; words alone never do."""
        return self.kind != "words" and bool(self.ours and self.theirs)


class Mark(NamedTuple):
    """A part of a text, from `start` up to `end`, and how it stands to the other text."""

    start: int
    end: int
    #: `shared`, `differs` or `only`.
    kind: str


class Sides(NamedTuple):
    """What a person should see of two texts."""

    facts: tuple[Fact, ...]
    ours: tuple[Mark, ...]
    theirs: tuple[Mark, ...]
    #: What both are about, in a few words of ours; names first.
    topic: tuple[str, ...]


def sides(ours: str, theirs: str, posted: tuple[date | None, date | None] = (None, None)) -> Sides:
    """Compare two texts for a person; `posted` are their days, where they are known."""
    a, b = prepare(ours), prepare(theirs)
    found = compare(a, b, posted)
    facts = tuple(_facts(a, b, found))
    return Sides(
        facts=facts,
        ours=tuple(_marks(ours, a, found)),
        theirs=tuple(_marks(theirs, b, found.mirrored())),
        topic=tuple(_topic(a, found)),
    )


def _facts(ours: Prepared, theirs: Prepared, found: Comparison) -> Iterator[Fact]:
    for kind in FACTS:
        if (fact := found.facts.get(kind)) is not None:
            both = tuple(shown(kind, fact.both, ours, theirs))
            alone = (shown(kind, fact.ours, ours), shown(kind, fact.theirs, theirs))
            yield Fact(kind, both, *map(tuple, alone))
    for mine, other in opposites(ours, theirs):
        yield Fact("state", (), (mine,), (other,))
    names = ours.names | theirs.names
    words = (
        _written(ours, found.shared - names),
        _written(ours, found.only_ours - names),
        _written(theirs, found.only_theirs - names),
    )
    if any(words):
        yield Fact("words", *words)


def _written(text: Prepared, concepts: frozenset[str]) -> tuple[str, ...]:
    return tuple(text.written[c].lower() for c in dict.fromkeys(text.concepts) if c in concepts)


def _topic(ours: Prepared, found: Comparison) -> Iterable[str]:
    """Return names that both texts have, then words of news, as we wrote them."""
    shared = [c for c in dict.fromkeys(ours.concepts) if c in found.shared]
    names = [_capital(name) for name in called([c for c in shared if c in ours.names], ours)]
    words = [ours.written[c].lower() for c in shared if c not in ours.names]
    return [*names[:_TOPIC], *words][:_TOPIC]


def _capital(name: str) -> str:
    """Return a name with capitals, where its first place in a text has none."""
    return name.title() if name.islower() else name


def _marks(text: str, own: Prepared, found: Comparison) -> Iterator[Mark]:
    """Yield what is marked of one text; `found` has this text as ours."""
    figures = _Figures(found.facts.values())
    for token in _TOKEN.finditer(text):
        kind = (
            figures.of(token.group())
            if token.group()[0] in "0123456789"
            else _kind_of_word(token.group(), own, found, figures)
        )
        if kind:
            yield Mark(token.start(), token.end(), kind)


def _kind_of_word(word: str, own: Prepared, found: Comparison, figures: "_Figures") -> str:
    folded = fold(word).lower()
    if kind := figures.of_day(folded):
        return kind
    for part in words_of(folded):
        if not tells(part, own.language):
            continue
        name = concept(part, own.language)
        if name in found.shared:
            return "shared"
        if name in found.only_ours:
            return "differs" if figures.is_disputed(name) else "only"
    return ""


class _Figures:
    """How the figures and days of one text stand to the other."""

    def __init__(self, facts: Iterable[Agreement]) -> None:
        self._shared: set[float] = set()
        self._only: set[float] = set()
        self._differs: set[float] = set()
        self._days: dict[str, list[Day]] = {"shared": [], "differs": [], "only": []}
        self._names: set[object] = set()
        for fact in facts:
            kind = "differs" if fact.differs else "only"
            self._shared |= _numbers(fact.both)
            (self._differs if fact.differs else self._only).update(_numbers(fact.ours))
            if fact.kind == "date":
                self._days["shared"] += [v for v in fact.both if isinstance(v, Day)]
                self._days[kind] += [v for v in fact.ours if isinstance(v, Day)]
            if fact.differs:
                self._names.update(fact.ours)

    def of(self, digits: str) -> str:
        """Return how a figure stands; empty where it is no fact."""
        value = value_of(digits)
        for kind, values in (
            ("differs", self._differs - self._shared),
            ("shared", self._shared),
            ("only", self._only),
        ):
            if value in values:
                return kind
        return ""

    def of_day(self, folded: str) -> str:
        """Return how a weekday or a month stands; empty where it is none."""
        days = facts_of(folded)[0].days
        for kind, known in self._days.items():
            if any(_same_word(day, one) for day in days for one in known):
                return kind
        return ""

    def is_disputed(self, name: str) -> bool:
        """Tell whether the other text has another name in its place."""
        return name in self._names


def _same_word(day: Day, known: Day) -> bool:
    pairs = ((day.weekday, known.weekday), (day.month, known.month), (day.offset, known.offset))
    return any(one is not None and one == other for one, other in pairs)


def _numbers(values: Iterable[object]) -> set[float]:
    """Return the bare numbers by which figures and days are written."""
    found: set[float] = set()
    for value in values:
        if isinstance(value, Day):
            found |= {float(value.day)} if value.day is not None else set()
        elif isinstance(value, tuple):
            found |= {float(part) for part in value if isinstance(part, int | float)}
        elif isinstance(value, int | float):
            # A time is kept in minutes and written in hours and minutes.
            found |= {float(value), float(value // 60), float(value % 60)} - {0.0}
    return found
