"""What of the queue somebody should know: open, held, refused, paused, untold."""

from collections.abc import Iterator
from datetime import timedelta

from cmctl.app.context import Context
from cmctl.app.guard.collisions import collisions
from cmctl.app.health.finding import Finding, fail, warn
from cmctl.app.run import waits
from cmctl.core.model import State
from cmctl.core.show import counted, duration, relative
from cmctl.store.base import Query

REFUSED_SINCE = timedelta(days=7)
#: Longer than any notice is put off.
FAR = timedelta(days=1)


def queue_health(ctx: Context) -> Iterator[Finding]:
    """Yield what is worth knowing of deliveries, pauses and notices."""
    yield from _open(ctx)
    yield from _held(ctx)
    yield from _twice(ctx)
    yield from _refused(ctx)
    yield from _pauses(ctx)
    yield from _notices(ctx)


def _open(ctx: Context) -> Iterator[Finding]:
    uncertain = ctx.store.count(Query(states=frozenset({State.UNCERTAIN})))
    if uncertain:
        detail = f"of {uncertain} nobody knows yet whether they were published"
        yield warn("uncertain", detail, "cmctl run looks for them")


def _held(ctx: Context) -> Iterator[Finding]:
    found = ctx.store.deliveries(Query(states=frozenset({State.HELD})))
    held = sum(waits(delivery, ctx.now()) for delivery in found)
    if held:
        waiting = counted(held, "waits for a person", "wait for a person")
        yield warn("held", waiting, "cmctl holds")


def _twice(ctx: Context) -> Iterator[Finding]:
    found = collisions(ctx)
    if found:
        ours, theirs = found[0].delivery, found[0].match.seen
        what = counted(len(found), "piece of news stands", "pieces of news stand")
        first = f"delivery {ours.number} and {theirs.url or theirs.ref} on {ours.key.channel}"
        yield fail("collisions", f"{what} twice, the first: {first}", "cmctl holds")


def _refused(ctx: Context) -> Iterator[Finding]:
    since = ctx.now() - REFUSED_SINCE
    refused = ctx.store.count(Query(states=frozenset({State.REFUSED}), since=since))
    if refused:
        detail = f"{refused} in the last {duration(REFUSED_SINCE)}"
        yield warn("refused", detail, "cmctl history")


def _pauses(ctx: Context) -> Iterator[Finding]:
    for pause in ctx.store.pauses():
        scope = pause.scope or "everything"
        detail = f"{scope} is paused ({relative(pause.since, ctx.now())}): {pause.reason}"
        yield warn("pause", detail, f"cmctl resume {pause.scope}".rstrip())


def _notices(ctx: Context) -> Iterator[Finding]:
    failed = [one for one in ctx.store.outbox(now=ctx.now() + FAR, limit=1000) if one.tries]
    if failed:
        detail = f"{len(failed)} could not be delivered yet, the first {failed[0].tries} times"
        yield warn("notices", detail, "look at `notify` in the configuration")
