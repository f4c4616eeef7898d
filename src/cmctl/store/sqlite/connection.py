"""The one connection that commits to an SQLite file."""

import os
import sqlite3
from collections.abc import Sequence

from cmctl.store.errors import StoreError
from cmctl.store.sql.given import Later, as_rows
from cmctl.store.sql.session import Given, Rows, Values
from cmctl.store.sqlite.errors import translated
from cmctl.store.sqlite.sql import queries


class SqliteConnection:
    """Named statements and transactions; see `sql/session.py`."""

    def __init__(self, raw: sqlite3.Connection, path: str) -> None:
        self.raw = raw
        self._path = path
        self._opened = _file_at(path)
        self._later = Later()

    def rows(self, name: str, values: Values = ()) -> Rows:
        """Run a statement and return all its rows."""
        # All are fetched: an UPDATE with RETURNING is done only then.
        return self.raw.execute(queries()[name], values).fetchall()

    def run(self, name: str, values: Values = ()) -> int:
        """Run a statement and return how many rows it wrote."""
        return self.raw.execute(queries()[name], values).rowcount

    def many(self, name: str, values: Sequence[Values]) -> None:
        """Run a statement once for each of `values`."""
        self.raw.executemany(queries()[name], values)

    def each(self, name: str, given: Sequence[Given]) -> Rows:
        """Run a statement over many rows at once: each step hands over Python's lock."""
        return self.rows(name, {"rows": as_rows(given)}) if given else []

    def later(self, name: str, given: Sequence[Given]) -> None:
        """Run a statement over many rows when the transaction ends."""
        self._later.add(name, given)

    def begin(self) -> None:
        """Open a transaction that writes.

        Raises:
            StoreError: somebody removed the file, or put another one in its place.
        """
        # SQLite would go on, and every receipt would end in a file that nobody can open again.
        if _file_at(self._path) != self._opened:
            message = f"the store {self._path} was removed, or replaced, while it was in use"
            raise StoreError(message, hint="put it back where it was, then start cmctl again")
        self._later.clear()
        self.raw.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Write it to the disk."""
        self._later.flush(self.each)
        self.raw.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the whole transaction."""
        self.raw.rollback()

    def mark(self) -> None:
        """Begin a part that can be undone alone."""
        self._later.mark()
        self.raw.execute("SAVEPOINT unit")

    def keep(self) -> None:
        """End the part, which stays."""
        self.raw.execute("RELEASE unit")

    def undo(self) -> None:
        """Undo the part, and end it."""
        self._later.undo()
        self.raw.execute("ROLLBACK TO unit")
        self.raw.execute("RELEASE unit")

    def close(self) -> None:
        """Let go of the file."""
        self.raw.close()

    def is_common(self, problem: Exception) -> bool:
        """Tell whether it is the file or the disk: other transactions would meet it too."""
        return isinstance(problem, sqlite3.OperationalError)

    def is_passing(self, problem: Exception) -> bool:  # noqa: ARG002 - the contract's signature
        """Tell that nothing passes: SQLite runs one transaction at a time."""
        return False

    def told(self, problem: Exception) -> Exception:
        """Return the problem in the words of the contract."""
        return translated(problem, self._path) if isinstance(problem, sqlite3.Error) else problem


def _file_at(path: str) -> tuple[int, int] | None:
    """Return what tells one file from another, nothing where none is."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked at every commit
    except OSError:
        return None
    return found.st_dev, found.st_ino
