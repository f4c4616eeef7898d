"""`cmctl comment hide|unhide|delete|log`: take comments out of sight."""

from typing import Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.options import ChannelName, ClientName, Json
from cmctl.cli.output import Column
from cmctl.cli.terminal import sure
from cmctl.cli.told import zone_of
from cmctl.core.errors import ExitStatus
from cmctl.core.show import local

COLUMNS = (
    Column("When"),
    Column("Channel"),
    Column("Comment"),
    Column("What"),
    Column("By"),
    Column("Outcome", wide=True),
)

Channel = Annotated[str, typer.Argument(metavar="CLIENT/CHANNEL", help="On which account.")]
Comment = Annotated[
    str, typer.Argument(metavar="ID", help="The comment, as `cmctl inbox` shows it.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Without asking.")]


def hide(ctx: typer.Context, channel: Channel, comment: Comment, yes: Yes = False) -> ExitStatus:
    """Hide a comment from followers.

    Its author may see it still; `cmctl comment unhide` brings it back.
    """
    return _decided(ctx, channel, comment, "hide", yes=yes)


def unhide(ctx: typer.Context, channel: Channel, comment: Comment, yes: Yes = False) -> ExitStatus:
    """Show a hidden comment again, or approve one."""
    return _decided(ctx, channel, comment, "unhide", yes=yes)


def delete(ctx: typer.Context, channel: Channel, comment: Comment, yes: Yes = False) -> ExitStatus:
    """Delete a comment for good.

    One that is not there is said to be so.
    """
    return _decided(ctx, channel, comment, "delete", yes=yes)


def log(
    ctx: typer.Context,
    client: ClientName = "",
    channel: ChannelName = "",
    as_json: Json = False,
) -> None:
    """List who did what about comments, and when.

    Newest first. What was asked for and has no outcome was cut short: look at the comment.
    """
    from cmctl.app.accounts import chosen  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.comments.moderation import decisions  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        settings = workspace.settings
        names = chosen(settings, [name for name in (client, channel) if name])
        found = decisions(workspace.context, names)
    if as_json:
        asked.output.records(
            {**one._asdict(), "at": one.at.astimezone(zone_of(settings, one.channel)).isoformat()}
            for one in found
        )
        return
    now = asked.machine.now()
    rows = (
        [
            local(one.at, zone_of(settings, one.channel), now=now),
            one.channel,
            one.comment,
            one.act,
            one.by,
            one.outcome or "nobody knows",
        ]
        for one in found
    )
    asked.output.listing(COLUMNS, rows)
    if not found:
        asked.output.say("no comment was taken out of sight")


_QUESTIONS = {
    "hide": "Hide {} from followers?",
    "unhide": "Show {} to followers?",
    "delete": "Delete {} for good?",
}
_DONE = {"hide": "hidden", "unhide": "shown again", "delete": "deleted"}


def _decided(ctx: typer.Context, channel: str, comment: str, what: str, *, yes: bool) -> ExitStatus:
    from cmctl.app.accounts import one_of  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.comments.moderation import Act, act  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace() as workspace:
        name = one_of(workspace.settings, channel)
        named = f"comment {comment} on {name}"
        if not yes and not sure(asked.terminal, _QUESTIONS[what].format(named)):
            asked.output.say("nothing was changed")
            return ExitStatus.PROBLEMS
        done = act(workspace.context, name, comment, Act(what), by=asked.machine.person())
    if not done:
        asked.output.line(f"{named}: it was not there; cmctl inbox shows the ids")
        return ExitStatus.USAGE
    asked.output.line(f"{named}: {_DONE[what]}")
    return ExitStatus.FINE
