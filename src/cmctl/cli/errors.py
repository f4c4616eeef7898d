"""What a person sees when something fails, and how the program ends: the one place for both."""

import errno
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from typer import Abort, TyperException
from typer._click.exceptions import NoArgsIsHelpError, UsageError

from cmctl.cli.terminal import Terminal
from cmctl.core.errors import CmctlError, ExitStatus
from cmctl.core.plain import plain_lines


def report(error: BaseException, terminal: Terminal, environ: Mapping[str, str]) -> ExitStatus:
    """Tell a person about `error` and return how the program ends.

    What is expected becomes a sentence. Anything else is a bug: its place is named and written to a
    report without messages and values, for these may quote a text or a token. With `CMCTL_DEBUG`
    set the whole traceback is shown instead.
    """
    if isinstance(error, NoArgsIsHelpError):
        terminal.out.write(f"{error.message}\n")
        return ExitStatus.USAGE
    expected = _expected(error)
    return _tell(terminal, *expected) if expected else _bug(error, terminal, environ)


#: What the system says without naming a file.
_REFUSALS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO), "cannot write"),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOMEM), "the system refuses"),
}


def _expected(error: BaseException) -> tuple[str, str, ExitStatus] | None:
    """Return the sentence, what to type next and the status; None for a bug."""
    match error:
        case TyperException():
            return _usage(error)
        case CmctlError():
            where = f"{error.place}: " if error.place else ""
            return where + error.message, error.hint, error.status
        case Abort() | KeyboardInterrupt():
            return "stopped", "", ExitStatus.INTERRUPTED
        case OSError(filename=str() | bytes(), strerror=str()):
            return f"{error.filename!s}: {error.strerror}", "", ExitStatus.PROBLEMS
        case OSError(errno=number) if number in _REFUSALS:
            return f"{_REFUSALS[number]}: {error.strerror}", "", ExitStatus.PROBLEMS
    return None


def _tell(terminal: Terminal, message: str, hint: str, status: ExitStatus) -> ExitStatus:
    with suppress(OSError):  # told where the output ends
        terminal.out.flush()  # what was printed before is also read before
    terminal.err.write(f"cmctl: {plain_lines(message)}\n")
    if hint:
        terminal.err.write(f"       {plain_lines(hint)}\n")
    return status


def _usage(error: TyperException) -> tuple[str, str, ExitStatus]:
    hint = ""
    if isinstance(error, UsageError) and error.ctx is not None:
        hint = f"see: {error.ctx.command_path} --help"
    return error.format_message(), hint, ExitStatus.USAGE


# --- bugs ----------------------------------------------------------------------------------------


def _bug(error: BaseException, terminal: Terminal, environ: Mapping[str, str]) -> ExitStatus:
    if environ.get("CMCTL_DEBUG"):
        from cmctl.config.secrets import struck_out  # noqa: PLC0415 - for developers only

        terminal.err.write(plain_lines(struck_out("".join(traceback.format_exception(error)))))
        return ExitStatus.BUG
    lines = list(_story(error))
    try:
        hint = f"a report without texts and secrets is in {_write(lines, environ)}"
    except OSError:
        hint = "\n       ".join(lines)
    return _tell(terminal, f"this is a bug: {lines[0]}", hint, ExitStatus.BUG)


def _story(error: BaseException) -> Iterator[str]:
    """Yield types and places only: a message may quote what must not be written down."""
    step: BaseException | None = error
    while step is not None:
        frames = traceback.extract_tb(step.__traceback__)
        where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        yield f"{_name(type(step))}{where}"
        yield from (f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        step = step.__cause__ or step.__context__


def _name(kind: type[BaseException]) -> str:
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _write(lines: list[str], environ: Mapping[str, str]) -> Path:
    import platform  # noqa: PLC0415 - for bugs only
    import tempfile  # noqa: PLC0415

    from cmctl import __version__  # noqa: PLC0415

    state = environ.get("XDG_STATE_HOME") or Path(environ.get("HOME", "/")) / ".local" / "state"
    folder = Path(state) / "cmctl"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    head = f"cmctl {__version__}, Python {platform.python_version()}, {platform.platform()}"
    # Readable by its owner only, under a name that nobody can foresee.
    with tempfile.NamedTemporaryFile(
        "w", dir=folder, prefix="bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write("\n".join([head, *lines, ""]))
    return Path(file.name)
