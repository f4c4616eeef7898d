"""How far each worker is, in memory that it shares with who kills it.

A worker that is killed before it has anything in hand proves little, and most of a worker's short
life is its start. So the scheduler waits a moment for one that has called the network.
"""

import mmap
import struct
from threading import Lock

from cmctl.app.publishing.points import Point

_PLACES = {point: place for place, point in enumerate(Point)}


class Progress:
    """How often a worker has reached each point; written by the worker, read by all."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 4 * len(_PLACES))
        self._gate = Lock()

    def reached(self, point: Point) -> int:
        """Count one more; return how often it has been there."""
        at = 4 * _PLACES[point]
        with self._gate:
            count = self.count(point) + 1
            self._memory[at : at + 4] = struct.pack("I", count)
        return count

    def count(self, point: Point) -> int:
        """Return how often it has been there."""
        at = 4 * _PLACES[point]
        return int(struct.unpack("I", self._memory[at : at + 4])[0])

    @property
    def has_begun(self) -> bool:
        """Whether it is at work."""
        return any(map(self.count, Point))

    @property
    def is_calling(self) -> bool:
        """Whether a call to the network has no answer yet."""
        return self.count(Point.AFTER_INTENT) > self.count(Point.AFTER_ANSWER)
