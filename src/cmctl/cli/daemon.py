"""`cmctl daemon`: publish and watch until stopped."""

import signal
from types import FrameType

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.logs import log_to


def daemon(ctx: typer.Context) -> None:
    """Publish and watch until stopped; for systemd.

    Files are read when they change, timelines are watched, what is due is published. SIGTERM and
    Ctrl-C end it after the calls in flight, SIGHUP reads the configuration again. Two at once are
    safe. `cmctl service` makes a unit for it.
    """
    from cmctl.app.webhook import webhook  # noqa: PLC0415 - `--help` does not need it
    from cmctl.daemon.loop import Daemon  # noqa: PLC0415
    from cmctl.daemon.memory import leave_no_core, share_arenas  # noqa: PLC0415
    from cmctl.daemon.systemd import tell_systemd  # noqa: PLC0415
    from cmctl.daemon.ticks import ticks  # noqa: PLC0415

    asked = invocation(ctx)
    environment = asked.machine.environment
    log_to(asked.terminal.err, environment)
    share_arenas()
    leave_no_core()
    with asked.workspace() as workspace:
        stamp = workspace.loaded.stamp
        running = Daemon(workspace.context, tell_systemd(environment), workspace.reloaded)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            running.stop()

        def reload(_signal: int, _frame: FrameType | None) -> None:
            running.reload()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGHUP, reload)
        told = webhook(environment, workspace.settings.root)
        config = (stamp.size, stamp.mtime_ns)
        running.run(ticks(config, running.reload, told, running.stopping))
