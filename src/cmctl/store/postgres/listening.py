"""Waking a daemon when another process commits what may be due at once, see LISTEN and NOTIFY."""

from collections.abc import Callable
from threading import Event, Thread

import psycopg

from cmctl.store.errors import StoreError
from cmctl.store.postgres.connecting import Raw

#: The channel of notifications; `queries.sql` names it too.
_CHANNEL = "cmctl"
#: Seconds until the end is looked for, and between tries to be connected again.
_TURN = 1.0


class Listener:
    """Rings for every notification, until it is closed; a lost connection is made again."""

    def __init__(self, connect: Callable[[], Raw], ring: Callable[[], None]) -> None:
        self._connect = connect
        self._ring = ring
        self._closed = Event()
        self._thread = Thread(target=self._run, name="cmctl-listen", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; safe to call twice."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._connect() as raw:
                    raw.execute(f"LISTEN {_CHANNEL}")
                    self._ring()  # what came before is not told
                    self._listen(raw)
            except (psycopg.Error, StoreError):  # the daemon asks every second all the same
                self._closed.wait(_TURN)

    def _listen(self, raw: Raw) -> None:
        while not self._closed.is_set():
            for _ in raw.notifies(timeout=_TURN, stop_after=1):
                self._ring()
