"""One whole turn over a workspace: what cron runs, and what the daemon does bit by bit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.guard.advise import Watched, advise_all
from cmctl.app.guard.corpus import index
from cmctl.app.guard.removal import take_down
from cmctl.app.guard.watch import is_fresh, refresh
from cmctl.app.media.hosting import sweep
from cmctl.app.notices.dying import renew, tell_of_tokens
from cmctl.app.notices.notify import Webhook, deliver
from cmctl.app.notices.remind import remind
from cmctl.app.posts.take_in import take_in
from cmctl.app.publishing.lanes import on_lanes
from cmctl.app.publishing.publish import drain
from cmctl.app.publishing.readiness import Wait, waits_of_what_is_due
from cmctl.app.publishing.recover import recover
from cmctl.app.publishing.restored import hold_past_due, remember
from cmctl.core.errors import CmctlError
from cmctl.core.model import Delivery, HoldReason, Problem, State
from cmctl.core.money import month_key
from cmctl.core.watching import interval
from cmctl.store.base import Query


class Outcome(NamedTuple):
    """What became of one delivery."""

    delivery: Delivery
    #: False: it is due, and had to wait.
    moved: bool
    #: What the network, or the way to it, said where it was not published.
    answer: str
    #: Until when it waits, where it is due.
    wait: Wait | None


class Turn(NamedTuple):
    """What a turn did, and what is left to a person."""

    #: What was sent, held, refused or settled, and what is due and waits; in order of time.
    outcomes: Sequence[Outcome]
    #: How many deliveries wait for a person now (see `waits`), and of how many more nobody knows
    #: yet whether they are published.
    held: int
    uncertain: int
    #: With the files.
    problems: Sequence[Problem]
    #: Channels whose timeline could not be read, and why.
    blind: Sequence[tuple[str, CmctlError]]


def turn(
    ctx: Context,
    webhook: Webhook,
    *,
    stopping: Callable[[], bool] = lambda: False,
    watched: Watched = iter,
) -> Turn:
    """Take in the files, settle what is open, watch, publish what is due, judge, and tell people.

    What is due is judged once more before it is sent; so the advice on the rest may come later.
    Once `stopping` says so, only the calls in flight are finished; the next turn does the rest.
    `watched` goes through the judging of the rest, and may show how far it is.

    Raises:
        CmctlError: the disk has no room to keep a receipt, so nothing was sent.
    """
    reserve(ctx)
    held_before = {delivery.number for delivery in _held(ctx)}
    hold_past_due(ctx)
    taken = take_in(ctx, whole=True)
    moved = {delivery.number: delivery for delivery in recover(ctx, stopping=stopping)}
    blind = watch_all(ctx, oldest=freshness, stopping=stopping)
    publish_due(ctx, lambda delivery: moved.update({delivery.number: delivery}), stopping=stopping)
    if moved:
        with suppress(CmctlError):  # the next run tries again
            sweep(ctx)
    if not stopping():
        take_down(ctx)
        remind(ctx)
        renew(ctx, stopping=stopping)
        tell_of_tokens(ctx)
        advised = advise_all(ctx, stopping=stopping, watched=watched)
        moved.update((delivery.number, delivery) for delivery in advised)
    held = {delivery.number: delivery for delivery in _held(ctx) if waits(delivery, ctx.now())}
    moved.update((number, held[number]) for number in held.keys() - held_before)
    deliver(ctx, webhook, stopping=stopping)
    remember(ctx)
    return Turn(
        outcomes=list(_outcomes(ctx, moved)),
        held=len(held),
        uncertain=ctx.store.count(Query(states=frozenset({State.UNCERTAIN}))),
        problems=taken.problems,
        blind=blind,
    )


def _outcomes(ctx: Context, moved: Mapping[int, Delivery]) -> Iterator[Outcome]:
    waiting = waits_of_what_is_due(ctx)
    waited = {number: delivery for number, (delivery, _) in waiting.items()}
    every = {**waited, **moved}.values()
    for one in sorted(every, key=lambda delivery: (delivery.due, delivery.number)):
        wait = waiting[one.number][1] if one.number in waiting else None
        yield Outcome(one, one.number in moved, answer(ctx, one), wait)


def answer(ctx: Context, delivery: Delivery) -> str:
    """Return why the last attempt of a delivery did not publish it; empty where none failed."""
    if delivery.state not in {State.REFUSED, State.UNCERTAIN, State.PLANNED}:
        return ""
    errors = (event.data.get("error") for event in reversed(ctx.store.events(delivery.number)))
    return next((str(error) for error in errors if error), "")


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
    """Tell whether a held or uncertain delivery waits for a person now.

    What somebody holds back on purpose, a draft or a hold by hand, does so only once it is due.
    """
    by_choice = delivery.hold is not None and delivery.hold.reason is HoldReason.APPROVAL
    return delivery.due <= now or not by_choice


def _held(ctx: Context) -> Sequence[Delivery]:
    return ctx.store.deliveries(Query(states=frozenset({State.HELD})))


def publish_due(
    ctx: Context,
    done: Callable[[Delivery], None],
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Publish everything that is due, one lane a channel; `done` hears of each as it turned out.

    Nothing further is claimed once `stopping` says so.
    """

    def lane(name: str) -> None:
        if stopping():
            return
        for delivery in drain(ctx, name, more=lambda: not stopping()):
            done(delivery)

    on_lanes(lane, ctx.store.due_channels(ctx.now()))


def freshness(ctx: Context, name: str) -> timedelta:
    """Return how old the last reading may be where a person, or cron, looks once."""
    return ctx.settings.channel(name).guard.freshness


def paced(ctx: Context, name: str) -> timedelta:
    """Return how old the last reading may be where somebody looks all day."""
    query = Query(states=frozenset({State.PLANNED}), channel=name, limit=1)
    ahead = ctx.store.deliveries(query)
    due = ahead[0].due if ahead else None
    settings, now = ctx.settings.channel(name), ctx.now()
    budget = settings.guard.budget
    is_affordable = budget is None or ctx.store.reading(name).charged_in(month_key(now)) < budget
    return interval(now, due, settings.zone, is_affordable=is_affordable)


def watch_all(
    ctx: Context,
    *,
    oldest: Callable[[Context, str], timedelta] = paced,
    stopping: Callable[[], bool] = lambda: False,
) -> Sequence[tuple[str, CmctlError]]:
    """Read every timeline whose last reading is too old; return the channels that are blind.

    A pair is a channel and why its timeline could not be read. Of a long history the rest is made
    ready to be searched, until `stopping` says so: here nobody waits for it with a claim.
    """
    blind: list[tuple[str, CmctlError]] = []

    def look(name: str) -> None:
        if stopping():
            return
        if problem := refresh(ctx, name, newer_than=ctx.now() - oldest(ctx, name)):
            blind.append((name, problem))
        while not stopping() and index(ctx, name):
            pass

    watched = [row.name for row in ctx.settings.channels() if row.guard.enabled]
    on_lanes(
        look,
        [n for n in watched if not is_fresh(ctx, n, newer_than=ctx.now() - oldest(ctx, n))],
    )
    return sorted(blind, key=lambda pair: pair[0])
