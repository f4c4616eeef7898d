"""The guard's authority: judge once more over a timeline read just before sending."""

from cmctl.app.changes import Stop
from cmctl.app.context import Context
from cmctl.app.judging import looks, stop, verdict, warning
from cmctl.app.verdicts import warn
from cmctl.app.watch import refresh
from cmctl.core.model import Delivery, Hold, HoldReason
from cmctl.core.settings import OnBlind


def examine(ctx: Context, delivery: Delivery) -> Stop | None:
    """Return why this delivery must wait, or None when it may go out now."""
    policy = ctx.settings.channel(delivery.key.channel).guard
    if not looks(policy, delivery):
        return None
    now = ctx.now()
    blind = refresh(ctx, delivery.key.channel, newer_than=now - policy.freshness)
    must_see = policy.on_blind is OnBlind.HOLD and not delivery.waives(HoldReason.BLIND)
    if blind and must_see:
        return Stop(Hold(reason=HoldReason.BLIND, detail=f"the timeline cannot be read: {blind}"))
    said = verdict(ctx, delivery, now)
    if match := warning(said, policy):
        warn(ctx, delivery, match)
    return stop(said, policy)
