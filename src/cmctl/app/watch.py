"""Read the accounts' real timelines, and hold what the owner has told already."""

from collections.abc import Sequence
from datetime import datetime

from cmctl.app.context import Context
from cmctl.app.judging import candidate, looks
from cmctl.app.meaning import judged
from cmctl.app.verdicts import carry_out
from cmctl.channels.base import ChannelError, Timeline
from cmctl.core.errors import CmctlError
from cmctl.core.model import Delivery, Seen, State, Status
from cmctl.store.base import Query


def refresh(ctx: Context, name: str, *, newer_than: datetime) -> str:
    """Read the timeline of `client/channel`, unless it was read since `newer_than`.

    What it newly tells is judged against the queue ahead at once. Returns why it could not be read,
    empty where it was. A network without a timeline counts as read: nobody could look.
    """
    with ctx.channels.reading(name):
        read_at = ctx.store.read_at(name)
        # A reading that lies ahead was made before the clock was set back: nobody knows how old.
        if read_at is not None and newer_than <= read_at <= ctx.now():
            return ""
        return _read(ctx, name)


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
        text = candidate(delivery, delivery.due)
        said = judged(ctx.encoder, text, corpus, window=policy.window)
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
    )


def _read(ctx: Context, name: str) -> str:
    since = ctx.now() - ctx.settings.channel(name).guard.window
    try:
        channel = ctx.channels.open(name)
        if not isinstance(channel, Timeline):
            return ""
        statuses = list(channel.timeline(since))
    except (ChannelError, CmctlError) as problem:
        ctx.store.blind(name, problem=str(problem), at=ctx.now())
        return str(problem)
    if _sending(ctx, name):
        return ""  # what is going out now may stand there without a receipt yet: not foreign
    observed = ctx.store.observe(name, statuses, since=since, at=ctx.now())
    hold_ahead(ctx, name, [*observed.new, *observed.changed])
    return ""


def _sending(ctx: Context, name: str) -> bool:
    open_ = ctx.store.in_flight()
    return any(one.key.channel == name and one.state is State.SENDING for one in open_)


def _ahead(ctx: Context, name: str, statuses: Sequence[Status]) -> Sequence[Delivery]:
    window = ctx.settings.channel(name).guard.window
    latest = max(status.at for status in statuses)
    query = Query(states=frozenset({State.PLANNED}), channel=name, until=latest + window)
    return ctx.store.deliveries(query)
