"""What becomes of a hold whose cause was deleted, edited, or settled by a person's word."""

from collections.abc import Sequence

from cmctl.app.changes import change, held, notice
from cmctl.app.context import Context
from cmctl.app.guard.evidence import evidence
from cmctl.app.guard.judging import stop, verdict
from cmctl.core.model import Delivery, Hold, HoldReason, State
from cmctl.core.settings import OnGone
from cmctl.core.state import Move
from cmctl.core.text import follower_text
from cmctl.store.base import Observed, Query


def reconsider_causes(ctx: Context, name: str, observed: Observed) -> None:
    """Judge again what is held for a status that a reading found deleted or edited.

    Where nothing is against a delivery any more, it is released or says so, as `on_gone` says.
    """
    gone = {status.remote_id: "was deleted" for status in observed.gone}
    changed = gone | {status.remote_id: "was edited" for status in observed.changed}
    for delivery in _held(ctx, name) if changed else ():
        found = evidence(ctx, delivery.number)
        if found is not None and found.seen.source == "timeline" and found.seen.ref in changed:
            _reconsider(ctx, delivery, f"the other text {changed[found.seen.ref]}")


def release_settled(ctx: Context, decided: Delivery) -> None:
    """Release what is held beside a delivery and says the same, where a ruling settles it too."""
    policy = ctx.settings.channel(decided.key.channel).guard
    said, why = follower_text(decided.content), f"settled with {decided.number}"
    for delivery in _held(ctx, decided.key.channel):
        alike = delivery.number != decided.number and follower_text(delivery.content) == said
        if alike and stop(verdict(ctx, delivery, ctx.now()), policy) is None:
            _release(ctx, delivery, why)


def _held(ctx: Context, name: str) -> Sequence[Delivery]:
    query = Query(states=frozenset({State.HELD}), channel=name)
    waiting = ctx.store.deliveries(query)
    return [one for one in waiting if one.hold and one.hold.reason is HoldReason.DUPLICATE]


def _reconsider(ctx: Context, delivery: Delivery, why: str) -> None:
    policy = ctx.settings.channel(delivery.key.channel).guard
    now = ctx.now()
    if found := stop(verdict(ctx, delivery, now), policy):
        # What is against it now is another text, or another wording: the evidence follows.
        ctx.store.apply(held(delivery, found, now))
    elif policy.on_gone is OnGone.RELEASE:
        _release(ctx, delivery, why)
    else:
        detail = f"{why}; nothing is against it any more"
        hold = Hold(reason=HoldReason.DUPLICATE, detail=detail)
        told = notice("cause-gone", delivery, f"still held, but {detail}")
        ctx.store.apply(change(delivery, Move.HOLD, now, hold=hold, data={"why": why}, notice=told))


def _release(ctx: Context, delivery: Delivery, why: str) -> None:
    told = notice("released", delivery, f"goes out after all: {why}")
    now = ctx.now()
    ctx.store.apply(change(delivery, Move.RELEASE, now, data={"why": why}, notice=told))
