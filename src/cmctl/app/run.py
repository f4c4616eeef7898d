"""One whole turn over a workspace: what cron runs, and what the daemon does bit by bit."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from cmctl.app.advise import advise
from cmctl.app.context import Context
from cmctl.app.lanes import on_lanes
from cmctl.app.notify import Webhook, deliver
from cmctl.app.publish import drain
from cmctl.app.recover import recover
from cmctl.app.take_in import take_in
from cmctl.app.watch import refresh
from cmctl.core.errors import CmctlError
from cmctl.core.model import Delivery, HoldReason, Problem, State
from cmctl.core.watching import interval
from cmctl.store.base import Query


class Turn(NamedTuple):
    """What a turn did, and what is left to a person."""

    #: Deliveries that were sent, held, refused or settled, in order of time.
    moved: Sequence[Delivery]
    #: How many deliveries wait for a person now; drafts that are not due yet are left out.
    held: int
    #: With the files.
    problems: Sequence[Problem]
    #: Channels whose timeline could not be read, and why.
    blind: Sequence[tuple[str, str]]


def turn(ctx: Context, webhook: Webhook) -> Turn:
    """Take in the files, settle what is open, watch, publish what is due, judge, and tell people.

    What is due is judged once more before it is sent; so the advice on the rest may come later.

    Raises:
        CmctlError: the disk has no room to keep a receipt, so nothing was sent.
    """
    reserve(ctx)
    held_before = {delivery.number for delivery in _held(ctx)}
    taken = take_in(ctx, whole=True)
    moved = {delivery.number: delivery for delivery in recover(ctx)}
    blind = watch_all(ctx)
    publish_due(ctx, lambda delivery: moved.update({delivery.number: delivery}))
    moved.update((delivery.number, delivery) for delivery in advise_all(ctx))
    held = {delivery.number: delivery for delivery in _held(ctx) if waits(delivery, ctx.now())}
    moved.update((number, held[number]) for number in held.keys() - held_before)
    deliver(ctx, webhook)
    return Turn(
        moved=sorted(moved.values(), key=lambda delivery: (delivery.due, delivery.number)),
        held=len(held),
        problems=taken.problems,
        blind=blind,
    )


def reserve(ctx: Context) -> None:
    """Make sure that a receipt can be kept whatever happens to the store.

    Raises:
        CmctlError: the disk has no room.
    """
    try:
        ctx.journal.allocate()
    except OSError as problem:
        message = f"{ctx.journal.folder} has no room for a receipt: {problem.strerror}"
        raise CmctlError(message, hint="free some space; nothing is sent before") from None


def waits(delivery: Delivery, now: datetime) -> bool:
    """Tell whether a held delivery waits for a person now: a draft does so only once it is due."""
    by_choice = delivery.hold is not None and delivery.hold.reason is HoldReason.APPROVAL
    return delivery.due <= now or not by_choice


def _held(ctx: Context) -> Sequence[Delivery]:
    return ctx.store.deliveries(Query(states=frozenset({State.HELD})))


def publish_due(ctx: Context, done: Callable[[Delivery], None]) -> None:
    """Publish everything that is due, one lane a channel; `done` hears of each as it turned out."""

    def lane(name: str) -> None:
        for delivery in drain(ctx, name):
            done(delivery)

    on_lanes(lane, ctx.store.due_channels(ctx.now()))


def watch_all(ctx: Context, *, force: bool = False) -> Sequence[tuple[str, str]]:
    """Read every timeline whose last reading is too old; return the channels that are blind.

    A pair is a channel and why its timeline could not be read.
    """
    blind: list[tuple[str, str]] = []

    def look(name: str) -> None:
        newer_than = ctx.now() if force else _newer_than(ctx, name)
        if problem := refresh(ctx, name, newer_than=newer_than):
            blind.append((name, problem))

    watched = [row.name for row in ctx.settings.channels() if row.guard.enabled]
    on_lanes(look, [name for name in watched if force or _is_old(ctx, name)])
    return sorted(blind)


def advise_all(ctx: Context) -> Iterator[Delivery]:
    """Judge what changed in every client's queue; yield what is held now."""
    for client in ctx.settings.clients:
        yield from advise(ctx, client)


def _is_old(ctx: Context, name: str) -> bool:
    """Tell whether a timeline is to be read; so that no thread is started for the others."""
    read_at = ctx.store.read_at(name)
    return read_at is None or not _newer_than(ctx, name) <= read_at <= ctx.now()


def _newer_than(ctx: Context, name: str) -> datetime:
    query = Query(states=frozenset({State.PLANNED}), channel=name, limit=1)
    ahead = ctx.store.deliveries(query)
    due = ahead[0].due if ahead else None
    now = ctx.now()
    return now - interval(now, due, ctx.settings.channel(name).zone)
