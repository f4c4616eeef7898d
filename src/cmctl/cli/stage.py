"""Where the demo is played: what is typed, what the program answers, and a drawing of it all."""

import io
import re
from shlex import join
from textwrap import wrap
from typing import TextIO, cast

from cmctl.cli.main import call
from cmctl.cli.terminal import Terminal
from cmctl.core.errors import ExitStatus
from cmctl.core.plain import plain_lines
from cmctl.wiring.machine import Machine

#: The width of the drawing, in cells.
WIDTH = 112
_BOLD, _DIM, _YELLOW, _GREEN, _RESET = "\033[1m", "\033[2m", "\033[33m", "\033[32m", "\033[0m"


class _Tee(io.TextIOBase):
    """Keeps what is written, and passes it on to a stream."""

    encoding = "utf-8"

    def __init__(self, stream: TextIO | None) -> None:
        self.kept = io.StringIO()
        self._stream = stream

    def write(self, text: str) -> int:
        if self._stream is not None:
            self._stream.write(text)
        return self.kept.write(text)

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()


class Stage:
    """Types commands as a person does and shows what they answer."""

    def __init__(self, terminal: Terminal, machine: Machine, *, drawn: bool) -> None:
        """Commands run on `machine`; a stage that is `drawn` has colours and a width of its own."""
        self._machine = machine
        self._ink = _Tee(None if drawn and not terminal.color else terminal.out)
        self._scene = 0
        # A person watches also where the output goes to a file: the tables are the story.
        self._terminal = terminal._replace(
            out=cast("TextIO", self._ink),
            err=cast("TextIO", self._ink),
            watched=True,
            err_watched=False,
            color=terminal.color or drawn,
            width=WIDTH if drawn else terminal.width,
        )

    def says(self, at: str, text: str) -> None:
        """Tell the story."""
        self._write(f"\n{self._styled(at, _BOLD + _YELLOW)}  {self._styled(text, _BOLD)}\n")

    def quotes(self, text: str) -> None:
        """Show what somebody wrote elsewhere."""
        for line in wrap(plain_lines(text), self._terminal.width - 4):
            self._write(f"  {self._styled('│', _DIM)} {line}\n")

    def types(self, *args: str) -> ExitStatus:
        """Run one command and show what it answers."""
        self._write(f"{self._styled('$', _GREEN)} cmctl {join(args)}\n")
        return call(args, self._machine, self._terminal)

    def begins(self) -> None:
        """Begin the scene that the picture shows."""
        self._scene = self._ink.kept.tell()

    def drawing(self, title: str) -> str:
        """Return the scene up to here as a picture of a terminal, as SVG."""
        from rich.console import Console  # noqa: PLC0415 - only for the picture
        from rich.text import Text  # noqa: PLC0415

        console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
        for line in self._ink.kept.getvalue()[self._scene :].strip().splitlines():
            console.print(Text.from_ansi(line), soft_wrap=True)
        # Its fonts would be fetched from another site by whoever looks at the picture.
        return re.sub(r"@font-face \{.*?\}", "", console.export_svg(title=title), flags=re.DOTALL)

    def _write(self, text: str) -> None:
        self._terminal.out.write(text)
        self._terminal.out.flush()

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self._terminal.color else text
