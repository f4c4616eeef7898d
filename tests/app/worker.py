"""One turn over a workspace in a process of its own, to which something happens at a named point.

worker.py CONFIG POINT NOW [kill|stop|full]
"""

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from cmctl.app.notices.notify import deliver
from cmctl.app.posts.take_in import take_in
from cmctl.app.publishing.points import Point
from cmctl.app.publishing.recover import recover
from cmctl.app.run import publish_due
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stop() -> None:
    """Stand still as on a suspended machine, until SIGCONT."""
    # To this thread: it must not go on, into a commit, until the signal reaches the others.
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


def _full() -> None:
    """Let no file grow: beside the journal, which has its space, nothing can be written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, resource.RLIM_INFINITY))


WHAT: Mapping[str, Callable[[], None]] = {"kill": _kill, "stop": _stop, "full": _full}


def main(config: str, point: str, now: str, what: str = "kill") -> None:
    def reach(reached: Point) -> None:
        if reached == point:
            WHAT[what]()

    machine = Machine(now=lambda: datetime.fromisoformat(now), environment={})
    with Workspace(machine, Path(config), reach=reach) as workspace:
        ctx = workspace.context
        ctx.journal.allocate()
        take_in(ctx)
        recover(ctx)
        publish_due(ctx, lambda _: None)
        deliver(ctx, lambda *_: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
