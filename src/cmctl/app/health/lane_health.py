"""What of the lanes somebody should know: who works, who died, who does not get on."""

from collections.abc import Iterator
from datetime import timedelta

from cmctl.app.context import LEASE, Context
from cmctl.app.health.finding import Finding, fail, ok, warn
from cmctl.app.publishing.journal import kept, worker_of
from cmctl.core.model import Delivery, State
from cmctl.core.show import counted, duration
from cmctl.core.state import IN_FLIGHT
from cmctl.store.base import Query

#: What is due for longer has nobody who publishes it, or waits for the pace of its channel.
PATIENCE = timedelta(minutes=5)
#: No delivery has so many parts that its lease is longer.
LONGEST_LEASE = LEASE * 100


def lane_health(ctx: Context) -> Iterator[Finding]:
    """Yield what is worth knowing of workers, of what is late, and of leases."""
    alive, dead = _workers(ctx)
    for worker, receipts in dead:
        yield _died(worker, receipts)
    yield ok("workers", f"at work: {', '.join(alive)}" if alive else "none is at work now")
    yield from _late(ctx, alive=bool(alive))
    for delivery in ctx.store.in_flight():
        yield from _lease(ctx, delivery)


def _workers(ctx: Context) -> tuple[list[str], list[tuple[str, int]]]:
    """Return who is at work, as far as journals show it, and who died with how many receipts."""
    alive, dead = [], []
    for path, receipts, _ in kept(ctx.journal.folder):
        if ctx.alive(worker_of(path)):
            alive.append(worker_of(path))
        else:
            dead.append((worker_of(path), len(receipts)))
    return alive, dead


def _died(worker: str, receipts: int) -> Finding:
    if receipts:
        detail = f"{receipts} receipts of a worker that ended are not written down yet"
        return fail("journal", detail, "cmctl run carries them over")
    detail = f"{worker} ended without a word: killed, or the machine went down"
    return warn("workers", detail, "start the daemon again, or cmctl run: nothing is lost")


def _late(ctx: Context, *, alive: bool) -> Iterator[Finding]:
    query = Query(states=frozenset({State.PLANNED}), until=ctx.now() - PATIENCE)
    late = ctx.store.count(query)
    if not late:
        return
    first = ctx.store.deliveries(query._replace(limit=1))[0]
    ago = duration(ctx.now() - first.due)
    detail = f"{late} are due and not sent, the first ({first.number}) for {ago}"
    if alive:
        yield warn("late", detail, "a pause, the pace of the channel, or a daemon that hangs?")
    else:
        todo = "cmctl run; to go on by itself: cmctl service install, or systemctl status cmctl"
        yield warn("late", f"{detail}; nobody is at work", todo)


def _lease(ctx: Context, delivery: Delivery) -> Iterator[Finding]:
    """Tell of a lease that is over while its worker lives, and of one that never ends."""
    if delivery.state not in IN_FLIGHT or delivery.lease_until is None:
        return
    left = delivery.lease_until - ctx.store.clock(ctx.now())
    what = f"lane {delivery.key.channel}"
    of = f"delivery {delivery.number} is {delivery.state.value} by {delivery.owner}"
    if left > LONGEST_LEASE:
        detail = f"{of} for {duration(left)} more: its lease was made under another clock"
        yield fail(what, detail, "set the clock; end that worker, then cmctl run")
    elif left < -LEASE and ctx.alive(delivery.owner):
        detail = f"{of}, which lives and made no progress for {counted_minutes(-left)}"
        yield fail(what, detail, "end that worker (systemctl restart cmctl): evidence settles it")


def counted_minutes(time: timedelta) -> str:
    """Return a time in whole minutes."""
    return counted(int(time / timedelta(minutes=1)), "minute")
