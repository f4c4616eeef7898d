"""Ask the guard before a post is written, and about everything that is there already."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.guard.corpus import Among, corpus
from cmctl.app.guard.meaning import judged
from cmctl.app.guard.rulings import Ours, unsettled
from cmctl.app.guard.watch import refresh
from cmctl.core.errors import UsageError
from cmctl.core.guard.retrieval import History, look
from cmctl.core.guard.sketches import sketch
from cmctl.core.guard.terms import LIKEST, NEAREST
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
    """Yield what the guard would say of a text that went out at `at`, over fresh timelines.

    It is judged as the queue is, by what stands before it; where that finds nothing, beside what
    is planned afterwards, which would be held for it.
    """
    for channel in channels:
        policy = channel.guard
        blind = refresh(ctx, channel.name, newer_than=ctx.now() - policy.freshness)
        ours = Seen(source="queue", ref="", text=text, at=at)
        said = _among(ctx, channel, ours, _before(ours))
        if not said.matches:
            said = _among(ctx, channel, ours, lambda seen, _: seen)
        yield Answer(channel, ours, said, str(blind or ""))


def _before(ours: Seen) -> Among:
    """Leave out what is planned after a text, as where the queue is judged: that one would wait."""
    return lambda seen, _: [one for one in seen if one.source != "queue" or one.at <= ours.at]


def _among(ctx: Context, channel: ChannelSettings, ours: Seen, among: Among) -> Verdict:
    known, _ = corpus(ctx.store, channel.name, ours, channel.guard.window, among=among)
    return judged(ctx.encoder, ours, known, channel.guard, channel.zone)


class Scan:
    """One account, whose texts are compared in the order of their times with those before them."""

    def __init__(self, ctx: Context, name: str) -> None:
        """Read every text of `client/channel`: planned, published or foreign."""
        found = ctx.store.seen(name, since=_BEGINNING, until=ctx.now() + _AHEAD)
        #: What `repeated` is asked about, in this order.
        self.texts = sorted(found, key=lambda seen: (seen.at, seen.source, seen.ref))
        self._ctx = ctx
        self._name = name
        self._passed = 0
        self._history = History()

    def repeated(self, text: Seen) -> Repeated | None:
        """Return the earlier text whose news the next of `texts` tells, if there is one.

        What somebody else wrote is compared with ours alone: how others repeat themselves is
        theirs. What a person has settled is left out.
        """
        channel = self._ctx.settings.channel(self._name)
        policy = channel.guard
        # What others wrote has no post.
        earlier = [one for one in self._earlier(text, policy.window) if one.post != text.post]
        said = judged(self._ctx.encoder, text, earlier, policy, channel.zone)
        found = (match for match in said.matches if self._is_open(text, match.seen))
        match = next(found, None)
        return Repeated(self._name, text, match) if match else None

    def _earlier(self, text: Seen, window: timedelta) -> Iterator[Seen]:
        """Yield the texts within the window: of very many the nearest, and what is likest."""
        here = self._passed
        start = bisect_left(self.texts, text.at - window, hi=here, key=lambda seen: seen.at)
        near = max(start, here - NEAREST)
        if start < near:
            looking = look(text, self.texts[near:here])
            likest = self._history.likest(looking, since=start, before=near)
            yield from (self.texts[number] for number in sorted(islice(likest, LIKEST)))
        yield from self.texts[near:here]
        if len(self.texts) > NEAREST:
            self._history.add(here, here, sketch(text.text))
        self._passed += 1

    def _is_open(self, text: Seen, other: Seen) -> bool:
        """Tell whether nobody has settled two texts, one of them ours."""
        ours, theirs = (other, text) if text.source == "timeline" else (text, other)
        about = Ours(self._name, int(ours.ref), ours.text)
        return bool(unsettled(about, [theirs], self._ctx.store.rulings_about(ours.text)))
