"""Writing one file of the workspace so that nobody's change is lost."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

from cmctl.core.errors import CmctlError

#: How long an edit waits for others of the same folder: so many times, so many seconds.
_TRIES, _PAUSE = 600, 0.05


class FileChangedError(CmctlError):
    """The file is no longer what it was when the change was made from it."""


def write_file(path: Path, data: bytes, *, expected: bytes | None) -> None:
    """Replace a file at once: a reader sees the old or the new content, never a part.

    `expected` is the content that the change was made from; None where the file must not exist yet.
    The file's mode is kept, and a link stays a link.

    Raises:
        FileChangedError: the file's content is not `expected` any more.
        OSError: it cannot be written; the old content stands.
    """
    target = Path(os.path.realpath(path))
    mode = _mode_of(target, expected)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".cmctl-")
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123
            os.fchmod(descriptor, mode)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        if expected is None:
            os.link(name, target)  # fails where somebody created it meanwhile
        else:
            _mode_of(target, expected)  # once more, as late as possible
            Path(name).replace(target)
    except FileExistsError:
        raise _changed(target) from None
    finally:
        Path(name).unlink(missing_ok=True)
    _sync_folder(target.parent)


def _mode_of(target: Path, expected: bytes | None) -> int:
    try:
        current = target.read_bytes()
    except FileNotFoundError:
        if expected is None:
            return 0o666 & ~_umask()
        raise _changed(target) from None
    if current != expected:
        raise _changed(target)
    return stat.S_IMODE(target.stat().st_mode)


def _umask() -> int:
    """Return the process's umask; 0o022 where the system does not tell it without setting it."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    return 0o022


def _changed(target: Path) -> FileChangedError:
    message = f"{target} changed meanwhile; nothing was written"
    return FileChangedError(message, hint="type the command again")


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def edit_file(path: Path, change: Callable[[str], str]) -> None:
    """Apply a change of `edit.py` to a file, creating it from an empty text where it is missing.

    Edits of several commands come one after the other.

    Raises:
        FileChangedError: somebody else changed it meanwhile.
        EditError: from `change`.
        UnicodeDecodeError: the file is not UTF-8.
        OSError: it cannot be read or written.
    """
    with _in_turn(path):
        try:
            old = path.read_bytes()
        except FileNotFoundError:
            old = None
        new = change((old or b"").decode()).encode()
        if new != old:
            write_file(path, new, expected=old)


@contextmanager
def _in_turn(path: Path) -> Iterator[None]:
    """Wait until no other edit is at work in the file's folder; a killed one is not.

    Where waiting ends or the folder cannot be locked, the edit goes on: `write_file` still sees
    what somebody else wrote.
    """
    folder = Path(os.path.realpath(path)).parent
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            _lock(descriptor)
        yield
    finally:
        os.close(descriptor)
        with suppress(OSError):  # one that holds a file stays
            for one in made:
                one.rmdir()


def _lock(descriptor: int) -> None:
    for _ in range(_TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        sleep(_PAUSE)
