"""Whether the daemon's lanes and ticks get on with their work: what the watchdog is tied to."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

#: A lane that finishes nothing for so long is stuck: more than any number of deadlines of one
#: delivery with its images and a long thread, or with a film on a slow line. In seconds.
LANE = 1800.0
#: The guard may look at thousands of new posts for minutes.
TICK = 1800.0

Step = Callable[[], None]


class Progress:
    """What is at work now, and when each last got one step further."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is in seconds and never goes back."""
        self._clock = clock
        self._lock = threading.Lock()
        #: By name: the last step, and how long the next may take.
        self._work: dict[str, tuple[float, float]] = {}

    @contextmanager
    def working(self, name: str, patience: float) -> Iterator[Step]:
        """Be at work under a name; each call of what is given is a step."""

        def step() -> None:
            with self._lock:
                self._work[name] = self._clock(), patience

        step()
        try:
            yield step
        finally:
            with self._lock:
                del self._work[name]

    def stuck(self) -> Sequence[str]:
        """Return the names of what made no step for too long, sorted."""
        now = self._clock()
        with self._lock:
            return sorted(
                name for name, (last, patience) in self._work.items() if now - last > patience
            )
