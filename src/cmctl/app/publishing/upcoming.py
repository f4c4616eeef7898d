"""What the files of one client plan by a time, and after it, against what is known of it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from cmctl.app.posts.planning import ClientPlan
from cmctl.core.content import digest
from cmctl.core.holds import hold_ends
from cmctl.core.ledger import Ledger
from cmctl.core.model import HoldReason, Planned, State

#: So many deliveries of a channel are judged ahead of their time, those that go out first; a run
#: judges all, and remembers that it did.
AHEAD = 200


def by_channel(
    planned: ClientPlan, at: datetime
) -> Iterator[tuple[str, list[Planned], list[Planned]]]:
    """Yield each channel with what is due, and what the guard may hold ahead; others are idle."""
    due: dict[str, list[Planned]] = defaultdict(list)
    ahead: dict[str, list[Planned]] = defaultdict(list)
    for one in planned.left():
        if one.due <= at:
            due[one.key.channel].append(one)
    for one in ahead_of(planned, at):
        fact = planned.ledger.get(one.key)
        if one.hold is None and (fact is None or fact.state is State.PLANNED):
            ahead[one.key.channel].append(one)
    for name in sorted(due.keys() | ahead.keys()):
        yield name, due[name], ahead[name][:AHEAD]


def ahead_of(planned: ClientPlan, at: datetime) -> Iterator[Planned]:
    """Yield what goes out after a time, in order."""
    return (one for one in planned.left() if one.due > at)


def waits_on(planned: Planned, ledger: Ledger, now: datetime) -> bool:
    """Tell whether a delivery is held, not on purpose, and the files do not end that."""
    fact = ledger.get(planned.key)
    hold = planned.hold
    if hold is None and fact is not None and fact.state is State.HELD:
        hold = None if hold_ends(planned, digest(planned.content), fact, now) else fact.hold
    return hold is not None and hold.reason is not HoldReason.APPROVAL
