"""`cmctl daemon`: publish and watch until stopped."""

import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.logs import LogFormat, log_to
from cmctl.cli.stopping import once

if TYPE_CHECKING:
    from cmctl.daemon.counters import Counters
    from cmctl.daemon.loop import Daemon


def daemon(
    ctx: typer.Context,
    metrics: Annotated[
        str,
        typer.Option(metavar="HOST:PORT", help="Serve /metrics (Prometheus) and /healthz there."),
    ] = "",
    metrics_token: Annotated[
        str,
        typer.Option(metavar="REFERENCE", help="Asked of who reads them, such as env:NAME."),
    ] = "",
    log_format: Annotated[
        LogFormat, typer.Option(help="One line each: for people, or as JSON for programs.")
    ] = LogFormat.TEXT,
) -> None:
    """Publish and watch until stopped; for systemd.

    Files are read when they change, timelines are watched, what is due is published. SIGTERM and
    Ctrl-C end it after the calls in flight, a second one ends it at once; SIGHUP reads the
    configuration again. Two at once are safe. `cmctl service` makes a unit for it.
    """
    from cmctl.app.notices.tellers import tellers  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.notices.webhook import pinger  # noqa: PLC0415
    from cmctl.daemon.counters import Counters  # noqa: PLC0415
    from cmctl.daemon.loop import Daemon  # noqa: PLC0415
    from cmctl.daemon.memory import keep_heap_dense, leave_no_core  # noqa: PLC0415
    from cmctl.daemon.progress import Progress  # noqa: PLC0415
    from cmctl.daemon.systemd import tell_systemd  # noqa: PLC0415
    from cmctl.daemon.ticks import pinging, ticks  # noqa: PLC0415

    asked = invocation(ctx)
    environment = asked.machine.environment
    log_to(asked.terminal.err, environment, log_format)
    keep_heap_dense()
    leave_no_core()
    with asked.workspace() as workspace:
        unread = workspace.loaded.stamp._replace(sha256="")
        progress, counters = Progress(), Counters()
        running = Daemon(
            workspace.context,
            tell_systemd(environment),
            workspace.reloaded,
            progress=progress,
            counters=counters,
        )

        def reload(_signal: int, _frame: FrameType | None) -> None:
            running.reload()

        once(running.stop)
        signal.signal(signal.SIGHUP, reload)
        root = workspace.settings.root
        told, ping = tellers(environment, root), pinger(environment, root)
        work = [
            *ticks(unread, running.reload, told, running.stopping, counters),
            pinging(ping, running.ails),
        ]
        with _served(running, counters, metrics, _token(metrics_token, environment, root)):
            running.run(work)


def _token(reference: str, environment: Mapping[str, str], root: Path) -> str:
    from cmctl.config.secrets import resolve_secret  # noqa: PLC0415 - as above

    if not reference:
        return ""
    return resolve_secret(reference, environment=environment, root=root).reveal()


@contextmanager
def _served(running: "Daemon", counters: "Counters", where: str, token: str) -> Iterator[None]:
    """Serve metrics and health, where that is wished."""
    if not where:
        yield
        return
    from cmctl.app.health.figures import Figure, figures  # noqa: PLC0415 - as above
    from cmctl.daemon.exposition import exposition  # noqa: PLC0415
    from cmctl.daemon.listener import Shown, listening, parse_address  # noqa: PLC0415

    def measured() -> str:
        known = figures(running.context, counters.token_ends)
        stuck = Figure("cmctl_stuck", len(running.stuck()))
        return exposition([*known, *counters.figures(), stuck])

    with listening(parse_address(where), Shown(measured, running.ails), token) as url:
        logging.getLogger(__name__).info("metrics and health at %s", url)
        yield
