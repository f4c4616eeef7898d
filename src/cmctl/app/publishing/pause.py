"""Stop a client, a channel or everything, and go on without a burst."""

from collections.abc import Sequence
from enum import StrEnum

from cmctl.app.changes import Stop, change, held
from cmctl.app.context import Context
from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.model import Delivery, Hold, HoldReason, State
from cmctl.core.settings import Settings
from cmctl.core.show import local
from cmctl.core.state import Move
from cmctl.store.base import Pause, Query


class Missed(StrEnum):
    """What becomes of deliveries that came due during a pause."""

    HOLD = "hold"
    REPLAN = "replan"


def pause(ctx: Context, scope: str, reason: str) -> None:
    """Stop a scope from the next send on, also for a running daemon.

    `scope` is empty for everything, a client, or `client/channel`.

    Raises:
        UsageError: the configuration has no such client or channel.
        UsageError: no reason is given.
    """
    _check_scope(ctx.settings, scope)
    if not reason:
        message = "a pause needs its reason: others will ask"
        raise UsageError(message, hint=f'cmctl pause {scope}{" " if scope else ""}--reason "..."')
    ctx.store.pause(scope, reason=reason, at=ctx.now())


def resume(ctx: Context, scope: str, missed: Missed) -> Sequence[Delivery]:
    """End a pause; return the deliveries that came due during it, held or planned anew.

    Raises:
        CmctlError: this scope is not paused.
    """
    if scope not in {row.scope for row in ctx.store.pauses()}:
        message = f"{scope or 'everything'} is not paused"
        raise CmctlError(message, hint="cmctl pause --list shows what is")
    # Before the pause ends: a running daemon must find them settled already.
    late = [_settle(ctx, delivery, missed) for delivery in _due_during(ctx, scope)]
    ctx.store.resume(scope, at=ctx.now())
    return [delivery for delivery in late if delivery is not None]


def wider(pauses: Sequence[Pause], scope: str) -> Sequence[Pause]:
    """Return the pauses that stop `scope` too, by its client or by everything."""
    return [row for row in pauses if scope and row.scope != scope and row.stops(scope)]


def _check_scope(settings: Settings, scope: str) -> None:
    known = {"", *settings.clients, *(channel.name for channel in settings.channels())}
    if scope not in known:
        message = f"there is no client or channel {scope!r}"
        raise UsageError(message, hint="cmctl channel list shows the channels")


def _due_during(ctx: Context, scope: str) -> Sequence[Delivery]:
    client, _, channel = scope.partition("/")
    query = Query(
        states=frozenset({State.PLANNED}),
        client=client,
        channel=scope if channel else "",
        until=ctx.now(),
    )
    return ctx.store.deliveries(query)


def _settle(ctx: Context, delivery: Delivery, missed: Missed) -> Delivery | None:
    now = ctx.now()
    zone = ctx.settings.channel(delivery.key.channel).zone
    detail = f"came due during a pause, at {local(delivery.due, zone, now=now)}"
    hold = Hold(reason=HoldReason.PAUSED, detail=detail)
    paused = ctx.store.apply(held(delivery, Stop(hold), now))
    if paused is None or missed is Missed.HOLD:
        return paused
    # The lane's pace spreads them; the waiver keeps them from being held as late.
    release = change(paused, Move.RELEASE, now, override="missed: planned anew after a pause")
    return ctx.store.apply(release)
