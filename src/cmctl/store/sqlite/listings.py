"""What a listing reads of an SQLite file, cheap to import: no words of the model, no writer."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cmctl.store.listing import Query, Raw, Read
from cmctl.store.sql.filters import filtered, is_all_ahead
from cmctl.store.sql.listings import SqlListings
from cmctl.store.sql.session import Rows, Values
from cmctl.store.sqlite.reading import Onlooker, Reader
from cmctl.store.sqlite.sql import queries


def open_listings(path: Path) -> "SqliteListings":
    """Open what listings need of the store at `path`; writes nothing, not even beside the file.

    A missing file reads as an empty store.

    Raises:
        StoreError: by each method: see `open_store`.
    """
    return SqliteListings(path, Onlooker(path))


class SqliteListings(SqlListings):
    """The part of the store that needs neither whole deliveries nor writing."""

    def __init__(self, path: Path, reader: Reader) -> None:
        self._path = path
        self._reader = reader

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._reader.close()

    # Care.

    def info(self) -> Mapping[str, str]:
        """Return what `doctor` shows: engine, path, schema version, epoch, size."""
        found = self._fetch("epoch")
        size = self._path.stat().st_size if self._path.exists() else 0
        return {
            "engine": f"SQLite {sqlite3.sqlite_version}",
            "path": str(self._path),
            "version": str(self._reader.fetch("PRAGMA user_version")[0][0]),
            "epoch": found[0][0] if found else "",
            "bytes": str(size),
            "backup_at": self._meta("backup_at"),
            "settled_at": self._meta("settled_at"),
            "moved": "",
        }

    def verify(self) -> Sequence[str]:
        """Return what is wrong with the store's integrity, empty where nothing is."""
        wrong = [row[0] for row in self._reader.fetch("PRAGMA integrity_check") if row[0] != "ok"]
        for table, row, parent, _ in self._reader.fetch("PRAGMA foreign_key_check"):
            wrong.append(f"row {row} of {table} has lost its row of {parent}")
        for number, state in self._fetch("disagreements"):
            wrong.append(f"delivery {number} is {state}, its last event says otherwise")
        return wrong

    def _fetch(self, name: str, values: Values = (), more: str = "") -> Rows:
        return self._reader.fetch(queries()[name] + more, values)

    def _read(
        self, name: str, values: Values, more: str, read: Callable[[Iterable[Raw]], Read]
    ) -> Read:
        return self._reader.read(queries()[name] + more, values, read)

    def _filtered(self, query: Query) -> tuple[str, dict[str, Any]]:
        text, values = filtered(query)
        # SQLite would not choose by itself the index that has all that is shown.
        return (f" INDEXED BY ahead{text}" if is_all_ahead(query) else text), values
