"""One turn over a workspace in a process of its own, killed at a named point of the protocol."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from cmctl.app.notify import deliver
from cmctl.app.points import Point
from cmctl.app.recover import recover
from cmctl.app.run import publish_due
from cmctl.app.take_in import take_in
from cmctl.wiring import Machine, Workspace


def main(config: str, point: str, now: str) -> None:
    def reach(reached: Point) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

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
