"""The one right to renew a token: never two machines at once, where they share its place."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

from cmctl.app.rights import Worker, right
from cmctl.store.base import Store

#: Longer than the one request that renewing takes.
LIFE = timedelta(seconds=60)

#: Takes the right to renew the token of `client/channel`; tells whether it is ours.
Right = Callable[[str], AbstractContextManager[bool]]


@contextmanager
def alone(_name: str) -> Iterator[bool]:
    """Have the right without asking anybody: nothing but the lock of the place is shared."""
    yield True


def shared(open_store: Callable[[], Store], worker: Worker) -> Right:
    """Return what takes the right in a store, which all machines share; opened when it is asked."""
    return lambda name: right(open_store(), f"renew the token of {name}", worker, life=LIFE)
