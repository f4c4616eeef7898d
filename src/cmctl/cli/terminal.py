"""Who is at the two outputs: a person at a terminal, or a program that reads a pipe."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import get_terminal_size
from typing import NamedTuple, TextIO

from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.plain import plain_line

#: The width of plain text that nobody watches.
PIPE_WIDTH = 100


class Terminal(NamedTuple):
    """The two outputs and what each may carry."""

    #: For results.
    out: TextIO
    #: For talk.
    err: TextIO
    #: A person looks at `out`.
    watched: bool
    #: A person looks at `err`.
    err_watched: bool
    color: bool
    #: In cells.
    width: int


def detect(environ: Mapping[str, str]) -> Terminal:
    """Return the terminal of this process, with `NO_COLOR`, `TERM` and `COLUMNS` respected.

    A stream that the caller closed (`>&-`) swallows what is written to it.
    """
    out, err = _stream(sys.stdout), _stream(sys.stderr)
    watched = out.isatty()
    wide = watched or "COLUMNS" in environ
    return Terminal(
        out=out,
        err=err,
        watched=watched,
        err_watched=err.isatty(),
        color=watched and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb",
        width=get_terminal_size().columns if wide else PIPE_WIDTH,
    )


def read_text(path: Path) -> str:
    """Return the text of a file, or of standard input where `path` is `-`.

    Raises:
        CmctlError: it cannot be read, or is not UTF-8.
    """
    data = read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"cannot read {path}: byte {error.start + 1} is not UTF-8"
        raise CmctlError(message, hint=f"iconv -f latin1 -t utf-8 {path}") from None


def sure(terminal: Terminal, question: str) -> bool:
    """Ask a person; anything but a yes is a no.

    Raises:
        UsageError: nobody can be asked.
    """
    if sys.stdin is None or not sys.stdin.isatty() or not terminal.err_watched:
        message = f"nobody can be asked here: {question}"
        raise UsageError(message, hint="--yes says so beforehand; nothing was changed")
    terminal.out.flush()
    terminal.err.write(f"{plain_line(question)} [y/N] ")
    terminal.err.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes", "o", "oui"}


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, or of standard input where `path` is `-`.

    Raises:
        CmctlError: it cannot be read.
    """
    try:
        return _read_standard_input() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise CmctlError(message, hint="give the path of a file, or - for standard input") from None


def _read_standard_input() -> bytes:
    if sys.stdin is None:
        message = "cannot read -: standard input is closed"
        raise CmctlError(message)
    if sys.stdin.isatty():
        sys.stderr.write("cmctl: reading from the terminal; end with Ctrl-D\n")
    return sys.stdin.buffer.read()


def _stream(stream: TextIO | None) -> TextIO:
    if stream is None:
        # Kept open for as long as the process lives.
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        # A locale that has no emoji shows a number instead of ending the program.
        reconfigure(errors="backslashreplace")
    return stream
