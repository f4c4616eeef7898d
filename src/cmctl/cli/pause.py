"""`cmctl pause` and `cmctl resume`: stop a client, a channel or everything, and go on."""

from typing import Annotated

import typer

from cmctl.app.publishing.pause import Missed
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Column
from cmctl.core.errors import UsageError
from cmctl.core.model import State
from cmctl.core.show import local, relative

Scope = Annotated[
    str,
    typer.Argument(
        metavar="[SCOPE]", show_default=False, help="client or client/channel; default: everything."
    ),
]

MISSED = (
    Column("#", right=True),
    Column("When"),
    Column("Channel"),
    Column("Post", wide=True),
    Column("State", styles={"held": "yellow"}),
)


def pause(
    ctx: typer.Context,
    scope: Scope = "",
    reason: Annotated[
        str, typer.Option(metavar="WHY", help="Shown wherever it stops something.")
    ] = "",
    list_: Annotated[bool, typer.Option("--list", help="List the pauses in force.")] = False,
    as_json: Json = False,
) -> None:
    """Stop a client, a channel or everything.

    In force from the next send on, also for a running daemon. What comes due meanwhile waits until
    `cmctl resume`.
    """
    asked = invocation(ctx)
    if list_ or as_json:
        if scope or reason:
            message = "--list shows all pauses and makes none"
            raise UsageError(message, hint="cmctl pause --list")
        _list(asked, as_json=as_json)
        return
    from cmctl.app.publishing.pause import pause as stop  # noqa: PLC0415 - `--help` does not need it

    with asked.workspace() as workspace:
        stop(workspace.context, scope, reason)
    again = f"cmctl resume {scope}".rstrip()
    asked.output.say(f"{scope or 'everything'} is paused; {again} ends it")


def resume(
    ctx: typer.Context,
    scope: Scope = "",
    missed: Annotated[
        Missed,
        typer.Option(
            metavar="|".join(Missed),
            help="What came due meanwhile: hold it, or plan it anew in turn.",
        ),
    ] = Missed.HOLD,
) -> None:
    """Go on after a pause, without a burst.

    What came due during the pause is held for you to look at, or planned anew and sent at the
    channel's pace.
    """
    from cmctl.app.publishing.pause import resume as go_on  # noqa: PLC0415 - as above
    from cmctl.app.publishing.pause import wider  # noqa: PLC0415
    from cmctl.cli.catching_up import caught_up  # noqa: PLC0415

    asked = invocation(ctx)
    with asked.workspace() as workspace:
        caught_up(asked, workspace)
        late = go_on(workspace.context, scope, missed)
        still = wider(workspace.context.store.pauses(), scope)
        settings = workspace.settings
    rows = [
        [
            str(one.number),
            local(one.due, settings.channel(one.key.channel).zone, now=asked.machine.now()),
            one.key.channel,
            one.key.post,
            "held" if one.state is State.HELD else "planned anew",
        ]
        for one in late
    ]
    asked.output.listing(MISSED, rows)
    asked.output.say(f"{scope or 'everything'} goes on")
    if still:
        asked.output.warn(f"still paused: {', '.join(row.scope or 'everything' for row in still)}")
    if any(one.state is State.HELD for one in late):
        asked.output.warn("what came due meanwhile waits for you: cmctl holds")


def _list(asked: Invocation, *, as_json: bool) -> None:
    with asked.workspace(read_only=True) as workspace:
        pauses = workspace.store.pauses()
        zone = workspace.settings.zone
    if as_json:
        asked.output.records(
            {"scope": row.scope, "reason": row.reason, "since": row.since.isoformat()}
            for row in pauses
        )
        return
    now = asked.machine.now()
    rows = [
        [
            row.scope or "everything",
            f"{local(row.since, zone, now=now)} ({relative(row.since, now)})",
            row.reason,
        ]
        for row in pauses
    ]
    why = Column("Why", wide=True, whole=True)
    asked.output.listing([Column("Scope"), Column("Since"), why], rows)
