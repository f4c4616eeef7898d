"""Ask the guard before a post is written, and about everything that is there already."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.meaning import judged
from cmctl.app.rulings import unsettled
from cmctl.app.watch import refresh
from cmctl.core.errors import UsageError
from cmctl.core.model import Match, Seen, Verdict
from cmctl.core.settings import ChannelSettings

#: Further away than any post.
_BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=3650)


class Answer(NamedTuple):
    """What the guard says of a text on one channel."""

    channel: ChannelSettings
    text: Seen
    verdict: Verdict
    #: Why the timeline could not be read; empty where it was.
    blind: str = ""


class Repeated(NamedTuple):
    """A text of an account, and an earlier one there whose news it tells."""

    channel: str
    text: Seen
    match: Match


def channels_of(ctx: Context, client: str, channel: str = "") -> Sequence[ChannelSettings]:
    """Return the channels that a person means.

    Raises:
        UsageError: there is no such client or channel.
    """
    known = ctx.settings.clients
    if client and client not in known:
        raise UsageError(f"there is no client {client!r}", hint=f"one of {', '.join(known)}")
    meant = [known[client]] if client else list(known.values())
    every = [one for row in meant for one in row.channels.values()]
    found = [one for one in every if channel in {"", one.name, one.short}]
    if not found:
        names = ", ".join(one.name for one in every)
        raise UsageError(f"there is no channel {channel!r}", hint=f"one of {names}")
    return found


def check_text(
    ctx: Context, text: str, channels: Sequence[ChannelSettings], at: datetime
) -> Iterator[Answer]:
    """Yield what the guard would say of a text that went out at `at`, over fresh timelines."""
    for channel in channels:
        policy = channel.guard
        blind = refresh(ctx, channel.name, newer_than=ctx.now() - policy.freshness)
        ours = Seen(source="queue", ref="", text=text, at=at)
        corpus = ctx.store.seen(channel.name, since=at - policy.window, until=at + policy.window)
        yield Answer(channel, ours, judged(ctx.encoder, ours, corpus, policy), blind)


def texts_of(ctx: Context, name: str) -> Sequence[Seen]:
    """Return every text of an account, planned, published or foreign, in order of time."""
    found = ctx.store.seen(name, since=_BEGINNING, until=ctx.now() + _AHEAD)
    return sorted(found, key=lambda seen: (seen.at, seen.source, seen.ref))


def repeated(ctx: Context, name: str, texts: Sequence[Seen], index: int) -> Repeated | None:
    """Return the earlier text whose news `texts[index]` tells, if there is one.

    What somebody else wrote is compared with ours alone: how others repeat themselves is theirs.
    """
    text, policy = texts[index], ctx.settings.channel(name).guard
    earlier = [
        seen
        for seen in texts[:index]
        if text.at - seen.at <= policy.window
        and (not text.post or seen.post != text.post)
        and (text.source != "timeline" or seen.source != "timeline")
    ]
    if text.source != "timeline":
        earlier = list(unsettled(text.text, earlier, ctx.store.rulings_about(int(text.ref))))
    said = judged(ctx.encoder, text, earlier, policy)
    for match in said.matches:
        if text.source != "timeline" or _is_open(ctx, text, match.seen):
            return Repeated(name, text, match)
    return None


def _is_open(ctx: Context, theirs: Seen, ours: Seen) -> bool:
    """Tell whether nobody has settled a foreign text that follows ours."""
    return bool(unsettled(ours.text, [theirs], ctx.store.rulings_about(int(ours.ref))))
