"""What SQLite says, in sentences that name what to do."""

import os
import sqlite3
from pathlib import Path

from cmctl.store.errors import StoreBusyError, StoreDamagedError, StoreError

FULL = "the disk is full"
NO_FILES = "the disk takes no further file"
READ_ONLY = "its disk is mounted read only"
#: What to do about each.
_LIMITS = {
    FULL: "free some space; nothing of this change was written",
    NO_FILES: "delete files (df -i counts them); nothing of this change was written",
    READ_ONLY: "dmesg says why, often an error of the disk; nothing was written",
}
_HINTS: dict[int, tuple[type[StoreError], str, str]] = {
    sqlite3.SQLITE_BUSY: (
        StoreBusyError,
        "another program holds its lock",
        "end what else has the file open (a backup, an SQLite shell), then try again",
    ),
    sqlite3.SQLITE_FULL: (
        StoreError,
        FULL,
        _LIMITS[FULL],
    ),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        "the disk does not take or give the data",
        "look at the disk's space, quota and health; nothing of this change was written",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreError,
        "it may only be read",
        "give this user the right to write the file and its folder",
    ),
    sqlite3.SQLITE_PERM: (StoreError, "this user may not use it", "look at the file's rights"),
    sqlite3.SQLITE_CANTOPEN: (
        StoreError,
        "it cannot be opened",
        "look at the rights of the file and its folder, and at `store` in config.yaml",
    ),
    sqlite3.SQLITE_CORRUPT: (
        StoreDamagedError,
        "it is damaged, and was left as it is",
        "copy the file away, then restore the last backup; cmctl doctor says more",
    ),
    sqlite3.SQLITE_NOTADB: (
        StoreDamagedError,
        "it is no SQLite database, or its head is damaged; it was left as it is",
        "look at `store` in config.yaml, or restore the last backup",
    ),
}
_HINTS[sqlite3.SQLITE_LOCKED] = _HINTS[sqlite3.SQLITE_BUSY]
#: SQLite names the call that failed, where the disk is the reason.
_BY_THE_DISK = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)


def translated(problem: sqlite3.Error, path: str) -> StoreError:
    """Return the error of the contract that tells what SQLite met at `path`."""
    if _is_no_file(path):
        hint = "name a file with `store` in config.yaml"
        return StoreError(f"the store {path} is a folder or a device, not a file", hint=hint)
    primary = getattr(problem, "sqlite_errorcode", -1) & 0xFF
    known = _HINTS.get(primary, (StoreError, str(problem), "cmctl doctor says more"))
    limit = limit_of(Path(path)) if primary in _BY_THE_DISK else ""
    kind, sentence, hint = (StoreError, limit, _LIMITS[limit]) if limit else known
    return kind(f"the store {path}: {sentence} ({problem})", hint=hint)


def limit_of(path: Path) -> str:
    """Return what keeps the disk of a path from taking more; empty: nothing that it tells."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return ""
    if disk.f_flag & os.ST_RDONLY:
        return READ_ONLY
    if not disk.f_bavail:
        return FULL
    return NO_FILES if disk.f_files and not disk.f_favail else ""


def _is_no_file(path: str) -> bool:
    try:
        return Path(path).exists() and not Path(path).is_file()
    except OSError:
        return False
