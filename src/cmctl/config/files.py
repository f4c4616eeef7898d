"""Reading the files of a workspace, distrusting each.

A file is taken only if it is a regular one inside the workspace, not too large, and UTF-8: a FIFO
would block, a device never ends, a link can lead anywhere.
"""

import errno
import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cmctl.config.scan import POSTS, UNREADABLE, FileStamp, stamp_of
from cmctl.core.model import Place, Problem

#: Thousands of posts fit; what is larger is no text that a person wrote.
MAX_BYTES = 16 * 1024 * 1024


class RawFile(NamedTuple):
    """A file's bytes as they were read, or why they were not."""

    data: bytes
    stamp: FileStamp
    problem: Problem | None = None


def read_file(root: Path, relative: str) -> RawFile:
    """Read one file of the workspace whole, or say what is wrong with it; never blocks."""
    try:
        descriptor = _open_inside(root, relative)
        try:
            status = os.fstat(descriptor)
            is_file = stat.S_ISREG(status.st_mode)
            data = _read(descriptor) if is_file else b""
        finally:
            os.close(descriptor)
    except OSError as error:
        return _refused(relative, "unreadable", *_why(root, relative, error))
    if stat.S_ISDIR(status.st_mode):
        message = f"{relative} is a folder, and links to folders are not followed"
        return _refused(relative, "linked-folder", message, "put the folder itself there")
    if relative == POSTS:
        message = f"{relative} is a file, and a folder is needed"
        return _refused(relative, "not-a-folder", message, "rename it, and make the folder")
    if not is_file:
        message = f"{relative} is not a regular file"
        return _refused(relative, "not-a-file", message, "put a text file there")
    if len(data) > MAX_BYTES:
        message = f"{relative} is larger than {MAX_BYTES // 1024 // 1024} MiB"
        return _refused(relative, "too-large", message, "split it into several files")
    return RawFile(data, stamp_of(status, sha256(data).hexdigest()))


def _read(descriptor: int) -> bytes:
    """Read to the end, or one byte more than is taken."""
    parts: list[bytes] = []
    left = MAX_BYTES + 1
    while left and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _open_inside(root: Path, relative: str) -> int:
    """Open without waiting for a FIFO's other end.

    Raises:
        OSError: it cannot be opened, or a link on the way leads out of the workspace.
    """
    descriptor = os.open(root / relative, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    # Asked after opening, so that a link that is swapped in between gains nothing.
    if is_inside(root, root / relative):
        return descriptor
    os.close(descriptor)
    raise PermissionError(0, "a link leads out of the workspace")


def is_inside(root: Path, path: Path) -> bool:
    """Tell whether `path`, all links followed, is below `root`.

    Raises:
        OSError: a loop of links.
    """
    return os.path.realpath(path, strict=True).startswith(os.path.realpath(root) + os.sep)


def _why(root: Path, relative: str, error: OSError) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError) and "\\x" in relative:  # as `scan` writes it
        return f"the name {relative} is not UTF-8", "rename the file"
    if isinstance(error, FileNotFoundError):
        if (root / relative).is_symlink():
            return f"{relative} is a link that leads nowhere", "mend the link, or remove it"
        fix = "make the folder, even empty" if relative == POSTS else "create it"
        return f"{relative} does not exist", fix
    denied = error.errno == errno.EACCES
    fix = "give this user the right to read it" if denied else "put the file itself there"
    return f"{relative} cannot be read: {error.strerror}", fix


def _refused(relative: str, code: str, message: str, fix: str) -> RawFile:
    problem = Problem(code=code, message=message, fix=fix, place=Place(relative))
    return RawFile(b"", UNREADABLE, problem)
