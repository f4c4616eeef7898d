"""Settle what a crash, a lost answer or a dead worker left open: by evidence, never by guessing.

- `claimed` by a worker that is gone: nothing was sent, so it is planned again.
- `sending` by a worker that is gone: it may have been sent, so it is `uncertain`.
- `uncertain`: look at the network, no earlier than its server's own timeout. Found: published. Not
  there, and the network still honours our key: the same request again. Else a person decides.
"""

import logging
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cmctl.app import calls
from cmctl.app.changes import change, doubtful, patience
from cmctl.app.context import Context
from cmctl.app.media.reading import MediaError
from cmctl.app.publishing.journal import kept, worker_of
from cmctl.app.publishing.lanes import on_lanes
from cmctl.app.publishing.outgoing import intent, outgoing, uploaded
from cmctl.app.publishing.publish import call, lease
from cmctl.app.publishing.settle import prove, settle
from cmctl.channels.base import (
    Capabilities,
    ChannelError,
    Finds,
    Outgoing,
    Rejected,
    Unavailable,
    Uncertain,
)
from cmctl.core.errors import CmctlError
from cmctl.core.model import Delivery, Receipt, State
from cmctl.core.show import local
from cmctl.core.state import Move

log = logging.getLogger(__name__)

#: After so long without an answer from the network a person is asked.
GIVE_UP = timedelta(hours=1)
#: What two clocks may differ by, and not be set.
_SET_BACK = timedelta(minutes=1)
#: Repeated requests under one key, before a person is asked.
MOST_ATTEMPTS = 5


def recover(ctx: Context, *, stopping: Callable[[], bool] = lambda: False) -> Sequence[Delivery]:
    """Take every open delivery as far as the evidence goes now; return those that moved.

    A network that does not answer keeps no other channel waiting. What is left once `stopping`
    says so is looked at the next time.
    """
    carry_over(ctx)
    ctx.store.set_back(ctx.now())
    moved: deque[Delivery] = deque()  # many threads append to it
    by_channel = defaultdict(list)
    for delivery in ctx.store.in_flight():
        by_channel[delivery.key.channel].append(delivery)

    def lane(name: str) -> None:
        after = (_recover(ctx, delivery) for delivery in by_channel[name] if not stopping())
        moved.extend(delivery for delivery in after if delivery is not None)

    on_lanes(lane, list(by_channel))
    return list(moved)


def carry_over(ctx: Context) -> None:
    """Commit the receipts that journals of dead workers hold, then remove these journals."""
    for path, receipts, _ in kept(ctx.journal.folder):
        if ctx.alive(worker_of(path)):
            continue
        for number, receipt in receipts.items():
            prove(ctx, number, receipt, "journal")
        path.unlink(missing_ok=True)


def _recover(ctx: Context, delivery: Delivery) -> Delivery | None:
    now = ctx.now()
    if delivery.state is State.UNCERTAIN:
        return _reconcile(ctx, delivery) if _is_time(delivery, now) else None
    if not _over(ctx, delivery):
        return None
    if delivery.state is State.CLAIMED:
        data = {"error": "its worker ended before sending"}
        return ctx.store.apply(change(delivery, Move.GIVE_BACK, now, data=data))
    settling = ctx.channels.checker(delivery.key.channel).capabilities.settling
    data = {"error": "its worker ended while sending"}
    doubt = change(delivery, Move.DOUBT, now, data=data, not_before=now + settling)
    return ctx.store.apply(doubt)


def _over(ctx: Context, delivery: Delivery) -> bool:
    if delivery.lease_until is None or not ctx.alive(delivery.owner):
        return True
    return delivery.lease_until <= ctx.store.clock(ctx.now())


def _is_time(delivery: Delivery, now: datetime) -> bool:
    return delivery.not_before is None or delivery.not_before <= now


def _reconcile(ctx: Context, delivery: Delivery) -> Delivery | None:
    """Look for evidence once and act on it."""
    now = ctx.now()
    try:
        is_able = calls.can(ctx, delivery.key.channel, Finds)
        out = outgoing(ctx, delivery, now)
    except Unavailable as problem:
        return _later(ctx, delivery, problem)
    except (MediaError, CmctlError) as problem:
        return ctx.store.apply(doubtful(delivery, f"cannot be looked for: {problem}", now))
    if not is_able:
        detail = "the network cannot be asked whether it was published; look at the account"
        return ctx.store.apply(doubtful(delivery, detail, now))
    return _look(ctx, delivery, out)


def _look(ctx: Context, delivery: Delivery, out: Outgoing) -> Delivery | None:
    now, name = ctx.now(), delivery.key.channel
    try:
        evidence = calls.found(ctx, name, out) or "it does not stand on the account"
    except Uncertain as problem:
        evidence = str(problem)
    except Rejected as problem:
        return ctx.store.apply(doubtful(delivery, f"cannot be looked for: {problem}", now))
    except ChannelError as problem:
        return _later(ctx, delivery, problem)
    if isinstance(evidence, Receipt):
        return prove(ctx, delivery.number, evidence, "found")
    return _again(ctx, delivery, out, evidence)


def _later(ctx: Context, delivery: Delivery, problem: Exception) -> Delivery | None:
    now = ctx.now()
    age = now - (delivery.sent_at or now)
    if age > GIVE_UP:
        detail = f"the account could not be looked at for {GIVE_UP}: {problem}"
        return ctx.store.apply(doubtful(delivery, detail, now))
    wait = min(max(age, timedelta(seconds=5)), patience(3))
    look = change(delivery, Move.LOOK, now, data={"error": str(problem)}, not_before=now + wait)
    return ctx.store.apply(look)


def _again(ctx: Context, delivery: Delivery, out: Outgoing, found: str) -> Delivery | None:
    """Send the same request again where the network makes one post of the two; else ask."""
    now, name = ctx.now(), delivery.key.channel
    if not _key_holds(ctx.channels.checker(name).capabilities, delivery, now):
        zone = ctx.settings.channel(name).zone
        sent = local(delivery.sent_at or now, zone, now=now)
        detail = f"may have been sent at {sent}, and {found}"
        return ctx.store.apply(doubtful(delivery, detail, now))
    try:
        ready = uploaded(ctx, delivery, out)
        channel = ctx.channels.open(name)
    except (ChannelError, MediaError, CmctlError) as problem:
        return _later(ctx, delivery, problem)
    intended = ctx.now()
    resend = change(
        delivery,
        Move.RESEND,
        intended,
        owner=ctx.worker,
        lease=lease(ready),
        data=intent(ready, delivery.digest, delivery.attempts + 1),
    )
    sending = ctx.store.apply(resend)
    if sending is None:
        return None
    said = call(ctx, channel, sending, ready, since=intended)
    return settle(ctx, channel, sending, said, repeated=True)[0]


def _key_holds(can: Capabilities, delivery: Delivery, now: datetime) -> bool:
    if "key" not in can.recovery or delivery.attempts >= MOST_ATTEMPTS:
        return False
    if can.key_life is None:
        return True
    # Sent in the future: the clock was set back, and nobody knows how old the key is.
    return delivery.sent_at is not None and -_SET_BACK < now - delivery.sent_at < can.key_life
