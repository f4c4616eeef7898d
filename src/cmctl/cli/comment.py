"""`cmctl comment hide|unhide|delete`: take comments out of sight."""

from typing import Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.terminal import sure
from cmctl.core.errors import ExitStatus

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
    """Delete a comment for good."""
    return _decided(ctx, channel, comment, "delete", yes=yes)


_QUESTIONS = {
    "hide": "Hide {} from followers?",
    "unhide": "Show {} to followers?",
    "delete": "Delete {} for good?",
}
_DONE = {"hide": "hidden", "unhide": "shown again", "delete": "deleted"}


def _decided(ctx: typer.Context, channel: str, comment: str, what: str, *, yes: bool) -> ExitStatus:
    from cmctl.app import inbox  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.accounts import one_of  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        name = one_of(workspace.settings, channel)
        named = f"comment {comment} on {name}"
        if not yes and not sure(asked.terminal, _QUESTIONS[what].format(named)):
            asked.output.say("nothing was changed")
            return ExitStatus.PROBLEMS
        if what == "delete":
            inbox.delete(workspace.context, name, comment)
        else:
            inbox.hide(workspace.context, name, comment, hidden=what == "hide")
    asked.output.line(f"{named}: {_DONE[what]}")
    return ExitStatus.FINE
