"""The options that hold for every command, and the types of those that many commands share."""

from typing import Annotated

import typer

# typer 0.28 carries its own click under this name; pyproject.toml pins it.
from typer._click import Context, Parameter
from typer.core import TyperOption

from cmctl.cli.invocation import invocation

Json = Annotated[
    bool, typer.Option("--json", help="Print an array of flat objects with stable keys.")
]


def whole(text: str | int) -> int:
    """Return a whole number, 0 or more; help shows it as N and not as a range."""
    try:
        found = int(text)
    except ValueError:
        found = -1
    if found < 0:
        message = f"{text!r} is not a whole number, 0 or more."
        raise typer.BadParameter(message)
    return found


Limit = Annotated[
    int | None,
    typer.Option(
        parser=whole,
        metavar="N",
        show_default=False,
        help="Show at most N rows; 0 shows all. Default: 50 on a terminal, else all.",
    ),
]
ClientName = Annotated[str, typer.Option("--client", metavar="CLIENT", help="Only this client.")]
ChannelName = Annotated[
    str, typer.Option("--channel", metavar="CLIENT/CHANNEL", help="Only this account.")
]
PostName = Annotated[
    str, typer.Option("--post", metavar="ID", help="Only this post: its id, or client/id.")
]
Since = Annotated[
    str,
    typer.Option(
        "--since",
        metavar="TIME",
        help='From then on, such as "mon 9:00", 2026-11-24, "in 2h", or 7d for 7 days ago.',
    ),
]
Until = Annotated[
    str, typer.Option("--until", metavar="TIME", help="Up to then; a day counts to its end.")
]


def common() -> list[Parameter]:
    """Return the options that every command takes, before and after its name."""
    return [
        TyperOption(
            param_decls=["-C", "directory"],
            metavar="DIR",
            expose_value=False,
            callback=_set_path,
            help="The workspace; default: $CMCTL_WORKSPACE, or the nearest folder above with a "
            "config.yaml.",
        ),
        TyperOption(
            param_decls=["--config", "config"],
            metavar="FILE",
            expose_value=False,
            callback=_set_path,
            help="The workspace's config file, under whatever name.",
        ),
        TyperOption(
            param_decls=["-q", "--quiet"],
            is_flag=True,
            default=False,
            expose_value=False,
            callback=_set_quiet,
            help="Say nothing while nothing is wrong.",
        ),
        TyperOption(
            param_decls=["--no-color"],
            is_flag=True,
            default=False,
            expose_value=False,
            callback=_set_no_color,
            help="No colours; so does the variable NO_COLOR.",
        ),
    ]


def _set_path(ctx: Context, param: Parameter, value: str | None) -> None:
    if value is not None and param.name is not None:
        setattr(invocation(ctx), param.name, value)


def _set_quiet(ctx: Context, param: Parameter, value: bool) -> None:  # noqa: ARG001
    if value:
        invocation(ctx).quiet = True


def _set_no_color(ctx: Context, param: Parameter, value: bool) -> None:  # noqa: ARG001
    if value:
        asked = invocation(ctx)
        asked.terminal = asked.terminal._replace(color=False)
