"""The guard's advice: judge what the files newly plan, long before its slot."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cmctl.app.changes import change
from cmctl.app.context import Context
from cmctl.app.guard.cases import Case, Judging, alone
from cmctl.app.guard.judges import MOST_WITH_MEANING, WORTH, Judges
from cmctl.app.guard.judging import case, looks, stop, verdict
from cmctl.app.guard.pictures import remember
from cmctl.app.guard.verdicts import carry_out
from cmctl.core.model import Delivery, HoldReason, State, Verdict
from cmctl.core.settings import GuardPolicy
from cmctl.core.state import Move

#: Goes through steps of work, and may show how far it is.
Watched = Callable[[Sequence[int]], Iterable[int]]

#: How many deliveries are judged between two commits.
BATCH = 200


def advise(
    ctx: Context,
    client: str,
    *,
    stopping: Callable[[], bool] = lambda: False,
    judging: Judging | None = None,
) -> Iterator[Delivery]:
    """Judge every delivery that changed since it was last judged; yield those that are held now.

    What is left once `stopping` says so is judged the next time. `judging` judges in place of this
    process alone; no verdict depends on another.
    """
    judging = judging or alone(ctx.encoder)
    while batch := ctx.store.unjudged(client, limit=BATCH):
        remember(ctx, batch)
        looked = [one for one in batch if looks(_policy(ctx, one), one)]
        found = judging(case(ctx, one, ctx.now()) for one in looked)
        for delivery, said in zip(looked, found, strict=True):
            if after := carry_out(ctx, delivery, said):
                yield after
            if stopping():
                return
        ctx.store.judged([delivery.number for delivery in batch])


def advise_all(
    ctx: Context,
    *,
    stopping: Callable[[], bool] = lambda: False,
    watched: Watched = iter,
) -> Iterator[Delivery]:
    """Judge what changed in every client's queue; yield what is held now.

    Where there is much, other processes help, as many as `ctx.helpers`; with an encoder, which each
    has to load, one at most. Then `watched` goes through as many steps as there are deliveries.
    """
    clients = list(ctx.settings.clients)
    whole = sum(ctx.store.count_unjudged(client) for client in clients)
    is_much = whole >= WORTH
    helpers = ctx.helpers if is_much else 0
    if ctx.encoder is not None:
        helpers = min(helpers, MOST_WITH_MEANING)
    steps = iter(watched(range(whole)) if is_much else ())
    with Judges(helpers, ctx.children, ctx.encoder) as judges:
        judge = judges if helpers else alone(ctx.encoder)

        def judging(cases: Iterable[Case]) -> Iterator[Verdict]:
            for said in judge(cases):
                next(steps, None)
                yield said

        for client in clients:
            yield from advise(ctx, client, stopping=stopping, judging=judging)
    for _ in steps:  # the bar is full, and gone
        pass


def reconsider(ctx: Context, delivery: Delivery) -> Delivery:
    """Judge a planned delivery, or one that is held as a duplicate, once more; return what it is.

    For one that a person moved: at another time it may be no repetition any more.
    """
    if delivery.state is State.PLANNED:
        return advise_on(ctx, delivery) or delivery
    if delivery.hold is None or delivery.hold.reason is not HoldReason.DUPLICATE:
        return delivery
    if stop(verdict(ctx, delivery, ctx.now()), _policy(ctx, delivery)) is not None:
        return delivery
    data = {"why": "the guard has nothing against it any more"}
    return ctx.store.apply(change(delivery, Move.RELEASE, ctx.now(), data=data)) or delivery


def advise_on(ctx: Context, delivery: Delivery) -> Delivery | None:
    """Judge one delivery now; return it where it is held for that."""
    if not looks(_policy(ctx, delivery), delivery):
        return None
    return carry_out(ctx, delivery, verdict(ctx, delivery, ctx.now()))


def _policy(ctx: Context, delivery: Delivery) -> GuardPolicy:
    return ctx.settings.channel(delivery.key.channel).guard
