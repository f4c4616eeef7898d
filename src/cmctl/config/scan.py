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
    #: Changes also with its permissions, and where its time was set back.
    ctime_ns: int
    #: SHA-256 of its bytes, hex; empty where they were not read.
    sha256: str = ""


#: What is there and cannot be read.
UNREADABLE = FileStamp(0, 0, 0)


def belongs_to(path: str, client: str) -> bool:
    """Tell whether a scanned path is a client's: in its folder, or what hides that folder."""
    folder = f"{POSTS}/{client}"
    return path.startswith(f"{folder}/") or path in {folder, POSTS}


def scan(root: Path, config: str = CONFIG) -> dict[str, FileStamp]:
    """Return the config and every posts file by its path relative to `root`, not reading any.

    Sorted by path. Two scans that are equal mean that nothing changed. Hidden files and folders are
    left out. A folder that cannot be looked into, a link to a folder with posts, or `posts` itself
    where it is missing, stands there as an entry of its own, which reading refuses: it must never
    look as if it were empty, or what it planned would be dropped. So does a file whose name is not
    UTF-8, its bytes written as `\\xff`.
    """
    base = os.fspath(root)
    found: dict[str, FileStamp] = {}
    with suppress(OSError):
        found[config] = stamp_of(os.stat(os.path.join(base, config)))  # noqa: PTH116, PTH118 - speed
    found.update(sorted(map(_speakable, _walk(os.path.join(base, POSTS), POSTS))))  # noqa: PTH118
    return found


def _speakable(entry: tuple[str, FileStamp]) -> tuple[str, FileStamp]:
    """Return an entry whose path can be written down; reading one that could not be refuses it."""
    path, _ = entry
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode(errors="backslashreplace"), UNREADABLE
    return entry


def _walk(folder: str, relative: str) -> Iterator[tuple[str, FileStamp]]:
    try:
        if os.path.islink(folder):  # noqa: PTH114
            raise NotADirectoryError
        entries = list(os.scandir(folder))
    except OSError:
        yield relative, UNREADABLE
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = f"{relative}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, path)
        elif _hides_posts(entry):
            yield path, UNREADABLE
        elif entry.name.lower().endswith((".yaml", ".yml")):
            try:
                yield path, stamp_of(entry.stat())
            except OSError:  # a link that leads nowhere: reading it says so
                yield path, UNREADABLE


def _hides_posts(entry: "os.DirEntry[str]") -> bool:
    """Tell whether an entry is a link to a folder with posts; one with images alone is as it is."""
    if not entry.is_symlink() or not os.path.isdir(entry.path):  # noqa: PTH112
        return False
    try:
        return any(name.lower().endswith((".yaml", ".yml")) for name in os.listdir(entry.path))  # noqa: PTH208
    except OSError:
        return True


def stamp_of(status: os.stat_result, digest: str = "") -> FileStamp:
    """Return the stamp of a file whose status was asked; `digest` where it was read."""
    return FileStamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, digest)
