"""What waits for a person, each with the text that it repeats where it does."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.guard.collisions import collisions
from cmctl.app.guard.evidence import evidence
from cmctl.app.publishing.doubts import Doubt, doubt
from cmctl.core.model import Delivery, HoldReason, Match, State
from cmctl.store.base import Query, Removal

_WAITING = frozenset({State.HELD, State.UNCERTAIN})
#: The most urgent reason first; a draft is the author's own choice.
URGENCY = (
    HoldReason.UNCERTAIN,
    HoldReason.DUPLICATE,
    HoldReason.TOKEN,
    HoldReason.BLIND,
    HoldReason.MISSED,
    HoldReason.PAUSED,
    HoldReason.INVALID,
    HoldReason.APPROVAL,
)


class Waiting(NamedTuple):
    """One delivery that goes nowhere without a person."""

    delivery: Delivery
    reason: HoldReason
    #: What it repeats; None where it is not held for that.
    match: Match | None
    #: What was tried and what the timeline says; None where that is no question.
    doubt: Doubt | None = None


def waiting(ctx: Context, query: Query) -> Sequence[Waiting]:
    """Return what is held or uncertain among what `query` wants, the most urgent reason first."""
    found = [_one(ctx, one) for one in ctx.store.deliveries(query._replace(states=_WAITING))]
    return sorted(found, key=lambda one: URGENCY.index(one.reason))


def not_gone(ctx: Context, query: Query) -> Iterator[tuple[Delivery, Removal]]:
    """Yield what a person decided to delete and what failed so, with the delivery it is for."""
    for removal in ctx.store.removals():
        delivery = ctx.store.delivery(removal.number)
        if delivery is None or not removal.problem:
            continue
        if query.client in {"", delivery.client} and query.channel in {"", removal.channel}:
            yield delivery, removal


def standing_twice(ctx: Context, query: Query) -> Iterator[Waiting]:
    """Yield what stands on an account already and tells the news of another text there."""
    for delivery, match in collisions(ctx):
        wanted = query.channel in {"", delivery.key.channel}
        if wanted and query.client in {"", delivery.client} and delivery.deleted_at is None:
            yield Waiting(delivery, HoldReason.DUPLICATE, match)


def together(found: Sequence[Waiting]) -> Sequence[Sequence[Waiting]]:
    """Return in groups what one decision settles, in the order of their first ones.

    What a post's file asks for, such as to be a draft, holds all its times on all its channels.
    """
    groups: dict[object, list[Waiting]] = {}
    for one in found:
        delivery, hold = one.delivery, one.delivery.hold
        post = (delivery.client, delivery.key.post, hold)
        groups.setdefault(post if hold and hold.from_files else delivery.number, []).append(one)
    return list(groups.values())


def _one(ctx: Context, delivery: Delivery) -> Waiting:
    # An uncertain delivery is looked for on the network already, but a person may know first.
    reason = delivery.hold.reason if delivery.hold else HoldReason.UNCERTAIN
    repeats = reason is HoldReason.DUPLICATE
    match = evidence(ctx, delivery.number) if repeats else None
    is_open = reason is HoldReason.UNCERTAIN
    return Waiting(delivery, reason, match, doubt(ctx, delivery) if is_open else None)
