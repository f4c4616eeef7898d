"""Files that are there whole after a power cut, or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other writer of this folder out, in this process and in others.

    Raises:
        BlockingIOError: another one is writing.
    """
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files under a hidden name; `show` makes it seen.

    What an earlier attempt left under that name is replaced.

    Raises:
        OSError: it could not be written; the folder is not seen.
    """
    new = hidden(folder)
    discard(new)
    new.mkdir()
    for name, data in files.items():
        with (new / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    sync(new)


def show(folder: Path) -> None:
    """Give a written folder its name, in one step.

    Raises:
        OSError: it may or may not be seen; what had that name stays as it was.
    """
    hidden(folder).rename(folder)
    sync(folder.parent)


def hidden(folder: Path) -> Path:
    """Return the name that a folder has while it is not seen."""
    return folder.with_name(f".{folder.name}.new")


def discard(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Make what a folder lists durable (fsync(2): a new name needs its folder synchronised)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
