"""Two texts side by side: what they share, where they differ, what only one of them says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cmctl.core.guard.dates import may_be_same
from cmctl.core.guard.facts import Facts
from cmctl.core.guard.prepare import Prepared
from cmctl.core.guard.weigh import Weights

#: What a difference is about, and the values of it.
_KINDS: tuple[tuple[str, Callable[[Facts], frozenset[float]]], ...] = (
    ("price", lambda f: f.prices),
    ("percentage", lambda f: f.percents),
    ("time", lambda f: frozenset(map(float, f.times))),
    ("edition", lambda f: f.ranks),
    ("countdown", lambda f: f.countdowns),
    ("number", lambda f: f.numbers),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact on which both texts speak and do not agree."""

    #: `price`, `date`, `time`, `name`, ...
    kind: str
    ours: tuple[object, ...]
    theirs: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is shared and what differs, in values; the weights are those of the client."""

    shared: frozenset[str]
    only_ours: frozenset[str]
    only_theirs: frozenset[str]
    differences: tuple[Difference, ...]
    #: The part of each text's weight that the other has too, 0 to 1.
    covered_ours: float
    covered_theirs: float
    #: rapidfuzz `token_set_ratio`, 0 to 1.
    likeness: float


def compare(
    ours: Prepared,
    theirs: Prepared,
    weights: Weights,
    posted: tuple[date | None, date | None] = (None, None),
) -> Comparison:
    """Compare two texts; `posted` are their days in their own zones, where they are known."""
    from rapidfuzz.fuzz import token_set_ratio  # noqa: PLC0415 - a listing does not pay for it

    shared = ours.anchors & theirs.anchors
    weight = weights.total(shared)
    return Comparison(
        shared=shared,
        only_ours=ours.anchors - shared,
        only_theirs=theirs.anchors - shared,
        differences=tuple(_differences(ours, theirs, posted)),
        covered_ours=weight / max(weights.total(ours.anchors), 1e-9),
        covered_theirs=weight / max(weights.total(theirs.anchors), 1e-9),
        likeness=token_set_ratio(" ".join(ours.stems), " ".join(theirs.stems)) / 100,
    )


def _differences(
    ours: Prepared, theirs: Prepared, posted: tuple[date | None, date | None]
) -> list[Difference]:
    found = []
    for kind, values in _KINDS:
        mine = values(ours.facts) - theirs.facts.values - values(theirs.facts)
        other = values(theirs.facts) - ours.facts.values - values(ours.facts)
        if mine and other:
            found.append(Difference(kind, tuple(sorted(mine)), tuple(sorted(other))))
    days, others = ours.facts.days, theirs.facts.days
    mine_days = [d for d in days if not any(may_be_same(d, o, *posted) for o in others)]
    other_days = [o for o in others if not any(may_be_same(d, o, *posted) for d in days)]
    if mine_days and other_days:
        found.append(Difference("date", tuple(mine_days), tuple(other_days)))
    names, known = ours.names - theirs.anchors, theirs.names - ours.anchors
    if names and known:
        found.append(Difference("name", tuple(sorted(names)), tuple(sorted(known))))
    return found
