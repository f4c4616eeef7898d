"""The files of a workspace: finding and reading them, distrusting each.

A file is taken only if it is a regular one inside the workspace, not too large, and UTF-8: a FIFO
would block, a device never ends, a link can lead anywhere.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cmctl.core.model import Place, Problem

CONFIG = "config.yaml"
POSTS = "posts"
#: Thousands of posts fit; what is larger is no text that a person wrote.
MAX_BYTES = 16 * 1024 * 1024


class FileStamp(NamedTuple):
    """What tells whether a file has changed."""

    size: int
    mtime_ns: int
    #: SHA-256 of its bytes, hex; empty where they were not read.
    sha256: str = ""


class RawFile(NamedTuple):
    """A file's bytes as they were read, or why they were not."""

    data: bytes
    stamp: FileStamp
    problem: Problem | None = None


def scan(root: Path, config: str = CONFIG) -> dict[str, FileStamp]:
    """Return the config and every posts file by its path relative to `root`, not reading any.

    Sorted by path. Two scans that are equal mean that nothing changed. Hidden files and folders,
    and folders behind a symbolic link, are left out.
    """
    base = os.fspath(root)
    found: dict[str, FileStamp] = {}
    with suppress(OSError):
        found[config] = _stamp(os.stat(os.path.join(base, config)))  # noqa: PTH116, PTH118 - speed
    found.update(sorted(_walk(os.path.join(base, POSTS), POSTS)))  # noqa: PTH118
    return found


def _walk(folder: str, relative: str) -> Iterator[tuple[str, FileStamp]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = f"{relative}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, path)
        elif entry.name.endswith((".yaml", ".yml")):
            try:
                yield path, _stamp(entry.stat())
            except OSError:  # a link that leads nowhere: reading it says so
                yield path, FileStamp(0, 0)


def _stamp(status: os.stat_result, digest: str = "") -> FileStamp:
    return FileStamp(status.st_size, status.st_mtime_ns, digest)


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
        return _refused(relative, "unreadable", *_why(relative, error))
    if not is_file:
        message = f"{relative} is not a regular file"
        return _refused(relative, "not-a-file", message, "put a text file there")
    if len(data) > MAX_BYTES:
        message = f"{relative} is larger than {MAX_BYTES // 1024 // 1024} MiB"
        return _refused(relative, "too-large", message, "split it into several files")
    return RawFile(data, _stamp(status, sha256(data).hexdigest()))


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


def _why(relative: str, error: OSError) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError):
        return f"{relative} does not exist", "create it, or remove the link to it"
    return f"{relative} cannot be read: {error.strerror}", "put the file itself there"


def _refused(relative: str, code: str, message: str, fix: str) -> RawFile:
    problem = Problem(code=code, message=message, fix=fix, place=Place(relative))
    return RawFile(b"", FileStamp(0, 0), problem)
