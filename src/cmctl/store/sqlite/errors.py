"""What SQLite says, in sentences that name what to do."""

import sqlite3
from pathlib import Path

from cmctl.store.errors import StoreBusyError, StoreDamagedError, StoreError

_HINTS: dict[int, tuple[type[StoreError], str, str]] = {
    sqlite3.SQLITE_BUSY: (
        StoreBusyError,
        "another program holds its lock",
        "end what else has the file open (a backup, an SQLite shell), then try again",
    ),
    sqlite3.SQLITE_FULL: (
        StoreError,
        "the disk is full",
        "free some space; nothing of this change was written",
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


def translated(problem: sqlite3.Error, path: str) -> StoreError:
    """Return the error of the contract that tells what SQLite met at `path`."""
    if _is_no_file(path):
        hint = "name a file with `store` in config.yaml"
        return StoreError(f"the store {path} is a folder or a device, not a file", hint=hint)
    primary = getattr(problem, "sqlite_errorcode", -1) & 0xFF
    kind, sentence, hint = _HINTS.get(primary, (StoreError, str(problem), "cmctl doctor says more"))
    return kind(f"the store {path}: {sentence} ({problem})", hint=hint)


def _is_no_file(path: str) -> bool:
    try:
        return Path(path).exists() and not Path(path).is_file()
    except OSError:
        return False
