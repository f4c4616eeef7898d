"""Processes of a campaign: forked from one that has imported everything, so that kills are cheap.

A process that is forked while another thread runs, or while a connection to the store is open, may
hang or break the store's locks: who calls `fork` has neither.
"""

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import FrameType

import cmctl
from cmctl.app.notices.tellers import tellers
from cmctl.app.publishing.points import Point
from cmctl.app.run import turn
from cmctl.daemon.counters import Counters
from cmctl.daemon.loop import Daemon
from cmctl.daemon.memory import keep_heap_dense
from cmctl.daemon.ticks import ticks
from cmctl.store.base import StoreError
from cmctl.testing.sandbox.server import SandboxServer, serve
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace
from faults.clock import SharedClock
from faults.progress import Progress
from faults.scheduler import Orders

log = logging.getLogger(__name__)

#: How a daemon ends that could not begin because its store was away; `cmctl daemon` ends with 1.
AWAY = 75


def fork(work: Callable[[], object], log: Path) -> int:
    """Do `work` in a process of its own, what it says in `log`; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, sys.stderr.fileno())
        work()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - told in the log, and by the status
        traceback.print_exc()
    finally:
        os._exit(status)


def daemon(
    config: Path, clock: SharedClock, orders: Orders, progress: Progress, host: str = ""
) -> None:
    """Be `cmctl daemon` until SIGTERM, or until the point at which it kills itself.

    With a `host` it is one of another machine.
    """
    _log("%(asctime)s %(process)d %(message)s")
    keep_heap_dense()
    clock.shift_ticks()
    machine = Machine(now=clock.now, environment={}, host=host or Machine().host)
    told: list[str] = []
    try:
        with Workspace(machine, config, reach=_deadly(orders, progress)) as workspace:
            _run(workspace, told.append)
    except StoreError as problem:
        if told:  # it had begun, and must bear that its store goes away
            raise
        log.warning("it does not begin: %s", problem)
        sys.exit(AWAY)


def _run(workspace: Workspace, tell: Callable[[str], None]) -> None:
    running = Daemon(workspace.context, tell, workspace.reloaded)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        running.stop()

    signal.signal(signal.SIGTERM, stop)
    read = workspace.loaded.stamp._replace(sha256="")
    webhook = tellers({}, workspace.settings.root)
    running.run(ticks(read, running.reload, webhook, running.stopping, Counters()))


def _log(form: str) -> None:
    logging.basicConfig(level=logging.INFO, format=form, force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _deadly(orders: Orders, progress: Progress) -> Callable[[Point], None]:
    def reach(point: Point) -> None:
        if progress.reached(point) == orders.times and point is orders.point:
            os.kill(os.getpid(), signal.SIGKILL)

    return reach


def one_turn(config: Path, clock: SharedClock) -> None:
    """Be one `cmctl run`."""
    _log("%(process)d run: %(message)s")
    machine = Machine(now=clock.now, environment={})
    with Workspace(machine, config) as workspace:
        turn(workspace.context, tellers({}, workspace.settings.root))


def network(directory: Path, port: int, told: int) -> None:
    """Be the sandbox; its address is written to the descriptor `told`."""
    serve(SandboxServer(directory, port), lambda url: os.close(told) if _say(told, url) else None)


def _say(descriptor: int, text: str) -> int:
    return os.write(descriptor, text.encode())


def state_of(pid: int) -> str:
    """Return the letter that proc(5) has for a process; empty where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]


def ended_in_time(pid: int, seconds: float) -> int | None:
    """Wait for a child; return its status as `os.waitstatus_to_exitcode` has it, or None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    return None


def import_all() -> None:
    """Import what daemons import where they need it, once for all that are forked."""
    for module in walk_packages(cmctl.__path__, "cmctl."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    for name in ("h11", "httpcore", "certifi", "yaml", "sqlite3"):
        import_module(name)
