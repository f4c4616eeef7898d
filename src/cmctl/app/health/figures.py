"""What the store can be measured by: how much waits, how late it is, how old the readings are."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.core.model import State
from cmctl.store.base import Query

#: Longer than any notice is put off.
_FAR = timedelta(days=1)
_MOST = 1000


class Figure(NamedTuple):
    """One measured value, under a name that `daemon/exposition.py` explains."""

    name: str
    value: float
    labels: Mapping[str, str] = {}


def figures(ctx: Context, ends: Mapping[str, datetime]) -> Iterator[Figure]:
    """Yield what can be read from the store now; nothing is written.

    `ends` is when tokens end, by channel, as it was last seen: whoever asks for figures every few
    seconds makes nobody read a secret.
    """
    now = ctx.now()
    for state in State:
        count = ctx.store.count(Query(states=frozenset({state})))
        yield Figure("cmctl_deliveries", count, {"state": state.value})
    yield from _held(ctx)
    due = ctx.store.deliveries(Query(states=frozenset({State.PLANNED}), until=now, limit=1))
    late = (now - due[0].due).total_seconds() if due else 0.0
    yield Figure("cmctl_due_late_seconds", late)
    for channel in ctx.settings.channels():
        read_at = ctx.store.read_at(channel.name) if channel.guard.enabled else None
        if read_at is not None:
            lag = max((now - read_at).total_seconds(), 0.0)
            yield Figure("cmctl_watch_lag_seconds", lag, {"channel": channel.name})
    for name, at in ends.items():
        left = (at - now) / timedelta(days=1)
        yield Figure("cmctl_token_days_left", left, {"channel": name})
    yield Figure("cmctl_pauses", len(ctx.store.pauses()))
    waiting = ctx.store.outbox(now=now + _FAR, limit=_MOST)
    yield Figure("cmctl_notices_waiting", len(waiting))


def _held(ctx: Context) -> Iterator[Figure]:
    held = ctx.store.deliveries(Query(states=frozenset({State.HELD})))
    reasons = Counter(delivery.hold.reason.value for delivery in held if delivery.hold)
    for reason, count in sorted(reasons.items()):
        yield Figure("cmctl_held", count, {"reason": reason})
