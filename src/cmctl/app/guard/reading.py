"""The one right to read a channel's timeline: never two readings at once, in whatever process."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from threading import Event, Thread, get_ident

from cmctl.app.context import LEASE, Context
from cmctl.store.base import StoreError

#: A reader that is dead, stopped or cut off on another machine is waited for no longer than a
#: lease; one that works renews its right meanwhile, for a long history takes minutes.
RENEWED = LEASE / 3
#: The longest that a right is renewed: an adapter that never comes back keeps nobody out for ever.
LONGEST = timedelta(minutes=15)
#: Seconds until a timeline that another one reads is looked at again.
PAUSE = 0.2


@contextmanager
def reading(ctx: Context, name: str) -> Iterator[str]:
    """Read the timeline of `client/channel` alone, after whoever reads it now; yields the reader.

    The reader is what the store's `observe` is told.
    """
    while not (reader := take(ctx, name)):
        ctx.wait(PAUSE)
    with kept(ctx, name, reader):
        yield reader


def take(ctx: Context, name: str) -> str:
    """Take the right to read a timeline and return the reader; empty where another one has it."""
    reader = f"{ctx.worker}/{get_ident()}"
    begin = partial(ctx.store.begin_reading, name, reader=reader, at=ctx.now(), lease=LEASE)
    has = begin().reader
    if has != reader and not ctx.alive(has.rpartition("/")[0]):
        has = begin(instead_of=has).reader
    return reader if has == reader else ""


@contextmanager
def kept(ctx: Context, name: str, reader: str) -> Iterator[None]:
    """Keep the right that `reader` took until the block ends, then give it back."""
    ended = Event()
    renewing = Thread(target=_renew, args=(ctx, name, reader, ended), name="reading", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        ctx.store.end_reading(name, reader=reader)


def _renew(ctx: Context, name: str, reader: str, ended: Event) -> None:
    for _ in range(LONGEST // RENEWED):
        if ended.wait(RENEWED.total_seconds()):
            return
        with suppress(StoreError):  # it may answer again before the lease is over
            ctx.store.keep_reading(name, reader=reader, at=ctx.now(), lease=LEASE)
