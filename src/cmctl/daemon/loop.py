"""The daemon's loop: a lane for every channel with something due, and the clock of the ticks.

What is due is a query on the store, waited for on the monotonic clock and asked again at least
every second, so that a clock that is set, or a suspended machine, delays nothing for long.
APScheduler makes the recurring ticks only; no job of it holds a post.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from cmctl.app.about import about
from cmctl.app.context import Context
from cmctl.app.publishing.lanes import MOST_LANES
from cmctl.app.publishing.publish import drain
from cmctl.app.publishing.restored import hold_past_due
from cmctl.app.run import reserve
from cmctl.core.errors import CmctlError
from cmctl.core.model import Delivery
from cmctl.core.show import duration
from cmctl.daemon.bell import Bell
from cmctl.daemon.counters import Counters
from cmctl.daemon.current import Current
from cmctl.daemon.progress import LANE, TICK, Progress
from cmctl.daemon.saying import Saying
from cmctl.daemon.systemd import Tell
from cmctl.daemon.ticks import Tick
from cmctl.store.base import StoreError

log = logging.getLogger(__name__)

#: The longest wait before the store is asked again what is due.
POLL = timedelta(seconds=1)
#: How long a store or a lane that failed is left alone.
REST = timedelta(seconds=5)
#: A tick that asks for a reload has ended by then.
SOON = timedelta(milliseconds=200)
#: A clock that went back by more was set; scheduled ticks would wait for the old time.
SET_BACK = timedelta(seconds=1)


class FromNow(BaseTrigger):  # type: ignore[misc] # APScheduler ships no types
    """Ticks counted from the last one that ran.

    APScheduler's own interval lists every tick that was missed before it merges them: after a clock
    set on by a year that is a gigabyte, and minutes without any tick.
    """

    def __init__(self, every: timedelta) -> None:
        self._every = every

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return when the next tick is, as APScheduler asks for it."""
        return now if previous is None else now + self._every


