"""When what the files say now ends a hold."""

from datetime import datetime

from cmctl.core.ledger import Fact
from cmctl.core.model import HoldReason, Planned
from cmctl.core.when import utc

_ENDED_BY_A_TIME_TO_COME = frozenset({HoldReason.MISSED, HoldReason.PAUSED, HoldReason.TOKEN})
_ENDED_BY_ANOTHER_TEXT = frozenset({HoldReason.DUPLICATE, HoldReason.BLIND, HoldReason.INVALID})
_ENDED_BY_LESS_GUARD = frozenset({HoldReason.DUPLICATE, HoldReason.BLIND})


def hold_ends(planned: Planned, its_digest: str, fact: Fact, now: datetime) -> bool:
    """Tell whether the cause of a held delivery's hold is gone, as far as the files can end it.

    `its_digest` is that of `planned.content`. What a person must settle is never over: a hold by
    hand, and an attempt of which nobody knows whether it was published.
    """
    hold = fact.hold
    if hold is None or hold.from_files:
        return True
    less = (fact.guard and not planned.guard) or (planned.evergreen and not fact.evergreen)
    if hold.reason in _ENDED_BY_LESS_GUARD and less:
        return True
    if hold.reason in _ENDED_BY_ANOTHER_TEXT:
        return its_digest != fact.digest
    moved = planned.due != fact.due and planned.due > utc(now)
    return hold.reason in _ENDED_BY_A_TIME_TO_COME and moved
