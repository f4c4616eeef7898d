"""One whole turn over a workspace: what cron runs, and what the daemon does bit by bit."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from cmctl.app.advise import advise
from cmctl.app.context import Context
from cmctl.app.publish import drain
from cmctl.app.watch import refresh
from cmctl.core.model import Delivery, State
from cmctl.core.watching import interval
from cmctl.store.base import Query

#: More channels than this wait for one another.
MOST_LANES = 64


def publish_due(ctx: Context, done: Callable[[Delivery], None]) -> None:
    """Publish everything that is due, one lane a channel; `done` hears of each as it turned out."""

    def lane(name: str) -> None:
        for delivery in drain(ctx, name):
            done(delivery)

    _on_lanes(lane, ctx.store.due_channels(ctx.now()))


def watch_all(ctx: Context, *, force: bool = False) -> Sequence[tuple[str, str]]:
    """Read every timeline whose last reading is too old; return the channels that are blind.

    A pair is a channel and why its timeline could not be read.
    """
    blind: list[tuple[str, str]] = []

    def look(name: str) -> None:
        newer_than = ctx.now() if force else _newer_than(ctx, name)
        if problem := refresh(ctx, name, newer_than=newer_than):
            blind.append((name, problem))

    names = [row.name for row in ctx.settings.channels() if row.guard.enabled]
    _on_lanes(look, names)
    return sorted(blind)


def advise_all(ctx: Context) -> Iterator[Delivery]:
    """Judge what changed in every client's queue; yield what is held now."""
    for client in ctx.settings.clients:
        yield from advise(ctx, client)


def _newer_than(ctx: Context, name: str) -> datetime:
    query = Query(states=frozenset({State.PLANNED}), channel=name, limit=1)
    ahead = ctx.store.deliveries(query)
    due = ahead[0].due if ahead else None
    now = ctx.now()
    return now - interval(now, due, ctx.settings.channel(name).zone)


def _on_lanes(work: Callable[[str], None], names: Sequence[str]) -> None:
    if not names:
        return
    with ThreadPoolExecutor(min(MOST_LANES, len(names)), thread_name_prefix="lane") as lanes:
        for lane in [lanes.submit(work, name) for name in names]:
            lane.result()
