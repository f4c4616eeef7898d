"""A copy of a store at one instant, in a file of its own that knows that it is a backup."""

import sqlite3
from contextlib import closing
from pathlib import Path

from cmctl.store.copying.copy import copy
from cmctl.store.copying.tables import Place
from cmctl.store.errors import StoreError
from cmctl.store.sqlite.copying import SqlitePlace, alone, mark
from cmctl.store.sqlite.opening import telling
from cmctl.store.sqlite.part import beside, keep, sweep


def back_up(path: Path, to: Path, at: int) -> None:
    """Write the store at `path` as it is now to a new file; writers go on meanwhile.

    SQLite's own way, see https://www.sqlite.org/backup.html. `at` is the time in milliseconds.

    Raises:
        StoreError: a file is there already, or one of the two cannot be used.
    """
    if not path.is_file():
        raise StoreError(f"there is no store {path}", hint="look at `store` in config.yaml")
    with telling(to), beside(to) as part:
        _refuse_existing(to)
        part.touch(mode=0o600)
        with (
            closing(sqlite3.connect(path)) as source,
            closing(sqlite3.connect(part, isolation_level=None)) as copied,
        ):
            source.backup(copied)
            alone(copied)
            copied.execute("PRAGMA synchronous = FULL")
            mark(copied, at)
        keep(part, to)


def back_up_rows(source: Place, to: Path, at: int) -> None:
    """Write a store of any engine as it is now to a new file, row by row; `at` as above.

    Raises:
        StoreError: a file is there already, or one of the two cannot be used.
    """
    with telling(to):
        sweep(to)
        _refuse_existing(to)
    copy(source, SqlitePlace(to, backup_at=at))


def _refuse_existing(to: Path) -> None:
    if to.exists():
        message = f"there is a file {to} already; it was left as it is"
        raise StoreError(message, hint="name another one")
