"""Long histories that were read: what the first look looks at, kept while the program runs."""

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from cmctl.store.base import Store
from cmctl.store.sql.instants import milliseconds

if TYPE_CHECKING:
    from datetime import datetime

    from cmctl.core.guard.retrieval import History, Look

#: So many bytes are kept of all channels together, of those asked for last: a thousand drawn texts
#: on each of eighteen accounts, at 1,800 bytes each; many more of one, whose words are the same.
KEPT = 32 * 2**20
#: So many are fetched at once.
_PAGE = 2000


class Histories:
    """The long histories of a store, one a channel; safe to share between threads."""

    def __init__(self, store: Store, *, kept: int = KEPT) -> None:
        """Nothing is read yet."""
        self._store = store
        self._kept = kept
        self._known: OrderedDict[str, History] = OrderedDict()
        self._lock = Lock()

    def likest(
        self, channel: str, looking: "Look", *, since: "datetime", before: "datetime"
    ) -> Iterator[int]:
        """Yield the ids of indexed texts from a time up to another, the most worth comparing first.

        What was indexed meanwhile is read first.
        """
        with self._lock:
            history = self._read(channel)
            first, end = milliseconds(since), milliseconds(before)
            return history.likest(looking, since=first, before=end)

    @property
    def size(self) -> int:
        """About how many bytes all that is kept takes."""
        return sum(one.size for one in self._known.values())

    def _read(self, channel: str) -> "History":
        from cmctl.core.guard.retrieval import History  # noqa: PLC0415 - patterns take 50 ms
        from cmctl.core.guard.sketches import version  # noqa: PLC0415 - as above

        history = self._known.setdefault(channel, History())
        self._known.move_to_end(channel)
        made_by = version()
        while some := self._store.sketches(
            channel, version=made_by, after=history.last, limit=_PAGE
        ):
            for one in some:
                history.add(*one)
        while len(self._known) > 1 and self.size > self._kept:
            self._known.popitem(last=False)
        return history


_OF_STORES: "WeakKeyDictionary[Store, Histories]" = WeakKeyDictionary()


def histories(store: Store) -> Histories:
    """Return the long histories of a store."""
    found = _OF_STORES.get(store)
    return found if found is not None else _OF_STORES.setdefault(store, Histories(store))
