"""The guard's authority: judge once more over a timeline read just before sending."""

from cmctl.app.changes import Stop
from cmctl.app.context import Context
from cmctl.app.guard.judging import looks, stop, unseen, verdict, warning
from cmctl.app.guard.pictures import remember
from cmctl.app.guard.verdicts import warn
from cmctl.app.guard.watch import refresh
from cmctl.core.model import Delivery


def examine(ctx: Context, delivery: Delivery) -> Stop | None:
    """Return why this delivery must wait, or None when it may go out now."""
    policy = ctx.settings.channel(delivery.key.channel).guard
    if not looks(policy, delivery):
        return None
    now = ctx.now()
    blind = refresh(ctx, delivery.key.channel, newer_than=now - policy.freshness)
    if hold := unseen(policy, delivery, blind):
        return Stop(hold)
    remember(ctx, [delivery])
    said = verdict(ctx, delivery, now)
    if match := warning(said, policy):
        warn(ctx, delivery, match)
    return stop(said, policy)
