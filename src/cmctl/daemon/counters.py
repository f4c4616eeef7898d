"""What this process has done since it began, counted for who watches it."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from cmctl.app.health.figures import Figure
from cmctl.core.model import Delivery, State

#: Upper bounds of the lateness, in seconds.
BOUNDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
#: What a lane's work on a delivery came to.
_OUTCOMES = {
    State.PUBLISHED: "published",
    State.REFUSED: "refused",
    State.UNCERTAIN: "uncertain",
    State.PLANNED: "unsent",
    State.HELD: "held",
}
#: What the network's answer was, where it was no publication.
_ERRORS = {State.REFUSED: "refused", State.UNCERTAIN: "uncertain", State.PLANNED: "unavailable"}

_Key = tuple[str, tuple[tuple[str, str], ...]]


class Counters:
    """Counters that only grow; safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[_Key] = Counter()
        self._buckets = [0] * len(BOUNDS)
        self._sum, self._count = 0.0, 0
        #: When tokens end, by channel, as it was last seen; replaced whole.
        self.token_ends: Mapping[str, datetime] = {}

    def settled(self, delivery: Delivery, now: datetime) -> None:
        """Count what became of a delivery that a lane took."""
        outcome = _OUTCOMES.get(delivery.state, delivery.state.value)
        self._add("cmctl_attempts_total", network=delivery.network, outcome=outcome)
        if error := _ERRORS.get(delivery.state):
            self._add("cmctl_api_errors_total", network=delivery.network, kind=error)
        if delivery.state is State.PUBLISHED:
            at = (delivery.receipt.at if delivery.receipt else None) or now
            self._lateness(max((at - delivery.due).total_seconds(), 0.0))

    def blind(self, network: str) -> None:
        """Count a timeline that could not be read."""
        self._add("cmctl_api_errors_total", network=network, kind="timeline")

    def figures(self) -> Iterator[Figure]:
        """Yield what was counted so far."""
        with self._lock:
            counts, buckets = sorted(self._counts.items()), list(self._buckets)
            total, count = self._sum, self._count
        for (name, labels), value in counts:
            yield Figure(name, value, dict(labels))
        for bound, value in zip(BOUNDS, buckets, strict=True):
            yield Figure("cmctl_lateness_seconds_bucket", value, {"le": f"{bound:g}"})
        yield Figure("cmctl_lateness_seconds_bucket", count, {"le": "+Inf"})
        yield Figure("cmctl_lateness_seconds_sum", total)
        yield Figure("cmctl_lateness_seconds_count", count)

    def _add(self, name: str, **labels: str) -> None:
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += 1

    def _lateness(self, seconds: float) -> None:
        with self._lock:
            self._count += 1
            self._sum += seconds
            for index, bound in enumerate(BOUNDS):
                self._buckets[index] += seconds <= bound
