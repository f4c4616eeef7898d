"""Which ids are taken: the store remembers those that files have no more."""

from collections.abc import Iterable

from cmctl.store.base import Store


class TakenIds:
    """The ids that posts of a client have, or ever had; the store is asked for one at a time."""

    def __init__(self, store: Store, client: str, known: Iterable[str]) -> None:
        """`known` are those of the files."""
        self._store = store
        self._client = client
        self._known = set(known)

    def __contains__(self, identity: object) -> bool:
        """Tell whether an id is taken; an answer of the store is remembered."""
        wanted = str(identity)
        if wanted not in self._known and self._store.had(self._client, wanted):
            self._known.add(wanted)
        return wanted in self._known

    def add(self, identity: str) -> None:
        """Take an id."""
        self._known.add(identity)
