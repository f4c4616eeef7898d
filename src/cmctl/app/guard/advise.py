"""The guard's advice: judge what the files newly plan, long before its slot."""

from collections.abc import Callable, Iterator

from cmctl.app.changes import change
from cmctl.app.context import Context
from cmctl.app.guard.judging import looks, stop, verdict
from cmctl.app.guard.pictures import remember
from cmctl.app.guard.verdicts import carry_out
from cmctl.core.model import Delivery, HoldReason, State
from cmctl.core.state import Move

#: How many deliveries are judged between two commits.
BATCH = 200


def advise(
    ctx: Context, client: str, *, stopping: Callable[[], bool] = lambda: False
) -> Iterator[Delivery]:
    """Judge every delivery that changed since it was last judged; yield those that are held now.

    What is left once `stopping` says so is judged the next time.
    """
    while batch := ctx.store.unjudged(client, limit=BATCH):
        remember(ctx, batch)
        for delivery in batch:
            if stopping():
                return
            if after := advise_on(ctx, delivery):
                yield after
        ctx.store.judged([delivery.number for delivery in batch])


def reconsider(ctx: Context, delivery: Delivery) -> Delivery:
    """Judge a planned delivery, or one that is held as a duplicate, once more; return what it is.

    For one that a person moved: at another time it may be no repetition any more.
    """
    if delivery.state is State.PLANNED:
        return advise_on(ctx, delivery) or delivery
    if delivery.hold is None or delivery.hold.reason is not HoldReason.DUPLICATE:
        return delivery
    policy = ctx.settings.channel(delivery.key.channel).guard
    if stop(verdict(ctx, delivery, ctx.now()), policy) is not None:
        return delivery
    data = {"why": "the guard has nothing against it any more"}
    return ctx.store.apply(change(delivery, Move.RELEASE, ctx.now(), data=data)) or delivery


def advise_on(ctx: Context, delivery: Delivery) -> Delivery | None:
    """Judge one delivery now; return it where it is held for that."""
    policy = ctx.settings.channel(delivery.key.channel).guard
    if not looks(policy, delivery):
        return None
    return carry_out(ctx, delivery, verdict(ctx, delivery, ctx.now()))
