"""The daemon: lanes that publish what is due, and ticks for everything that recurs.

What is due is a query on the store, waited for on the monotonic clock and asked again at least
every second, so that a clock that is set, or a suspended machine, delays nothing for long.
APScheduler makes the recurring ticks only; no job of it holds a post.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from cmctl.app.context import Context
from cmctl.app.publish import publish_next
from cmctl.store.base import StoreError

log = logging.getLogger(__name__)

#: The longest wait before the store is asked again what is due.
POLL = timedelta(seconds=1)
BREATH = timedelta(milliseconds=10)
#: More lanes than this wait for one another.
MOST_LANES = 64
#: How often a failing store is asked again.
STORE_WAIT = timedelta(seconds=5)

Tick = Callable[[Context], object]


class Daemon:
    """Publishes until it is told to stop; every channel is one lane, one call at a time."""

    def __init__(
        self,
        ctx: Context,
        ticks: Mapping[str, tuple[Tick, timedelta]],
        tell: Callable[[str], None],
        reload: Callable[[], Context | None],
    ) -> None:
        """`ticks` by name with their interval; `tell` is sd_notify.

        `reload` reads the configuration again; it returns None where the new configuration cannot be used: the old one stays.
        """
        self._ctx = ctx
        self._ticks = ticks
        self._tell = tell
        self._reload = reload
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._wants_reload = False
        self._busy: dict[str, Future[None]] = {}
        self._lanes = ThreadPoolExecutor(MOST_LANES, thread_name_prefix="lane")

    def stop(self) -> None:
        """End after the calls in flight; called by a signal handler."""
        self._stop.set()
        self._wake.set()

    def reload(self) -> None:
        """Read the configuration again; called by a signal handler."""
        self._wants_reload = True
        self._wake.set()

    def run(self) -> None:
        """Publish until `stop`; returns when no call is in flight any more."""
        scheduler = self._scheduler()
        scheduler.start()
        self._tell("READY=1\nSTATUS=publishing")
        try:
            while not self._stop.is_set():
                self._turn()
        finally:
            self._tell("STOPPING=1")
            scheduler.shutdown(wait=True)
            self._lanes.shutdown(wait=True)

    def _turn(self) -> None:
        """Start a lane for every channel with something due, then wait for the next."""
        self._wake.clear()
        if self._wants_reload:
            self._wants_reload = False
            self._ctx = self._reload() or self._ctx
        try:
            self._start_lanes()
            pause = self._pause()
        except StoreError as problem:
            log.error("the store does not answer: %s", problem)
            pause = STORE_WAIT
        self._tell("WATCHDOG=1")
        self._wake.wait(pause.total_seconds())

    def _start_lanes(self) -> None:
        for name in self._ctx.store.due_channels(self._ctx.now()):
            if name not in self._busy:
                self._busy[name] = self._lanes.submit(self._lane, name)
        self._busy = {name: lane for name, lane in self._busy.items() if not lane.done()}

    def _lane(self, name: str) -> None:
        try:
            while not self._stop.is_set():
                delivery = publish_next(self._ctx, name)
                if delivery is None:
                    return
                log.info(
                    "delivery %d: %s on %s: %s",
                    delivery.number,
                    delivery.key.post,
                    name,
                    delivery.state.value,
                )
        except StoreError as problem:
            log.error("%s: the store does not answer: %s", name, problem)
        except Exception:
            log.exception("%s: the lane failed; what it was doing is reconciled", name)
        finally:
            self._wake.set()

    def _pause(self) -> timedelta:
        due = self._ctx.store.next_due()
        if due is None:
            return POLL
        # Never quite zero: what cannot be claimed after all must not make this loop spin.
        return min(max(due - self._ctx.now(), BREATH), POLL)

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=UTC)
        for name, (_, every) in self._ticks.items():
            scheduler.add_job(
                self._tick,
                "interval",
                args=[name],
                seconds=every.total_seconds(),
                next_run_time=self._ctx.now(),
                id=name,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        return scheduler

    def _tick(self, name: str) -> None:
        try:
            self._ticks[name][0](self._ctx)
        except Exception as problem:
            log.exception("%s failed: %s", name, problem)
        finally:
            self._wake.set()
