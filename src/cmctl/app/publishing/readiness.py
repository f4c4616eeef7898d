"""When what is due can really go out: its own wait, its channel's pace, a pause."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.core.model import Delivery, State
from cmctl.store.base import Query


class Wait(NamedTuple):
    """Until when a delivery waits though it is due, and what for."""

    #: None: until a person ends a pause.
    until: datetime | None
    #: A word or two: `pace`, `next try`, or a pause with its reason.
    why: str


class Lane:
    """A channel's turns, foreseen: one after the other, its pace between two."""

    def __init__(self, ctx: Context, name: str, now: datetime) -> None:
        #: Why it is paused, or empty.
        self.paused = _pause(ctx, name)
        self._now = now
        self._pace = ctx.settings.channel(name).pace
        self._free = ctx.store.free_at(name) or self._now

    def turn(self, due: datetime, not_before: datetime | None) -> Wait:
        """Return when the next delivery goes out; to be asked in the order of `ready`."""
        if self.paused:
            return Wait(None, f"paused: {self.paused}")
        own = max(ready(due, not_before), self._now)
        at = max(own, self._free)
        self._free = at + self._pace
        return Wait(at, "pace" if at > own else "next try")


def ready(due: datetime, not_before: datetime | None) -> datetime:
    """Return when a delivery may be claimed, as far as it is up to itself."""
    return max(due, not_before or due)


def _pause(ctx: Context, name: str) -> str:
    for pause in ctx.store.pauses():
        if pause.stops(name):
            return pause.reason or f"paused since {pause.since:%Y-%m-%d %H:%M} UTC"
    return ""


def waits_of_what_is_due(ctx: Context) -> Mapping[int, tuple[Delivery, Wait]]:
    """Return by its number what is due and planned, but cannot be claimed yet."""
    now = ctx.now()
    due = ctx.store.deliveries(Query(states=frozenset({State.PLANNED}), until=now))
    lanes = {one.name: Lane(ctx, one.name, now) for one in ctx.settings.channels()} if due else {}
    found = {}
    for one in sorted(due, key=lambda one: (ready(one.due, one.not_before), one.number)):
        if (lane := lanes.get(one.key.channel)) is None:
            continue  # configured no more, and its file cannot be read
        wait = lane.turn(one.due, one.not_before)
        if wait.until is None or wait.until > now:  # else it came due this very moment
            found[one.number] = (one, wait)
    return found
