"""A copy of a store's file at one instant, which knows that it is a backup."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from cmctl.store.errors import StoreError
from cmctl.store.sqlite.opening import telling


def back_up(path: Path, to: Path, at: int) -> None:
    """Write the store at `path` as it is now to a new file; writers go on meanwhile.

    SQLite's own way, see https://www.sqlite.org/backup.html. `at` is the time in milliseconds.

    Raises:
        StoreError: a file is there already, or one of the two cannot be used.
    """
    if not path.is_file():
        raise StoreError(f"there is no store {path}", hint="look at `store` in config.yaml")
    part = _begun(to)
    with telling(to):
        try:
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
            _finish(part, to, at)
        finally:
            part.unlink(missing_ok=True)


def mark(path: Path, at: int) -> None:
    """Let the store at `path` know that it is a backup of an instant, in milliseconds."""
    with telling(path), closing(sqlite3.connect(path, isolation_level=None)) as copy:
        # One file alone: a log beside it could be left behind when it is carried away.
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA synchronous = FULL")
        copy.execute("REPLACE INTO meta (key, value) VALUES ('backup_at', ?)", (str(at),))


def refuse_existing(to: Path) -> None:
    """Refuse to write over a file.

    Raises:
        StoreError: it is there.
    """
    if to.exists():
        message = f"there is a file {to} already; it was left as it is"
        raise StoreError(message, hint="name another one")


def _begun(to: Path) -> Path:
    """Return an empty file beside the new one, for its owner alone."""
    refuse_existing(to)
    part = to.with_name(f".{to.name}.part")
    with telling(to):
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
    return part


def _finish(part: Path, to: Path, at: int) -> None:
    mark(part, at)
    os.link(part, to)  # refuses where another process made one meanwhile
