"""Read the accounts' real timelines, and hold what the owner has told already."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from cmctl.app import calls
from cmctl.app.changes import locked_out
from cmctl.app.context import Context
from cmctl.app.guard.causes import reconsider_causes
from cmctl.app.guard.collisions import collide
from cmctl.app.guard.corpus import index
from cmctl.app.guard.foreign_pictures import with_pictures
from cmctl.app.guard.judging import judge_among, looks
from cmctl.app.guard.reading import PAUSE, kept, take
from cmctl.app.guard.verdicts import carry_out
from cmctl.channels.base import Timeline
from cmctl.core.errors import CmctlError, LockedOutError
from cmctl.core.ledger import Notice
from cmctl.core.model import Delivery, Seen, State, Status
from cmctl.core.money import Prices
from cmctl.core.text import follower_text
from cmctl.core.watching import Last, reach
from cmctl.store.base import Query, Reading, ReadingLostError


def refresh(ctx: Context, name: str, *, newer_than: datetime) -> CmctlError | None:
    """Read the timeline of `client/channel`, unless it was read since `newer_than`.

    What it newly tells is judged against the queue ahead at once. Returns why it could not be read;
    None: it was. A network without a timeline counts as read: nobody could look.
    """
    while not is_fresh(ctx, name, newer_than=newer_than):
        if reader := take(ctx, name):
            with kept(ctx, name, reader), suppress(ReadingLostError):  # read anew, if at all
                # It may have been read between the look and the right.
                done = is_fresh(ctx, name, newer_than=newer_than)
                return None if done else _read(ctx, name, reader)
        ctx.wait(PAUSE)  # another process, or another lane, reads it for us
    return None


def is_fresh(ctx: Context, name: str, *, newer_than: datetime) -> bool:
    """Tell whether a timeline was read since `newer_than`."""
    read_at = ctx.store.read_at(name)
    # A reading that lies ahead was made before the clock was set back: nobody knows how old.
    return read_at is not None and newer_than <= read_at <= ctx.now()


def hold_ahead(ctx: Context, name: str, statuses: Sequence[Status]) -> Sequence[Delivery]:
    """Hold the planned deliveries that repeat one of `statuses`; return those held."""
    policy = ctx.settings.channel(name).guard
    if not statuses:
        return ()
    corpus = [seen(status) for status in statuses]
    done = []
    for delivery in _ahead(ctx, name, statuses):
        if not looks(policy, delivery):
            continue
        rulings = ctx.store.rulings_about(follower_text(delivery.content))
        said = judge_among(ctx, delivery, delivery.due, corpus, rulings)
        if after := carry_out(ctx, delivery, said):
            done.append(after)
    return done


def seen(status: Status) -> Seen:
    """Return a status as the guard compares it."""
    return Seen(
        source="timeline",
        ref=status.remote_id,
        text=status.text,
        at=status.at,
        author=status.author,
        url=status.url,
        reply_to=status.reply_to,
        pictures=status.pictures,
    )


def _read(ctx: Context, name: str, reader: str) -> CmctlError | None:
    at = ctx.now()
    known = ctx.store.reading(name)
    last = Last(known.read_at, known.whole_at, known.whole_since)
    since, whole = reach(at, ctx.settings.channel(name).guard.window, last)
    try:
        if not calls.can(ctx, name, Timeline):
            return None
        statuses = calls.listed(ctx, name, since)
    except CmctlError as problem:
        _blind(ctx, name, problem, at)
        return problem
    if _sending(ctx, name):
        return None  # what is going out now may stand there without a receipt yet: not foreign
    prices = ctx.channels.checker(name).capabilities.prices
    charge = _charge(prices, statuses, known, at)
    observed = ctx.store.observe(
        name, statuses, since=since, at=at, whole=whole, reader=reader, charge=charge
    )
    told = [*with_pictures(ctx, name, observed.new), *observed.changed]
    hold_ahead(ctx, name, told)
    collide(ctx, name, [seen(status) for status in told])
    reconsider_causes(ctx, name, observed)
    index(ctx, name)  # whoever reads; the rest of a long history is left to the watch
    return None


def _charge(prices: Prices | None, statuses: Sequence[Status], known: Reading, at: datetime) -> int:
    """Return what a reading cost: each status is paid for once a day of UTC."""
    if prices is None:
        return 0
    if known.whole_at is not None and known.read_at is not None and _same_day(known.whole_at, at):
        since = known.read_at
        return prices.read * sum(status.at > since for status in statuses)
    return prices.read * len(statuses)


def _same_day(one: datetime, other: datetime) -> bool:
    return one.astimezone(UTC).date() == other.astimezone(UTC).date()


def _blind(ctx: Context, name: str, problem: CmctlError, at: datetime) -> None:
    """Write down that a timeline cannot be read, and tell it once until it can be again."""
    if not isinstance(problem, LockedOutError):
        notice = Notice("blind", name, 0, f"{name}: the timeline cannot be read: {problem}")
        ctx.store.blind(name, problem=str(problem), at=at, notice=notice)
        return
    ctx.channels.forget(name)
    ctx.store.blind(name, problem=str(problem), at=at)
    # Apart from blindness: a network that was away may come back and not let us in.
    what = f"locked out of {name} after {ctx.store.read_at(name)}"
    notice = Notice("token", name, 0, f"{name}: {locked_out(name, problem).detail}")
    ctx.store.tell_once(what, at=at, notice=notice)


def _sending(ctx: Context, name: str) -> bool:
    open_ = ctx.store.in_flight()
    return any(one.key.channel == name and one.state is State.SENDING for one in open_)


def _ahead(ctx: Context, name: str, statuses: Sequence[Status]) -> Sequence[Delivery]:
    window = ctx.settings.channel(name).guard.window
    latest = max(status.at for status in statuses)
    query = Query(states=frozenset({State.PLANNED}), channel=name, until=latest + window)
    return ctx.store.deliveries(query)
