"""Which files a workspace has and whether any changed; cheap to import and to ask.

A listing asks this first and reads nothing else where the answer is no.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

CONFIG = "config.yaml"
POSTS = "posts"


class FileStamp(NamedTuple):
    """What tells whether a file has changed."""

    size: int
    mtime_ns: int
    #: SHA-256 of its bytes, hex; empty where they were not read.
    sha256: str = ""


def scan(root: Path, config: str = CONFIG) -> dict[str, FileStamp]:
    """Return the config and every posts file by its path relative to `root`, not reading any.

    Sorted by path. Two scans that are equal mean that nothing changed. Hidden files and folders,
    and folders behind a symbolic link, are left out.
    """
    base = os.fspath(root)
    found: dict[str, FileStamp] = {}
    with suppress(OSError):
        found[config] = stamp_of(os.stat(os.path.join(base, config)))  # noqa: PTH116, PTH118 - speed
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
                yield path, stamp_of(entry.stat())
            except OSError:  # a link that leads nowhere: reading it says so
                yield path, FileStamp(0, 0)


def stamp_of(status: os.stat_result, digest: str = "") -> FileStamp:
    """Return the stamp of a file whose status was asked; `digest` where it was read."""
    return FileStamp(status.st_size, status.st_mtime_ns, digest)
