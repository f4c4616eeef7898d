"""An SQLite file as a store to be copied from, or to."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cmctl.store.copying.tables import Row, Table
from cmctl.store.errors import StoreError
from cmctl.store.sqlite import opening
from cmctl.store.sqlite.part import beside, keep


class SqlitePlace:
    """The path of a file that is a store, or will be one."""

    def __init__(self, path: Path, *, backup_at: int | None = None) -> None:
        """With `backup_at`, in milliseconds, what is made knows that it is a backup."""
        self._path = path
        self._backup_at = backup_at

    @contextmanager
    def read(self) -> Iterator["Tables"]:
        """Open the file to be read as it is now."""
        if not self._path.is_file():
            raise StoreError(f"there is no store {self._path}", hint="look at the path")
        with opening.telling(self._path), closing(opening.for_reading(self._path)) as raw:
            if opening.version(raw, self._path) != opening.VERSION:
                message = f"the store {self._path} is older than this cmctl, or empty"
                raise StoreError(message, hint="cmctl store migrate brings it up to date")
            raw.execute("BEGIN")  # every statement sees the same instant
            yield Tables(raw, str(self._path), None)

    @contextmanager
    def make(self) -> Iterator["Tables"]:
        """Open a new file beside the path, or what stands there."""
        with beside(self._path) as part:
            if self._path.exists():
                with self.read() as there:
                    yield there
                return
            with opening.telling(self._path):
                opening.prepared(part, "").close()
                with closing(opening.for_writing(part)) as raw:
                    raw.execute("BEGIN IMMEDIATE")
                    raw.execute("DELETE FROM meta")
                    yield Tables(raw, str(self._path), lambda: self._keep(raw, part))

    def _keep(self, raw: sqlite3.Connection, part: Path) -> None:
        # A number that a person has seen is never given again, also where its delivery is gone.
        raw.execute(
            "UPDATE sqlite_sequence SET seq = max(seq, (SELECT max(number) FROM events)) "
            "WHERE name = 'deliveries'"
        )
        if self._backup_at is not None:
            mark(raw, self._backup_at)
        raw.execute("COMMIT")
        alone(raw)
        raw.close()
        keep(part, self._path)


def mark(raw: sqlite3.Connection, at: int) -> None:
    """Let a store know that it is a backup of an instant, in milliseconds."""
    raw.execute("REPLACE INTO meta (key, value) VALUES ('backup_at', ?)", (str(at),))


def alone(raw: sqlite3.Connection) -> None:
    """Leave one file: a log beside it could be left behind when it is carried away."""
    raw.execute("PRAGMA journal_mode = DELETE")


class Tables:
    """The rows of a file, table by table."""

    def __init__(
        self, raw: sqlite3.Connection, label: str, keep: Callable[[], None] | None
    ) -> None:
        self.label = label
        self._raw = raw
        self._keep = keep

    def is_new(self) -> bool:
        """Tell whether the file is being made."""
        return self._keep is not None

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield all rows of a table in the order of its key."""
        yield from self._raw.execute(table.select)

    def fill(self, table: Table, rows: Iterable[Row]) -> None:
        """Write the rows of a table."""
        places = ", ".join("?" * len(table.columns))
        columns = ", ".join(table.columns)
        self._raw.executemany(
            f"INSERT INTO {table.name} ({columns}) VALUES ({places})",  # noqa: S608
            rows,
        )

    def keep(self) -> None:
        """Make what was filled the store."""
        if self._keep is not None:
            self._keep()
