"""A new file, made beside its name and seen under it only when it is whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a name for what will be `path`; in the end nothing is left under it."""
    sweep(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def keep(part: Path, path: Path) -> None:
    """Let a file that is whole, and on the disk, be seen as `path`.

    Raises:
        FileExistsError: another process made one meanwhile.
    """
    os.link(part, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep(path: Path) -> None:
    """Take away what others left beside `path` that were killed: whole texts stand in it."""
    for part in path.parent.glob(f".{path.name}.*.part*"):
        pid = part.name.rpartition(".part")[0].rpartition(".")[2]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            part.unlink(missing_ok=True)
        except (ValueError, PermissionError):
            pass  # not ours, or another user's who lives
