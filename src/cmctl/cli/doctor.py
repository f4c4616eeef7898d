"""`cmctl doctor`: what would keep posts from going out, and what to do."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from cmctl.app.health.finding import Finding, Health, fail
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Column
from cmctl.core.errors import ExitStatus
from cmctl.wiring.machine import local_zone
from cmctl.wiring.workspace import InvalidConfigError

if TYPE_CHECKING:
    from cmctl.app.context import Context

COLUMNS = (
    Column("", styles={"ok": "green", "warn": "yellow", "fail": "red"}),
    Column("What"),
    Column("Found", wide=True, whole=True),
    Column("Do", wide=True, whole=True),
)


def doctor(ctx: typer.Context, as_json: Json = False) -> ExitStatus:
    """Find what would keep posts from going out.

    Zones, clock, disk, store, files, secrets, networks, and what waits. Networks are asked who we
    are. Ends with 1 where something fails, with 4 where only a network is away.
    """
    asked = invocation(ctx)
    findings = list(_findings(asked))
    if as_json:
        asked.output.records(finding._asdict() for finding in findings)
    else:
        shown = [one for one in findings if one.health is not Health.OK or not asked.output.quiet]
        asked.output.listing(
            COLUMNS, [[one.health.value, one.what, one.detail, one.todo] for one in shown]
        )
    failed = [one for one in findings if one.health is Health.FAIL]
    if not failed:
        return ExitStatus.FINE
    return ExitStatus.NETWORK if all(one.network for one in failed) else ExitStatus.PROBLEMS


def _findings(asked: Invocation) -> Iterator[Finding]:
    from cmctl.app.health.doctor import diagnose  # noqa: PLC0415 - `--help` does not need it

    with asked.workspace(read_only=True) as looking, asked.workspace() as working:
        try:
            settings = looking.settings
        except InvalidConfigError as problem:
            yield fail("configuration", f"{problem.place}: {problem.message}", "cmctl check")
            return

        def open_context() -> "Context":
            # A store that is there is brought up to date; none is made.
            file = settings.store_file
            return (working if file is None or file.exists() else looking).context

        yield from diagnose(
            settings, local_zone(asked.machine), asked.machine.environment, open_context
        )
