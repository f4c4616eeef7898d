"""The person's own editor, opened at a line as that editor wants to be told."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from shlex import split

from cmctl.core.errors import CmctlError

#: Those that return at once unless told to wait, and how they are told; by the program's name.
_WAITS = {
    **dict.fromkeys(
        ("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"), "--wait"
    ),
    **dict.fromkeys(("subl", "sublime_text", "zed", "zeditor", "atom", "pulsar"), "--wait"),
    "gedit": "--wait",
    "mate": "-w",
    "kate": "--block",
}
_GOES_TO = frozenset({"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"})
_WITH_COLON = frozenset({"subl", "sublime_text", "zed", "zeditor", "atom", "pulsar", "hx", "helix"})
_WITH_OPTION = {"mate": "-l", "kate": "-l"}


def command_line(command: str, path: Path, line: int) -> Sequence[str]:
    """Return how `command` ($VISUAL or $EDITOR) opens a file at a line, and waits until it is shut.

    What is not known is told `+LINE FILE`, as vi, nano, emacs, micro and most others take it.
    """
    words = split(command)
    name = PurePath(words[0]).name.removesuffix(".exe") if words else ""
    wait = _WAITS.get(name, "")
    if wait and not {wait, "-w", "--wait", "--block"} & set(words):
        words.append(wait)
    if name in _GOES_TO:
        return [*words, "--goto", f"{path}:{line}"]
    if name in _WITH_COLON:
        return [*words, f"{path}:{line}"]
    if name in _WITH_OPTION:
        return [*words, _WITH_OPTION[name], str(line), str(path)]
    return [*words, f"+{line}", str(path)]


def open_editor(environment: Mapping[str, str], path: Path, line: int) -> None:
    """Open a file at a line, and wait until the editor ends; `environment` is also the editor's.

    Raises:
        CmctlError: there is no editor, or it failed.
    """
    command = environment.get("VISUAL") or environment.get("EDITOR")
    if not command:
        message = "neither VISUAL nor EDITOR names an editor"
        raise CmctlError(message, hint=f"export EDITOR=nano; or open {path} at line {line}")
    try:
        # A person's own editor, from their own environment.
        words = command_line(command, path, line)
        ended = subprocess.run(words, env=environment, check=False)  # noqa: S603
    except OSError as problem:
        message = f"the editor {command} cannot be started: {problem.strerror}"
        raise CmctlError(message, hint="export EDITOR=nano") from None
    if ended.returncode:
        message = f"the editor ended with {ended.returncode}; the file is as it left it"
        raise CmctlError(message, hint="cmctl check")
