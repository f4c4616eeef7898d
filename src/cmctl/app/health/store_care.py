"""Looking after the store: what is in it, its backup, and its way to another place."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from cmctl.app.context import Context
from cmctl.app.health.daemons import working
from cmctl.core.errors import CmctlError
from cmctl.core.model import State
from cmctl.store.base import Query, Store
from cmctl.store.copying import Copied, copy
from cmctl.store.copying.tables import Place

Scalar = str | int


def status(ctx: Context) -> Mapping[str, Scalar]:
    """Return what a person wants to know of the store, by name."""
    info = ctx.store.info()
    states = {state: ctx.store.count(Query(states=frozenset({state}))) for state in State}
    last = ctx.store.events(limit=1)
    return {
        "engine": info["engine"],
        "path": info["path"],
        "version": int(info["version"] or 0),
        "epoch": info["epoch"],
        "bytes": int(info["bytes"] or 0),
        "events": last[0].id if last else 0,
        **{state.value: count for state, count in states.items()},
        "daemons": len(working(ctx.store, ctx.now(), ctx.alive)),
    }


def copied(
    source: Place, target: Place, store: Store, now: datetime, alive: Callable[[str], bool]
) -> Copied:
    """Copy a store; `store` is the source as daemons know it.

    Raises:
        CmctlError: a daemon works on it, or the target holds something else.
    """
    if busy := working(store, now, alive):
        names = ", ".join(one.name for one in busy)
        message = f"a daemon works on the store that is to be copied: {names}"
        raise CmctlError(message, hint="end it first: what it writes meanwhile would be missing")
    return copy(source, target)


def back_up(file: Path | None, source: Place, to: Path, at: int) -> None:
    """Write a store to a new SQLite file that knows that it is a backup of `at`, in milliseconds.

    `file` is the store where it is one; daemons work on meanwhile.

    Raises:
        StoreError: the file is there already, or cannot be written.
    """
    from cmctl.store.sqlite import backup  # noqa: PLC0415 - sqlite3 is not needed by every command

    if file is not None:
        backup.back_up(file, to, at)
    else:
        backup.back_up_rows(source, to, at)
