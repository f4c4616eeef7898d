"""What a person has decided about two texts: on record, and never asked about twice.

A ruling is about two texts as they were. Where one of them says something else now, it is another
pair, and the guard has its say again. That both may go out holds on their channel for every
occurrence of them; that ours goes out for the other's sake is about these two alone.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from cmctl.core.ledger import Ruling
from cmctl.core.model import Delivery, Match, Seen
from cmctl.core.text import follower_text

#: After these both texts go out, or one goes for the other: the pair stops nothing any more.
LET_PASS = frozenset({"ours", "both", "move"})
#: After these both texts go out, each whenever it comes.
BOTH = frozenset({"both", "move"})
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


class Ours(NamedTuple):
    """A text of ours that goes out, and the delivery that says it."""

    #: `client/channel`.
    channel: str
    number: int
    text: str


def unsettled(ours: Ours, corpus: Sequence[Seen], rulings: Sequence[Ruling]) -> Sequence[Seen]:
    """Return the texts about which nobody has said yet that ours may go out beside them.

    `rulings` are those about its text.
    """
    pairs = set(_let_pass(ours, rulings))
    if not pairs:
        return corpus
    return [seen for seen in corpus if not pairs & {_named(seen), _any_of(seen)}]


#: A text beside which another one may go out: `timeline` or `delivery`, which, and what it says.
_Pair = tuple[str, str, str]


def _let_pass(ours: Ours, rulings: Sequence[Ruling]) -> Iterator[_Pair]:
    """Yield the texts beside which ours may go out; an empty name stands for each that says so."""
    for one in rulings:
        is_ours = one.ours == ours.text
        is_theirs = one.theirs == ours.text and one.source == "delivery"
        everywhen = one.keep in BOTH and one.channel == ours.channel
        if is_ours and (everywhen or (one.keep in LET_PASS and one.number == ours.number)):
            yield one.source, one.ref, one.theirs
        if is_theirs and one.keep in LET_PASS and one.ref == str(ours.number):
            yield "delivery", str(one.number), one.ours
        if everywhen and one.source == "delivery":
            yield from (("delivery", "", one.theirs),) if is_ours else ()
            yield from (("delivery", "", one.ours),) if is_theirs else ()


def _named(seen: Seen) -> _Pair:
    return source_of(seen), seen.ref, seen.text


def _any_of(seen: Seen) -> _Pair:
    return source_of(seen), "", seen.text


def source_of(seen: Seen) -> str:
    """Return `timeline`, or `delivery` for ours, which goes from the queue into the history."""
    return "timeline" if seen.source == "timeline" else "delivery"
