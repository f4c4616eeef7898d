"""What a text is judged against: everything in its window, or of a long history what is like it."""

from collections.abc import Sequence
from datetime import timedelta

from cmctl.app.context import Context
from cmctl.core.guard.retrieval import NEAREST, terms
from cmctl.core.model import Seen

#: How many texts are indexed in one commit.
_BATCH = 500


def corpus(ctx: Context, name: str, text: Seen, window: timedelta) -> Sequence[Seen]:
    """Return the texts of `client/channel` that `text` is compared with.

    All within `window`; of a long history the latest, what is not indexed yet, and what shares
    most with `text`. The queue is there whole from the edge of the latest on.
    """
    since, until = text.at - window, text.at + window
    edge = ctx.store.edge(name, since=since, until=until, count=NEAREST)
    if edge is None:
        return ctx.store.seen(name, since=since, until=until)
    found = [
        *ctx.store.seen(name, since=edge, until=until),
        *ctx.store.unindexed(name, limit=NEAREST),
        *ctx.store.likest(name, terms(text.text), since=since, until=until),
    ]
    return sorted({(one.source, one.ref): one for one in found}.values(), key=lambda one: one.at)


def index(ctx: Context, name: str) -> None:
    """Let the texts of a long history be found by their words; nothing where it is short."""
    now = ctx.now()
    since = now - ctx.settings.channel(name).guard.window
    if ctx.store.edge(name, since=since, until=now, count=NEAREST) is None:
        return
    while batch := ctx.store.unindexed(name, limit=_BATCH):
        ctx.store.index(name, {seen: terms(seen.text) for seen in batch})
