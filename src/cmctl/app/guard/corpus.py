"""What a text is judged against: everything in its window, or of a long history what is like it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cmctl.app.context import Context
from cmctl.core.guard.retrieval import NEAREST, terms
from cmctl.core.ledger import Ruling
from cmctl.core.model import Seen
from cmctl.store.base import Store

#: How many texts are indexed in one commit.
_BATCH = 500


def corpus(
    store: Store, name: str, text: Seen, window: timedelta, *, number: int = 0
) -> tuple[Sequence[Seen], Sequence[Ruling]]:
    """Return the texts of `client/channel` that `text` is compared with.

    All within `window`; of a long history the latest, what is not indexed yet, and what shares
    most with `text`. The queue is there whole from the edge of the latest on. With them come the
    rulings about delivery `number`.
    """
    since, until = text.at - window, text.at + window
    around = store.around(name, since=since, until=until, latest=NEAREST, number=number)
    if around.edge is None:
        return around.seen, around.rulings
    found = [
        *around.seen,
        *store.unindexed(name, limit=NEAREST),
        *store.likest(name, terms(text.text), since=since, until=until),
    ]
    each = {(one.source, one.ref): one for one in found}.values()
    return sorted(each, key=lambda one: one.at), around.rulings


def nearest(store: Store, name: str, at: datetime, window: timedelta) -> Sequence[Seen]:
    """Return the texts of `client/channel` around a time that say what it always writes."""
    return store.around(name, since=at - window, until=at + window, latest=NEAREST).seen


def index(ctx: Context, name: str) -> bool:
    """Let some more texts of a channel be found by their words; tell whether others are left."""
    return index_some(ctx.store, name, ctx.now(), ctx.settings.channel(name).guard.window)


def index_some(store: Store, name: str, now: datetime, window: timedelta) -> bool:
    """Do the same for `client/channel`; nothing where there are few texts in `window`."""
    if store.around(name, since=now - window, until=now, latest=NEAREST).edge is None:
        return False
    batch = store.unindexed(name, limit=_BATCH)
    store.index(name, {seen: terms(seen.text) for seen in batch})
    return len(batch) >= _BATCH
