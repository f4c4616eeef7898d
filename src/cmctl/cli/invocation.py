"""What was asked for around a command: where the workspace is, and how to talk."""

from typing import TYPE_CHECKING, cast

from cmctl.cli.terminal import Terminal
from cmctl.wiring.locating import locate
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace

if TYPE_CHECKING:
    from typer._click import Context

    from cmctl.cli.output import Output


class Invocation:
    """One run of the program; filled while its options are parsed."""

    def __init__(self, machine: Machine, terminal: Terminal) -> None:
        """Nothing is asked for yet."""
        self.machine = machine
        self.terminal = terminal
        #: `-C`, or empty.
        self.directory = ""
        #: `--config`, or empty.
        self.config = ""
        self.quiet = False

    def workspace(self, *, read_only: bool = False, renews: bool = True) -> Workspace:
        """Return the workspace that was asked for; close it after use.

        Raises:
            UsageError: there is none.
        """
        config = locate(self.machine, directory=self.directory, config=self.config)
        return Workspace(self.machine, config, read_only=read_only, renews=renews)

    @property
    def output(self) -> "Output":
        """Where results and talk go."""
        from cmctl.cli.output import Output  # noqa: PLC0415 - `--help` does not need it

        return Output(self.terminal, quiet=self.quiet)


def invocation(ctx: "Context") -> Invocation:
    """Return what the command that runs in `ctx` was asked for."""
    return cast("Invocation", ctx.find_root().obj)
