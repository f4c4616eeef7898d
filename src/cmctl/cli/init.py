"""`cmctl init`: a new workspace."""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.core.errors import CmctlError, UsageError
from cmctl.wiring.machine import local_zone


def init(
    ctx: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", show_default=False, help="Where; default: here."),
    ] = None,
) -> None:
    """Write a new workspace.

    It has a commented config.yaml, a few posts and the JSON Schemas for your editor, and passes
    `cmctl check`. What is there already is never overwritten.
    """
    from cmctl.app.posts.start import start  # noqa: PLC0415 - `--help` does not need it

    asked = invocation(ctx)
    if asked.config or (asked.directory and folder):
        message = "init takes one folder and no config file"
        raise UsageError(message, hint="cmctl init DIR")
    machine, output = asked.machine, asked.output
    named = folder or (Path(asked.directory) if asked.directory else None)
    root = machine.directory / (named or ".")
    try:
        done = start(root, machine.now(), local_zone(machine))
    except OSError as refused:
        message = f"no workspace can be written into {root}: {refused.strerror}"
        raise CmctlError(message, hint="name a folder of yours: cmctl init DIR") from None
    for path in done.written:
        output.line(f"wrote {path}")
    for path in done.left:
        output.warn(f"left as it is: {path}")
    here = root.resolve() == machine.directory.resolve()
    cmctl = "cmctl" if here else f"cmctl -C {quote(str(named))}"
    output.say(
        f"\nNext:\n"
        f"  {cmctl} check           finds what is wrong\n"
        f"  {cmctl} queue           shows what goes out, and when\n"
        f"  {cmctl} run --dry-run   shows what would happen now"
    )
