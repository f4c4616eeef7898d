"""Publish what is due on one channel: claim, look, judge, send once, settle.

The order is the safety (the windows W2 to W7):

1. The claim is committed: nobody else sends on this channel.
2. What is too late is held. The timeline is read fresh and the guard judges again.
3. Media are uploaded: repeatable, unseen by followers.
4. The intent is committed. From here on a crash means `uncertain`.
5. Exactly one call.
6. Its outcome is committed, or what the network said goes to the journal and is committed later.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from cmctl.app import calls
from cmctl.app.about import about
from cmctl.app.changes import Stop, change, delay, held, locked_out, outcome, patience
from cmctl.app.context import LEASE, Context
from cmctl.app.guard.examine import examine
from cmctl.app.media.fitting import unfit
from cmctl.app.media.reading import MediaError
from cmctl.app.publishing.outgoing import intent, outgoing, uploaded
from cmctl.app.publishing.points import Point
from cmctl.app.publishing.settle import settle
from cmctl.channels.base import (
    Channel,
    ChannelError,
    Outgoing,
    Rate,
    Rejected,
    Unavailable,
)
from cmctl.channels.http import SLOWEST
from cmctl.core.errors import CmctlError, LockedOutError
from cmctl.core.lateness import too_late
from cmctl.core.model import Delivery, Hold, HoldReason, Receipt
from cmctl.core.state import Move
from cmctl.store.base import Change, Claim

#: A rate over a longer time is a quota.
_BURST = timedelta(minutes=1)

#: What became of a delivery, and the next one of the channel, claimed in the same commit.
Turn = tuple[Delivery | None, Delivery | None]
More = Callable[[], bool]


def drain(ctx: Context, name: str, more: More = lambda: True) -> Iterator[Delivery]:
    """Publish everything that is due on `client/channel`, one after the other, as it turned out.

    Once `more` says no, nothing further is claimed.
    """
    ctx.reach(Point.BEFORE_CLAIM)
    claimed = ctx.store.claim(_claim(ctx, name))
    while claimed is not None:
        ctx.reach(Point.AFTER_CLAIM)
        settled, following = _take(ctx, claimed, more)
        if after := settled or ctx.store.delivery(claimed.number):
            yield after
        claimed = following


def publish_one(ctx: Context, delivery: Delivery) -> Delivery:
    """Take this delivery alone as far as it goes now, whatever else is due on its channel."""
    only = _claim(ctx, delivery.key.channel)._replace(only=delivery.number)
    ctx.reach(Point.BEFORE_CLAIM)
    if claimed := ctx.store.claim(only):
        ctx.reach(Point.AFTER_CLAIM)
        _take(ctx, claimed, more=lambda: False)
    return ctx.store.delivery(delivery.number) or delivery


def _claim(ctx: Context, name: str) -> Claim:
    return Claim(name, ctx.now(), ctx.worker, LEASE)


def _take(ctx: Context, claimed: Delivery, more: More) -> Turn:
    grace = ctx.settings.channel(claimed.key.channel).grace
    late = too_late(claimed, ctx.now(), grace)
    found = Stop(late) if late else examine(ctx, claimed)
    if found is not None:
        return _close(ctx, claimed, held(claimed, found, ctx.now()), more)
    ready = _prepare(ctx, claimed)
    if isinstance(ready, Change):
        return _close(ctx, claimed, ready, more)
    channel, out = ready
    ctx.reach(Point.BEFORE_INTENT)
    intended = ctx.now()
    sending = ctx.store.apply(_send(ctx, claimed, out, channel.capabilities.rate))
    if sending is None:  # paused meanwhile, or the lease is over: certainly nothing was sent
        return _close(ctx, claimed, change(claimed, Move.GIVE_BACK, ctx.now()), more)
    said = call(ctx, channel, sending, out, since=intended)
    claim = _claim(ctx, sending.key.channel) if more() else None
    turn = settle(ctx, channel, sending, said, claim=claim)
    ctx.reach(Point.AFTER_SETTLE)
    return turn


def _close(ctx: Context, claimed: Delivery, change: Change, more: More) -> Turn:
    """End a claim from which nothing was sent."""
    if not more():
        return ctx.store.apply(change), None
    return ctx.store.apply_and_claim(change, _claim(ctx, claimed.key.channel))


def call(
    ctx: Context, channel: Channel, sending: Delivery, out: Outgoing, *, since: datetime
) -> Receipt | ChannelError:
    """Make the one call of an attempt whose intent is committed; return what is known after it.

    Not where the machine stood still between the two, `since` before the intent, for as long as the
    lease: others have looked into it by then, and a person may have decided.
    """
    ctx.journal.began(sending.number, sending.attempts)
    ctx.reach(Point.AFTER_INTENT)
    if ctx.now() - since >= lease(out):
        return Unavailable("the machine stood still before the request left")
    said = _publish(ctx, channel, sending, out)
    ctx.reach(Point.AFTER_ANSWER)
    return said


def _publish(
    ctx: Context, channel: Channel, sending: Delivery, out: Outgoing
) -> Receipt | ChannelError:
    try:
        return calls.published(ctx, sending.key.channel, channel, out, about(sending))
    except ChannelError as problem:
        return problem


def _prepare(ctx: Context, claimed: Delivery) -> tuple[Channel, Outgoing] | Change:
    """Return what is sent, or the change that says why nothing is."""
    now, is_account, name = ctx.now(), False, claimed.key.channel
    try:
        ctx.channels.open(name)  # where nobody lets us in, no image is read
        out = outgoing(ctx, claimed, now)
        if on_the_line(out) > _SHORT:
            ctx.store.apply(change(claimed, Move.KEEP, now, lease=lease(out)))
        is_account = True  # before, it is the server of an image that answers
        ready = uploaded(ctx, claimed, out)
        return ctx.channels.open(name), ready
    except LockedOutError as problem:
        ctx.channels.forget(name)
        return held(claimed, Stop(locked_out(name, problem)), now)
    except Rejected as problem:
        return outcome(claimed, problem, now, timedelta())
    except ChannelError as problem:  # of an image: followers see nothing of it, whatever happened
        wait = delay(problem, claimed.attempts)
        return change(
            claimed,
            Move.GIVE_BACK,
            now,
            data={"error": str(problem)},
            not_before=now + (wait or patience(claimed.attempts)),
            lane_ready_at=now + wait if wait and is_account else None,
        )
    except MediaError as problem:
        return held(claimed, Stop(unfit(problem)), now)
    except CmctlError as problem:
        return held(claimed, Stop(Hold(reason=HoldReason.INVALID, detail=str(problem))), now)


def _send(ctx: Context, claimed: Delivery, out: Outgoing, rate: Rate | None) -> Change:
    pace = max(ctx.settings.channel(claimed.key.channel).pace, spacing(rate))
    return change(
        claimed,
        Move.SEND,
        out.created_at if claimed.sent_at is None else ctx.now(),
        lane_ready_at=ctx.now() + pace,
        lease=lease(out),
        data=intent(out, claimed.digest, claimed.attempts + 1),
    )


def spacing(rate: Rate | None) -> timedelta:
    """Return the least time between two posts that a network's documented rate asks for.

    A quota of hours or days is not spread: five posts in a morning are no offence against it.
    """
    return rate.per / rate.most if rate and rate.per <= _BURST else timedelta()


#: A network takes its time to read a film, before anything is published.
FILM = timedelta(minutes=5)
#: What needs no more than this on the line fits into any lease.
_SHORT = timedelta(seconds=5)


def lease(out: Outgoing) -> timedelta:
    """Return how long an attempt may take: each request of a thread has its own deadline."""
    requests = 1 + len(out.content.thread) + bool(out.content.first_comment)
    films = any(item.is_film for item in out.attachments)
    return LEASE * requests + FILM * films + on_the_line(out)


def on_the_line(out: Outgoing) -> timedelta:
    """Return how long its images and films may be on their way."""
    return timedelta(seconds=sum(len(item.data) for item in out.attachments) / SLOWEST)
