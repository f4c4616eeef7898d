"""Waking the daemon's loop, also from a signal handler."""

import os
import select
from contextlib import suppress


class Bell:
    """Wakes the one thread that waits for it; rung from any thread and from signal handlers.

    It lasts as long as the process: a late signal must never write into a pipe's number that
    another file has by then.

    A pipe and no `threading.Event`: a handler runs in the middle of whatever its thread does, and
    would wait for ever for a lock that this very thread holds.
    """

    def __init__(self) -> None:
        self._ours, self._theirs = os.pipe()
        os.set_blocking(self._ours, False)
        os.set_blocking(self._theirs, False)
        self._poll = select.poll()
        self._poll.register(self._ours, select.POLLIN)

    def ring(self) -> None:
        """Let `wait` return, now or as soon as it is called."""
        with suppress(BlockingIOError):  # full: it was rung often enough
            os.write(self._theirs, b"!")

    def wait(self, seconds: float) -> None:
        """Return when it was rung since the last call, or after so long on the monotonic clock."""
        self._poll.poll(max(0, round(seconds * 1000)))
        with suppress(BlockingIOError):
            while os.read(self._ours, 4096):
                pass
