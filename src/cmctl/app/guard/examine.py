"""The guard's authority: judge once more over a timeline read just before sending."""

from datetime import datetime
from threading import Lock

from cmctl.app.changes import Stop
from cmctl.app.context import Context
from cmctl.app.guard.judging import looks, stop, unseen, verdict, warning
from cmctl.app.guard.pictures import Looked, keep, look_at
from cmctl.app.guard.verdicts import warn
from cmctl.app.guard.watch import is_fresh, refresh
from cmctl.core.model import Delivery
from cmctl.core.settings import GuardPolicy

#: Judging computes: fifty lanes that do so at once only hand the interpreter lock to and fro, which
#: costs more than to wait. Reading a timeline, which waits for a network, and looking at pictures,
#: which lets go of that lock, are never under it.
_ONE_AT_A_TIME = Lock()


def examine(ctx: Context, delivery: Delivery) -> Stop | None:
    """Return why this delivery must wait, or None when it may go out now."""
    name = delivery.key.channel
    policy = ctx.settings.channel(name).guard
    if not looks(policy, delivery):
        return None
    now = ctx.now()
    newer_than = now - policy.freshness
    looked = _looked(ctx, delivery)
    with _ONE_AT_A_TIME:
        if is_fresh(ctx, name, newer_than=newer_than):
            return _judge(ctx, delivery, policy, now, looked)
    if hold := unseen(policy, delivery, refresh(ctx, name, newer_than=newer_than)):
        return Stop(hold)
    with _ONE_AT_A_TIME:
        return _judge(ctx, delivery, policy, now, looked)


def _looked(ctx: Context, delivery: Delivery) -> Looked:
    looked = look_at(ctx, delivery.content)
    if delivery.content.media:
        keep(ctx, {delivery.number: looked})
    return looked


def _judge(
    ctx: Context, delivery: Delivery, policy: GuardPolicy, now: datetime, looked: Looked
) -> Stop | None:
    said = verdict(ctx, delivery, now, looked)
    if match := warning(said, policy):
        warn(ctx, delivery, match)
    return stop(said, policy)
