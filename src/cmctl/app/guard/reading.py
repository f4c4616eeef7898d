"""The one right to read a channel's timeline: never two readings at once, in whatever process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import get_ident

from cmctl.app.context import Context
from cmctl.app.health.daemons import silent

#: How long the right is good for where nobody can know whether its reader still lives, as of a run
#: on another machine: the first reading of a long history takes minutes.
RIGHT = timedelta(minutes=15)
#: Seconds until a timeline that another one reads is looked at again.
PAUSE = 0.2


@contextmanager
def reading(ctx: Context, name: str) -> Iterator[str]:
    """Read the timeline of `client/channel` alone, after whoever reads it now; yields the reader.

    The reader is what the store's `observe` is told.
    """
    while not (reader := take(ctx, name)):
        ctx.wait(PAUSE)
    try:
        yield reader
    finally:
        ctx.store.end_reading(name, reader=reader)


def take(ctx: Context, name: str) -> str:
    """Take the right to read a timeline and return the reader; empty where another one has it."""
    reader = f"{ctx.worker}/{get_ident()}"
    at = ctx.now()
    begin = partial(ctx.store.begin_reading, name, reader=reader, at=at, lease=RIGHT)
    has = begin().reader
    if has != reader and _is_gone(ctx, has.rpartition("/")[0]):
        has = begin(instead_of=has).reader
    return reader if has == reader else ""


def _is_gone(ctx: Context, worker: str) -> bool:
    """Tell whether a reader is dead, or a daemon elsewhere that is stopped or cut off."""
    return not ctx.alive(worker) or silent(ctx.store, worker, ctx.now())