class Daemon:
    """Publishes until it is told to stop; every channel is one lane, one call at a time."""

    def __init__(  # noqa: PLR0913 - what a test sets
        self,
        ctx: Context,
        tell: Tell,
        reload: Callable[[Context], Context],
        *,
        progress: Progress | None = None,
        counters: Counters | None = None,
        lanes: int = MOST_LANES,
    ) -> None:
        """`tell` is sd_notify; the watchdog is fed while `progress` says that nothing is stuck.

        So many channels are worked on at once as there are `lanes`; of more, each has its turn.

        `reload` returns a context with the configuration read again; it raises `CmctlError` where
        that cannot be used, and the old one stays in force.
        """
        self._current = Current(ctx)
        self._tell = tell
        self._reload = reload
        self._bell = Bell()
        # Set by signal handlers, which take no lock; the loop passes `_stopping` on as an event.
        self._stopping = False
        self._reloading = False
        #: Whether the store answered at the last turn.
        self._works = True
        self._stopped = Event()
        self._lanes = ThreadPoolExecutor(lanes, thread_name_prefix="lane")
        self._busy: dict[str, Future[None]] = {}
        #: Channels whose turn has not come yet.
        self._waiting: set[str] = set()
        self._saying = Saying()
        self._last = ctx.now()
        self._progress = progress or Progress()
        self._counters = counters or Counters()

    def stop(self) -> None:
        """End after the calls in flight; for signal handlers, as often as one likes."""
        self._stopping = True
        self._bell.ring()

    def reload(self) -> None:
        """Read the configuration again; for signal handlers."""
        self._reloading = True
        self._bell.ring()

    def stopping(self) -> bool:
        """Tell whether it is told to stop."""
        return self._stopping

    @property
    def context(self) -> Context:
        """The context in force."""
        return self._current.context

    def stuck(self) -> Sequence[str]:
        """Return the names of lanes and ticks that make no progress."""
        return self._progress.stuck()

    def ails(self) -> Sequence[str]:
        """Return what keeps this daemon from its work, in words; nothing: all is well."""
        stuck = [f"{name} makes no progress" for name in self.stuck()]
        return stuck if self._works else [*stuck, "the store does not answer"]

    def run(self, ticks: Sequence[Tick]) -> None:
        """Publish until `stop`; returns when no call is in flight any more.

        Raises:
            CmctlError: the disk has no room for a receipt, so nothing was sent.
        """
        reserve(self._current.context)
        for delivery in hold_past_due(self._current.context):
            _log(delivery)
        self._current.context.store.listen(self._ring)
        scheduler = self._scheduler(ticks)
        scheduler.start()
        log.info("publishing")
        self._tell("READY=1")
        try:
            while not self._stopping:
                self._turn(scheduler)
        finally:
            self._tell("STOPPING=1\nSTATUS=ending after the calls in flight")
            log.info("ending after the calls in flight; another signal ends at once")
            self._stopped.set()
            scheduler.shutdown(wait=True)
            self._lanes.shutdown(wait=True, cancel_futures=True)
            self._rest()
            self._current.close()

    def _rest(self) -> None:
        ctx = self._current.context
        with suppress(StoreError):  # it will be missed, and found dead
            ctx.store.rest(ctx.worker)

    # --- one turn ---

    def _turn(self, scheduler: BackgroundScheduler) -> None:
        """Start a lane for every channel with something due, then wait for the next."""
        now = self._current.context.now()
        set_back, self._last = self._last - now, now
        if set_back > SET_BACK:
            log.warning("the clock was set back by %s", duration(set_back))
        reloading, self._reloading = self._reloading, False
        if reloading:
            self._read_again()
        if reloading or set_back > SET_BACK:
            for job in scheduler.get_jobs():
                job.modify(next_run_time=now + SOON)
        try:
            if set_back > SET_BACK:
                self._current.context.store.set_back(now)
            pause = self._publish(now)
        except StoreError as problem:
            self._saying.failed("the store", problem)
            pause = REST
            self._works = False
        else:
            self._saying.works("the store")
            self._works = True
        self._feed()
        self._bell.wait(pause.total_seconds())

    def _feed(self) -> None:
        """Feed the watchdog while everything gets on; a store that is away is no reason to end."""
        stuck = self.stuck()
        if not stuck:
            self._saying.works("progress")
            self._tell("WATCHDOG=1")
            return
        names = ", ".join(stuck)
        self._saying.failed("progress", CmctlError(f"{names}: nothing is finished"))
        self._tell(f"STATUS=no progress: {names}")

    def _publish(self, now: datetime) -> timedelta:
        """Start lanes; return how long nothing can become due."""
        store = self._current.context.store
        self._busy = {name: lane for name, lane in self._busy.items() if not lane.done()}
        due_now = [name for name in store.due_channels(now) if name not in self._busy]
        self._waiting.update(due_now)  # all of them before the first one begins, which asks
        for name in due_now:
            self._busy[name] = self._lanes.submit(self._lane, name)
        due = store.next_due()
        # What is past has its lane by now, which rings the bell when it ends.
        return POLL if due is None or due <= now else min(due - now, POLL)

    def _read_again(self) -> None:
        self._tell("RELOADING=1\nSTATUS=reading the configuration again")
        try:
            self._current.replace(self._reload(self._current.context))
        except CmctlError as problem:
            where = f"{problem.place}: " if problem.place else ""
            log.error("the old configuration stays in force: %s%s", where, problem.message)
            self._tell("READY=1\nSTATUS=the new configuration cannot be used; the old one counts")
        else:
            log.info("the configuration is read again")
            self._tell("READY=1\nSTATUS=publishing")

    # --- lanes ---

    def _lane(self, name: str) -> None:
        """Publish what is due on one channel, or one delivery of it where others wait."""
        self._waiting.discard(name)
        try:
            with self._current.use() as ctx, self._progress.working(name, LANE) as step:
                for delivery in drain(ctx, name, more=lambda: self._goes_on(ctx)):
                    step()
                    self._counters.settled(delivery, ctx.now())
                    _log(delivery)
            self._saying.works(name)
        except Exception as problem:  # noqa: BLE001 - it may be anything, and other lanes go on
            # What it was doing is settled by evidence. Resting here keeps the lane from being
            # started again at once.
            self._saying.failed(name, problem)
            self._stopped.wait(REST.total_seconds())
        finally:
            self._ring()

    def _goes_on(self, ctx: Context) -> bool:
        """Tell whether a lane claims its next delivery, under these settings.

        Not where another channel waits for its turn: this one is due again, after that.
        """
        return not self._stopping and not self._waiting and self._current.context is ctx

    def _ring(self) -> None:
        if not self._stopped.is_set():
            self._bell.ring()

    # --- ticks ---

    def _scheduler(self, ticks: Sequence[Tick]) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=UTC)
        for tick in ticks:
            scheduler.add_job(
                self._tick,
                FromNow(tick.every),
                args=[tick],
                next_run_time=self._current.context.now(),
                id=tick.name,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        return scheduler

    def _tick(self, tick: Tick) -> None:
        try:
            with self._current.use() as ctx, self._progress.working(tick.name, TICK):
                tick.work(ctx)
        except Exception as problem:  # noqa: BLE001 - the next one may work
            self._saying.failed(tick.name, problem)
        else:
            self._saying.works(tick.name)
        finally:
            self._ring()


def _log(delivery: Delivery) -> None:
    key, hold = delivery.key, delivery.hold
    why = f" ({hold.reason}: {hold.detail})" if hold else ""
    log.info(
        "delivery %d: %s on %s: %s%s",
        delivery.number,
        key.post,
        key.channel,
        delivery.state,
        why,
        extra=about(delivery),
    )
