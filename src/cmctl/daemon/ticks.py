"""What recurs in the daemon: the files, the timelines, what is open, and the notices."""

import gc
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from cmctl import __version__
from cmctl.app.about import about
from cmctl.app.context import Context
from cmctl.app.guard.advise import advise
from cmctl.app.guard.removal import take_down
from cmctl.app.media.hosting import sweep
from cmctl.app.notices.dying import renew, tell_of_tokens
from cmctl.app.notices.notify import Webhook, deliver
from cmctl.app.notices.remind import remind
from cmctl.app.posts.copies import fingerprint_here
from cmctl.app.posts.take_in import Taken, take_in
from cmctl.app.publishing.recover import recover
from cmctl.app.publishing.restored import hold_past_due
from cmctl.app.run import watch_all
from cmctl.config import scan
from cmctl.config.scan import FileStamp
from cmctl.core.model import Problem, Severity
from cmctl.core.settings import Settings
from cmctl.daemon.counters import Counters
from cmctl.daemon.memory import give_back
from cmctl.daemon.saying import Saying

#: A daemon that did not say for long that it works is thought to be dead (`app/health/daemons.py`).
BEAT = timedelta(seconds=10)

log = logging.getLogger(__name__)

Stopping = Callable[[], bool]
#: Of the configuration file, its bytes unread; None where it is not there.
Stamp = FileStamp | None


class Tick(NamedTuple):
    """One thing that recurs."""

    name: str
    work: Callable[[Context], object]
    every: timedelta


def ticks(
    config: Stamp,
    reload: Callable[[], None],
    webhook: Webhook,
    stopping: Stopping,
    counters: Counters,
) -> Sequence[Tick]:
    """Return all ticks.

    `config` is the configuration file as the first context was made from it; `reload` is called
    when it changed. Long ticks end early once `stopping` says so.
    """
    look = Watch(counters, stopping)
    return (
        Tick("files", Files(config, reload), timedelta(seconds=5)),
        # Apart from the files: the guard may look at thousands of new posts for minutes.
        Tick("advice", lambda ctx: _advise(ctx, stopping), timedelta(seconds=5)),
        Tick("open deliveries", lambda ctx: _recover(ctx, stopping), timedelta(seconds=3)),
        Tick("timelines", look, timedelta(seconds=30)),
        Tick("reminders", remind, timedelta(minutes=1)),
        Tick("tokens", lambda ctx: _tokens(ctx, stopping, counters), timedelta(minutes=10)),
        Tick("removals", take_down, timedelta(seconds=5)),
        Tick("hosting", _sweep, timedelta(minutes=10)),
        Tick("heartbeat", _beat, BEAT),
        Tick("memory", lambda _ctx: give_back(), timedelta(minutes=1)),
        Tick("notices", lambda ctx: deliver(ctx, webhook, stopping=stopping), timedelta(seconds=5)),
    )


def pinging(ping: Callable[[str], None], ails: Callable[[], Sequence[str]]) -> Tick:
    """Return the tick that tells, while nothing ails us, whoever wants to miss us."""

    def work(ctx: Context) -> None:
        if ctx.settings.ping and not ails():
            ping(ctx.settings.ping)

    return Tick("ping", work, timedelta(minutes=1))


class Watch:
    """Reads the timelines; says and counts those that cannot be read."""

    def __init__(self, counters: Counters, stopping: Stopping) -> None:
        self._counters = counters
        self._stopping = stopping
        self._saying = Saying()

    def __call__(self, ctx: Context) -> None:
        """Read what is to be read now."""
        found = watch_all(ctx, stopping=self._stopping)
        blind = {name: str(problem) for name, problem in found}
        for name in blind:
            self._counters.blind(ctx.settings.channel(name).network)
        self._saying.blind(blind)


class Files:
    """Takes in what changed, and sees the configuration change."""

    def __init__(self, config: Stamp, reload: Callable[[], None]) -> None:
        self._config = config
        self._reload = reload
        #: The context whose settings planned what the store has.
        self._planned_by: Context | None = None
        self._told: list[Problem] = []

    def __call__(self, ctx: Context) -> None:
        """Do what the files ask for; cheap where nothing changed."""
        if (stamp := stamp_of(ctx.settings)) != self._config:
            self._config = stamp
            self._reload()
            return  # not with the old settings; a reload that fails comes back in a moment
        taken = take_in(ctx, whole=ctx is not self._planned_by)
        self._planned_by = ctx
        # A file that cannot be read is tried each time, and told once.
        told = [one for one in self._told if not taken.clients or one.code == "unreadable"]
        _log(taken, [problem for problem in taken.problems if problem not in told])
        self._told = taken.problems
        if taken.clients:
            gc.collect()  # thousands of posts are let go of at once, and for long


def stamp_of(settings: Settings) -> Stamp:
    """Return the configuration file's stamp as it is now."""
    try:
        return scan.stamp_of((settings.root / settings.config).stat())
    except OSError:
        return None


def _log(taken: Taken, problems: Sequence[Problem]) -> None:
    if taken.changed:
        log.info("%d deliveries planned or changed (%s)", taken.changed, ", ".join(taken.clients))
    for problem in problems:
        if problem.severity is Severity.ERROR:
            log.warning("%s: error: %s", problem.place, problem.message)


def _sweep(ctx: Context) -> None:
    if removed := sweep(ctx):
        log.info("%d images removed from where they stood for a network", removed)


def _beat(ctx: Context) -> None:
    files = fingerprint_here(ctx)
    ctx.store.beat(ctx.worker, version=__version__, at=ctx.now(), files=files)
    for held in hold_past_due(ctx):  # the store may be put back while we run
        log.warning("delivery %d: held: %s", held.number, held.hold and held.hold.detail)


def _tokens(ctx: Context, stopping: Stopping, counters: Counters) -> None:
    renew(ctx, stopping=stopping)
    counters.token_ends = tell_of_tokens(ctx)


def _advise(ctx: Context, stopping: Stopping) -> None:
    for client in ctx.settings.clients:
        for held in advise(ctx, client, stopping=stopping):
            why = held.hold and held.hold.detail
            log.info("delivery %d: held: %s", held.number, why, extra=about(held))


def _recover(ctx: Context, stopping: Stopping) -> None:
    for delivery in recover(ctx, stopping=stopping):
        state = delivery.state.value
        log.info("delivery %d: %s after looking", delivery.number, state, extra=about(delivery))
