"""Two texts side by side: what they share, where they differ, what only one of them says."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from cmctl.core.guard.dates import Day
from cmctl.core.guard.facts import Facts
from cmctl.core.guard.prepare import Prepared, folded
from cmctl.core.guard.resolved import may_be_same

#: The kinds of figures, and where they stand.
FIGURES: tuple[tuple[str, Callable[[Facts], frozenset[float]]], ...] = (
    ("price", lambda f: f.prices),
    ("percentage", lambda f: f.percents),
    ("time", lambda f: frozenset(map(float, f.times))),
    ("edition", lambda f: f.ranks),
    ("countdown", lambda f: f.countdowns),
    ("number", lambda f: f.numbers),
)
Posted = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one kind of fact stands in both texts."""

    #: `price`, `date`, `time`, `name`, ...
    kind: str
    both: tuple[object, ...]
    ours: tuple[object, ...]
    theirs: tuple[object, ...]

    @property
    def differs(self) -> bool:
        """Both texts speak of it, each saying something that the other does not."""
        return bool(self.ours and self.theirs)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is shared and what differs; concepts as in `Prepared`."""

    shared: frozenset[str]
    only_ours: frozenset[str]
    only_theirs: frozenset[str]
    #: By kind; every kind that one of the texts has.
    facts: dict[str, Agreement]

    def mirrored(self) -> "Comparison":
        """Return the same with the other text as ours."""
        facts = {k: Agreement(k, f.both, f.theirs, f.ours) for k, f in self.facts.items()}
        return Comparison(self.shared, self.only_theirs, self.only_ours, facts)


def in_order(a: Prepared, b: Prepared) -> bool:
    """Tell whether `a` is compared as the first of the two, so that all figures are symmetric."""
    return (len(a.text), a.text) <= (len(b.text), b.text)


def compare(ours: Prepared, theirs: Prepared, posted: Posted = (None, None)) -> Comparison:
    """Compare two texts; `posted` are their days in their own zones, where they are known."""
    if not in_order(ours, theirs):
        return compare(theirs, ours, (posted[1], posted[0])).mirrored()
    mine, other = frozenset(ours.concepts), frozenset(theirs.concepts)
    shared = mine & other
    near_mine, near_other = near(mine - shared, other - shared, ours, theirs)
    agreements = [
        *_figures(ours.facts, theirs.facts),
        _days(ours.facts.days, theirs.facts.days, posted),
        _results(ours.facts.results, theirs.facts.results),
        _sets("version", ours.facts.versions, theirs.facts.versions),
        _sets("code", ours.facts.codes, theirs.facts.codes),
        _sets("moment", ours.facts.moments, theirs.facts.moments),
        _sets("name", ours.names - near_mine, theirs.names - near_other, shared),
        _sets("title", ours.titles - near_mine, theirs.titles - near_other, shared),
        _sets("link", ours.form.links, theirs.form.links),
        _sets("contact", ours.form.contacts, theirs.form.contacts),
    ]
    return Comparison(
        shared=shared | near_mine | near_other,
        only_ours=mine - shared - near_mine,
        only_theirs=other - shared - near_other,
        facts={a.kind: a for a in agreements if a.both or a.ours or a.theirs},
    )


def _figures(ours: Facts, theirs: Facts) -> Iterable[Agreement]:
    for kind, values in FIGURES:
        mine, other = values(ours), values(theirs)
        if mine or other:
            yield Agreement(
                kind,
                tuple(sorted((mine & other) | _elsewhere(mine, theirs) | _elsewhere(other, ours))),
                tuple(sorted(mine - other - _elsewhere(mine, theirs))),
                tuple(sorted(other - mine - _elsewhere(other, ours))),
            )


def _results(
    ours: frozenset[tuple[float, float]], theirs: frozenset[tuple[float, float]]
) -> Agreement:
    both = ours & theirs
    return Agreement(
        "result", tuple(sorted(both)), tuple(sorted(ours - both)), tuple(sorted(theirs - both))
    )


def _elsewhere(values: frozenset[float], facts: Facts) -> frozenset[float]:
    """Return those of `values` that the other text has as a figure of another kind."""
    return values & facts.values


def _days(ours: tuple[Day, ...], theirs: tuple[Day, ...], posted: Posted) -> Agreement:
    mine = [d for d in ours if any(may_be_same(d, o, *posted) for o in theirs)]
    other = [o for o in theirs if any(may_be_same(d, o, *posted) for d in ours)]
    return Agreement(
        "date",
        tuple(mine),
        tuple(_said(d, posted[0]) for d in ours if d not in mine),
        tuple(_said(o, posted[1]) for o in theirs if o not in other),
    )


def _said(day: Day, posted: date | None) -> Day:
    """Return a day with that of its post, where it means another day in a post of another one."""
    return day if day.day is not None or day.recurring else day._replace(said=posted)


def _sets(
    kind: str, ours: frozenset[str], theirs: frozenset[str], shared: frozenset[str] = frozenset()
) -> Agreement:
    both = (ours & theirs) | ((ours | theirs) & shared)
    return Agreement(
        kind, tuple(sorted(both)), tuple(sorted(ours - both)), tuple(sorted(theirs - both))
    )


def near(
    ours: frozenset[str], theirs: frozenset[str], a: Prepared, b: Prepared
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words on each side that are a form or a misspelling of one on the other side."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - a listing does not pay for it

    found_ours, found_theirs = set(), set()
    by_start: dict[str, list[tuple[str, str]]] = {}
    for word in theirs:
        form = folded(b.written[word])
        by_start.setdefault(form[:1], []).append((word, form))
    for word in ours:
        form = folded(a.written[word])
        for other, other_form in by_start.get(form[:1], ()):
            if _forms_of_one(form, other_form, OSA.normalized_similarity):
                found_ours.add(word)
                found_theirs.add(other)
    found_ours |= _in_one_piece(ours, a, b)
    found_theirs |= _in_one_piece(theirs, b, a)
    return frozenset(found_ours), frozenset(found_theirs)


def _forms_of_one(a: str, b: str, likeness: Callable[[str, str], float]) -> bool:
    return min(len(a), len(b)) >= 5 and (a[:6] == b[:6] or likeness(a, b) >= 0.75)


def _in_one_piece(words: frozenset[str], a: Prepared, b: Prepared) -> set[str]:
    """Return the long words of `a` that `b` writes apart: `#portesouvertes`, `portes ouvertes`."""
    squeezed = b.text.replace(" ", "")
    forms = [(word, folded(a.written[word])) for word in words]
    return {word for word, form in forms if len(form) > 7 and form in squeezed}
