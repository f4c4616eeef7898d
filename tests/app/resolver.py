"""One decision in a process of its own, killed at a named point."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from cmctl.app.guard.resolve import Keep, Word, case_of, resolve
from cmctl.app.publishing.points import Point
from cmctl.store.base import Query
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace


def main(config: str, point: str, now: str) -> None:
    def reach(reached: Point) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    machine = Machine(now=lambda: datetime.fromisoformat(now), environment={})
    with Workspace(machine, Path(config), reach=reach) as workspace:
        ctx = workspace.context
        (ours,) = ctx.store.deliveries(Query())
        resolve(ctx, case_of(ctx, ours), Word(Keep.OURS))


if __name__ == "__main__":
    main(*sys.argv[1:])
