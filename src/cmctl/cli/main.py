"""The program: its table of commands, its own options, and the way from arguments to an exit."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

# typer 0.28 carries its own click under this name; pyproject.toml pins it.
from typer._click import Context, Parameter
from typer.core import TyperOption
from typer.main import get_install_completion_arguments

from cmctl import __version__
from cmctl.cli.commands import PROGRAM
from cmctl.cli.errors import report
from cmctl.cli.invocation import Invocation
from cmctl.cli.lazy import Entry, LazyGroup
from cmctl.cli.options import common
from cmctl.cli.terminal import Terminal, detect
from cmctl.core.errors import CmctlError, ExitStatus
from cmctl.wiring.machine import Machine

EPILOG = "Exit codes: " + ", ".join(
    f"{status.value} {status.meaning}" for status in ExitStatus if status < ExitStatus.BUG
)


class Program(LazyGroup):
    """The root of all commands."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            entry, common, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
        )
        self.params += [
            TyperOption(
                param_decls=["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_version,
                help="Print the version and end.",
            ),
            *get_install_completion_arguments(),
        ]

    def make_context(self, *args: Any, **kwargs: Any) -> Context:
        """Parse, ending quietly where nobody reads the help."""
        with _until_the_reader_goes():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Context) -> Any:
        """Run, ending quietly where nobody reads the results."""
        with _until_the_reader_goes():
            return super().invoke(ctx)


def run(args: Sequence[str], machine: Machine, entry: Entry = PROGRAM) -> int:
    """Run the program with the arguments after its name and return its exit status."""
    terminal = detect(machine.environment)
    return _finish(terminal, call(args, machine, terminal, entry))


def call(
    args: Sequence[str], machine: Machine, terminal: Terminal, entry: Entry = PROGRAM
) -> ExitStatus:
    """Run one command on a terminal that is given, as the demo does, and return its status."""
    try:
        return _status(args, Invocation(machine, terminal), entry)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one place for all
        return report(error, terminal, machine.environment)


def _status(args: Sequence[str], asked: Invocation, entry: Entry) -> ExitStatus:
    # A command returns its status, or nothing where all is fine.
    status = Program(entry).main(args, prog_name=entry.name, standalone_mode=False, obj=asked)
    if status is None:
        return ExitStatus.FINE
    return next(known for known in ExitStatus if known == status)


def _finish(terminal: Terminal, status: ExitStatus) -> int:
    """Write out what is left, so that a full disk is told and a closed pipe is not."""
    try:
        terminal.out.flush()
    except BrokenPipeError:
        status = ExitStatus.READER_GONE
    except OSError as error:
        message = f"cannot write the results: {error.strerror}"
        status = report(CmctlError(message), terminal, {})
    else:
        return status
    # The interpreter flushes once more at its end, and would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), terminal.out.fileno())
    return status


@contextmanager
def _until_the_reader_goes() -> Generator[None]:
    try:
        yield
    except BrokenPipeError:
        raise typer.Exit(ExitStatus.READER_GONE) from None


def _show_version(ctx: Context, param: Parameter, value: bool) -> None:  # noqa: ARG001
    if value and not ctx.resilient_parsing:
        typer.echo(f"cmctl {__version__}")
        raise typer.Exit
