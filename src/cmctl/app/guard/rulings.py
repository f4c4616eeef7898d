"""What a person has decided about two texts: on record, and never asked about twice.

A ruling is about two texts as they were. Where one of them says something else now, it is another
pair, and the guard has its say again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cmctl.core.ledger import Ruling
from cmctl.core.model import Delivery, Match, Seen
from cmctl.core.text import follower_text

#: After these both texts go out, or one goes for the other: the pair stops nothing any more.
LET_PASS = frozenset({"ours", "both", "move"})
#: What tells a person's opinion of whether it is the same news: who drops one of two says so.
SAME = frozenset({"theirs", "ours"})


class Said(NamedTuple):
    """What a person said."""

    #: `theirs`, `ours`, `both`, `move` or `rewrite`.
    keep: str
    reason: str = ""
    #: Whether both tell the same news, where the person says so.
    same: bool | None = None


def ruling(delivery: Delivery, match: Match, said: Said, at: datetime) -> Ruling:
    """Return a person's word about a delivery and what it repeats."""
    keep, reason, same = said
    known = True if same is None and keep in SAME else same
    return Ruling(
        at=at,
        channel=delivery.key.channel,
        number=delivery.number,
        source=source_of(match.seen),
        ref=match.seen.ref,
        keep=keep,
        reason=reason,
        same=known,
        score=round(match.score, 4),
        ours=follower_text(delivery.content),
        theirs=match.seen.text,
    )


def unsettled(text: str, corpus: Sequence[Seen], rulings: Sequence[Ruling]) -> Sequence[Seen]:
    """Return the texts about which nobody has said yet that `text` may go out beside them.

    `rulings` are those about the delivery that says `text`.
    """
    passed = [one for one in rulings if one.keep in LET_PASS]
    pairs = {(one.source, one.ref, one.theirs) for one in passed if one.ours == text}
    pairs |= {("delivery", str(one.number), one.ours) for one in passed if one.theirs == text}
    if not pairs:
        return corpus
    return [seen for seen in corpus if (source_of(seen), seen.ref, seen.text) not in pairs]


def source_of(seen: Seen) -> str:
    """Return `timeline`, or `delivery` for ours, which goes from the queue into the history."""
    return "timeline" if seen.source == "timeline" else "delivery"
