"""Rights that one process has at a time, on whatever machine: a lease of the store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import get_ident
from typing import NamedTuple

from cmctl.store.base import Store


class Worker(NamedTuple):
    """Who asks for a right, and how it knows that whoever has it is dead."""

    #: `host/pid/start`.
    name: str
    alive: Callable[[str], bool]
    now: Callable[[], datetime]


@contextmanager
def right(store: Store, what: str, worker: Worker, *, life: timedelta) -> Iterator[bool]:
    """Have the right `what` for so long at most; yields False where another one has it."""
    owner = f"{worker.name}/{get_ident()}"
    has = store.lease(what, owner=owner, at=worker.now(), life=life)
    if has != owner and not worker.alive(has.rpartition("/")[0]):
        has = store.lease(what, owner=owner, at=worker.now(), life=life, instead_of=has)
    try:
        yield has == owner
    finally:
        store.end_lease(what, owner=owner)
