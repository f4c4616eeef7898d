"""The guard's advice: judge what the files newly plan, long before its slot."""

from collections.abc import Callable, Iterator

from cmctl.app.context import Context
from cmctl.app.judging import looks, verdict
from cmctl.app.verdicts import carry_out
from cmctl.core.model import Delivery

#: How many deliveries are judged between two commits.
BATCH = 200


def advise(
    ctx: Context, client: str, *, stopping: Callable[[], bool] = lambda: False
) -> Iterator[Delivery]:
    """Judge every delivery that changed since it was last judged; yield those that are held now.

    What is left once `stopping` says so is judged the next time.
    """
    while batch := ctx.store.unjudged(client, limit=BATCH):
        for delivery in batch:
            if stopping():
                return
            if after := advise_on(ctx, delivery):
                yield after
        ctx.store.judged([delivery.number for delivery in batch])


def advise_on(ctx: Context, delivery: Delivery) -> Delivery | None:
    """Judge one delivery now; return it where it is held for that."""
    policy = ctx.settings.channel(delivery.key.channel).guard
    if not looks(policy, delivery):
        return None
    return carry_out(ctx, delivery, verdict(ctx, delivery, ctx.now()))
