"""The one right to renew a token: never two machines at once, where they share its place."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from threading import get_ident

from cmctl.store.base import Store

#: Longer than the one request that renewing takes.
LIFE = timedelta(seconds=60)

#: Takes the right to renew the token of `client/channel`; tells whether it is ours.
Right = Callable[[str], AbstractContextManager[bool]]


@contextmanager
def alone(_name: str) -> Iterator[bool]:
    """Have the right without asking anybody: nothing but the lock of the place is shared."""
    yield True


def shared(
    open_store: Callable[[], Store],
    worker: str,
    alive: Callable[[str], bool],
    now: Callable[[], datetime],
) -> Right:
    """Return what takes the right in a store, which all machines share; opened when it is asked."""

    @contextmanager
    def right(name: str) -> Iterator[bool]:
        store = open_store()
        what, owner = f"renew the token of {name}", f"{worker}/{get_ident()}"
        has = store.lease(what, owner=owner, at=now(), life=LIFE)
        if has != owner and not alive(has.rpartition("/")[0]):
            has = store.lease(what, owner=owner, at=now(), life=LIFE, instead_of=has)
        try:
            yield has == owner
        finally:
            store.end_lease(what, owner=owner)

    return right
