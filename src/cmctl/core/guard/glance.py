"""A first look at two texts, a hundred times cheaper than comparing them."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

#: Two texts whose common part weighs less than this of the lighter one tell different news.
LEAST_COMMON = 0.12
#: So many figures in common count, and no more.
MOST_FIGURES = 3
#: No text weighs less, so that parts of it can be told.
LIGHT = 1e-9


class Glanced(Protocol):
    """What the first look looks at; the values stand for themselves, whatever they are."""

    @property
    def anchors(self) -> frozenset[Any]:
        """All that two texts can have in common."""

    @property
    def figures(self) -> frozenset[Any]:
        """The values of its figures."""

    @property
    def names(self) -> frozenset[Any]:
        """Those of the anchors that are names."""

    @property
    def language(self) -> str:
        """The language that it seems to be in."""


def weighed(seen: dict[str, float], ours: Glanced, theirs: Glanced) -> float:
    """Return how much two texts share, less where they disagree: by this the best are compared.

    Their score as a pair tells which are worth it at all; it is no order among very many, for short
    texts with little in common come before long ones of which one only adds to the other.
    """
    return (seen["shared"] + seen["figures_both"] / 2) / disagreement(ours, theirs)


def disagreement(ours: Glanced, theirs: Glanced) -> float:
    """Return by what the worth of two texts is divided: 1 where no figure and no name is left.

    Figures of both that the other one lacks count as many words, names of one alone a little.
    """
    both = len(ours.figures & theirs.figures)
    figures = min(len(ours.figures), len(theirs.figures)) - both
    mine, other = len(ours.names - theirs.anchors), len(theirs.names - ours.anchors)
    return 1 + (min(MOST_FIGURES, figures) + bool(mine and other)) / 2 + (mine + other) / 8


def glance(
    ours: Glanced, theirs: Glanced, weights: Callable[[Iterable[Any]], float], weight: float
) -> dict[str, float] | None:
    """Return features that tell most pairs apart; None where too little is common to look on.

    `weights` sums the weights of anchors; `weight` is that of all of `ours`, worked out once for
    many glances.
    """
    common = ours.anchors & theirs.anchors
    if not common:
        return None
    shared, other = weights(common), weights(theirs.anchors)
    lighter, heavier = (weight, other) if weight < other else (other, weight)
    if shared < LEAST_COMMON * lighter:
        return None
    figures, others = ours.figures, theirs.figures
    left = sorted((len(figures - others), len(others - figures)))
    return {
        "covered_more": shared / max(lighter, LIGHT),
        "covered_less": shared / max(heavier, LIGHT),
        "shared": shared,
        "lighter": lighter,
        "left_less": lighter - shared,
        "left_more": heavier - shared,
        "figures_both": float(min(MOST_FIGURES, len(figures & others))),
        "figures_left_less": float(min(MOST_FIGURES, left[0])),
        "figures_left_more": float(min(MOST_FIGURES, left[1])),
        "names_both": float(bool(ours.names & theirs.anchors or theirs.names & ours.anchors)),
        "names_differ": float(bool(ours.names - theirs.anchors and theirs.names - ours.anchors)),
        "same_language": float(ours.language == theirs.language),
    }
