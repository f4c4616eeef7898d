"""An SQLite file as a store to be copied from, or to."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cmctl.store.copying.tables import Row, Table
from cmctl.store.errors import StoreError
from cmctl.store.sqlite import opening


class SqlitePlace:
    """The path of a file that is a store, or will be one."""

    def __init__(self, path: Path) -> None:
        self._path = path

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
        if self._path.exists():
            with self.read() as there:
                yield there
            return
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        self._sweep()
        try:
            with opening.telling(self._path):
                opening.prepared(part, "").close()
                with closing(opening.for_writing(part)) as raw:
                    raw.execute("BEGIN IMMEDIATE")
                    raw.execute("DELETE FROM meta")
                    yield Tables(raw, str(self._path), lambda: self._keep(raw, part))
        finally:
            for ending in ("", "-wal", "-shm"):
                part.with_name(part.name + ending).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Take away what copies left that were killed: whole texts stand in it."""
        for part in self._path.parent.glob(f".{self._path.name}.*.part*"):
            pid = part.name.rpartition(".part")[0].rpartition(".")[2]
            try:
                os.kill(int(pid), 0)
            except ProcessLookupError:
                part.unlink(missing_ok=True)
            except (ValueError, PermissionError):
                pass  # not ours, or another user's who lives

    def _keep(self, raw: sqlite3.Connection, part: Path) -> None:
        # A number that a person has seen is never given again, also where its delivery is gone.
        raw.execute(
            "UPDATE sqlite_sequence SET seq = max(seq, (SELECT max(number) FROM events)) "
            "WHERE name = 'deliveries'"
        )
        raw.execute("COMMIT")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        os.link(part, self._path)  # refuses where another process made one meanwhile
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


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
