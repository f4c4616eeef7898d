"""What a text is judged against: everything in its window, or of a long history what is like it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from cmctl.app.context import Context
from cmctl.app.guard.histories import histories
from cmctl.core.guard.terms import LIKEST, NEAREST
from cmctl.core.ledger import Ruling
from cmctl.core.model import Seen
from cmctl.store.base import Around, Store

#: How many texts are indexed in one commit.
_BATCH = 500

#: Leaves of some texts those that one can repeat; the rulings are about what it says.
Among = Callable[[Sequence[Seen], Sequence[Ruling]], Sequence[Seen]]


def corpus(
    store: Store,
    name: str,
    text: Seen,
    window: timedelta,
    *,
    among: Among = lambda seen, _: seen,
) -> tuple[Sequence[Seen], Sequence[Ruling]]:
    """Return the texts of `client/channel` that `text` is compared with.

    With them come the rulings about it. They are all `among` those within `window`; of a
    long history the latest, what has no sketch yet, and of all before what `judge` would choose
    from it. The queue is there whole from the edge of the latest on.
    """
    since, until = text.at - window, text.at + window
    around = store.around(name, since=since, until=until, latest=NEAREST, text=text.text)
    near = among(around.seen, around.rulings)
    if around.edge is None:
        return near, around.rulings
    from cmctl.core.guard.sketches import version  # noqa: PLC0415 - its patterns take 50 ms

    left = among(store.unindexed(name, version=version(), limit=NEAREST), around.rulings)
    far = islice(_likest(store, name, text, near, around, since, among), LIKEST)
    each = {(one.source, one.ref): one for one in (*near, *left, *far)}.values()
    return sorted(each, key=lambda one: one.at), around.rulings


def _likest(  # noqa: PLR0913, PLR0917 - one search, told what is known already
    store: Store,
    name: str,
    text: Seen,
    near: Sequence[Seen],
    around: Around,
    since: datetime,
    among: Among,
) -> Iterator[Seen]:
    """Yield the texts before the edge, those that are most worth comparing first."""
    from cmctl.core.guard.retrieval import look  # noqa: PLC0415 - its patterns take 50 ms
    from cmctl.core.guard.threads import as_read  # noqa: PLC0415 - as above

    if around.edge is None:
        return
    others = [one for one in as_read(near) if (one.source, one.ref) != (text.source, text.ref)]
    found = histories(store).likest(name, look(text, others), since=since, before=around.edge)
    while some := list(islice(found, LIKEST)):
        there = store.indexed(some, since=since, until=around.edge)
        yield from (one for one in among(there, around.rulings) if not one.reply_to)


def nearest(store: Store, name: str, at: datetime, window: timedelta) -> Sequence[Seen]:
    """Return the texts of `client/channel` around a time that say what it always writes."""
    return store.around(name, since=at - window, until=at + window, latest=NEAREST).seen


def index(ctx: Context, name: str) -> bool:
    """Note what the first look looks at of some more texts; tell whether others are left."""
    return index_some(ctx.store, name)


def index_some(store: Store, name: str) -> bool:
    """Do the same for `client/channel`: what was never noted, then what was by other lists."""
    from cmctl.core.guard.sketches import sketch, version  # noqa: PLC0415 - as above

    batch = store.unindexed(name, version=version(), limit=_BATCH)
    if batch:
        store.index(name, version(), {seen: sketch(seen.text) for seen in batch})
    return len(batch) >= _BATCH
