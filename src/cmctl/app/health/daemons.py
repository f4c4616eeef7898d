"""Which daemons work on the store, by their last word."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from cmctl.app.context import Context
from cmctl.app.health.finding import Finding, ok, warn
from cmctl.core.copies import fingerprint
from cmctl.core.show import duration
from cmctl.store.base import Daemon, Store

#: Several heartbeats were missed: it is dead, stopped or cut off.
SILENT = timedelta(seconds=45)


def working(store: Store, now: datetime, alive: Callable[[str], bool]) -> list[Daemon]:
    """Return the daemons that work, as far as anybody can know."""
    clock = store.clock(now)
    return [one for one in store.daemons() if clock - one.beat < SILENT and alive(one.name)]


def findings(ctx: Context) -> Iterator[Finding]:
    """Yield what is known of each daemon; nothing where none ever ran."""
    clock = ctx.store.clock(ctx.now())
    alive = {one.name for one in working(ctx.store, ctx.now(), ctx.alive)}
    planned = fingerprint({path: one.sha256 for path, one in ctx.store.sources().items()})
    for one in ctx.store.daemons():
        host, pid, _ = one.name.rsplit("/", 2)
        name, ago = f"daemon {host}/{pid}", duration(max(clock - one.beat, timedelta()))
        if one.name in alive and one.files not in {"", planned}:
            detail = "works, from other files than those that are planned from"
            yield warn(name, detail, f"bring its files up to date on {host} (git pull)")
        elif one.name in alive:
            yield ok(name, f"works, version {one.version}, heard of {ago} ago")
        else:
            detail = f"not heard of for {ago}; the others take over what it had"
            yield warn(name, detail, f"look at {host}; cmctl daemon starts one")
