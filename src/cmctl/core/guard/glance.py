"""A first look at two texts, a hundred times cheaper than comparing them."""

from cmctl.core.guard.prepare import Prepared
from cmctl.core.guard.weigh import Client

#: Two texts whose common part weighs less than this of the lighter one tell different news.
_LEAST_COMMON = 0.12


def glance(
    ours: Prepared, theirs: Prepared, client: Client, weight: float
) -> dict[str, float] | None:
    """Return features that tell most pairs apart; None where too little is common to look on.

    `weight` is that of all anchors of `ours`, worked out once for many glances.
    """
    common = ours.anchors & theirs.anchors
    if not common:
        return None
    shared, other = client.weights(common), client.weights(theirs.anchors)
    lighter, heavier = (weight, other) if weight < other else (other, weight)
    if shared < _LEAST_COMMON * lighter:
        return None
    figures, others = ours.facts.values, theirs.facts.values
    left = sorted((len(figures - others), len(others - figures)))
    return {
        "covered_more": shared / max(lighter, 1e-9),
        "covered_less": shared / max(heavier, 1e-9),
        "shared": shared,
        "lighter": lighter,
        "left_less": lighter - shared,
        "left_more": heavier - shared,
        "figures_both": float(min(3, len(figures & others))),
        "figures_left_less": float(min(3, left[0])),
        "figures_left_more": float(min(3, left[1])),
        "names_both": float(bool(ours.names & theirs.anchors or theirs.names & ours.anchors)),
        "names_differ": float(bool(ours.names - theirs.anchors and theirs.names - ours.anchors)),
        "same_language": float(ours.language == theirs.language),
    }
