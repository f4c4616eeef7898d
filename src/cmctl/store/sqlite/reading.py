"""Statements that only read: from many threads, and from a file that must not be touched."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

from cmctl.store.errors import StoreError
from cmctl.store.listing import Read
from cmctl.store.sql.session import Rows, Values
from cmctl.store.sqlite.opening import VERSION, empty, for_reading, telling, version


class Reader(Protocol):
    """Where statements are asked; each sees what is committed when it starts."""

    def fetch(self, statement: str, values: Values = ()) -> Rows:
        """Return all rows of one statement."""
        ...

    def read(
        self, statement: str, values: Values, reading: Callable[[sqlite3.Cursor], Read]
    ) -> Read:
        """Return what `reading` makes of the rows of one statement; it may be asked again."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Pool:
    """As many connections as are reading at once, kept for the next ones.

    A connection a thread would cost its cache for each of hundreds of lanes that rarely read.
    """

    def __init__(
        self,
        path: Path,
        connect: Callable[[], sqlite3.Connection],
        first: Sequence[sqlite3.Connection] = (),
    ) -> None:
        self._path = path
        self._connect = connect
        self._idle = list(first)
        self._closed = False

    def fetch(self, statement: str, values: Values = ()) -> Rows:
        """Return all rows of one statement."""
        return self.read(statement, values, sqlite3.Cursor.fetchall)

    def read(
        self, statement: str, values: Values, reading: Callable[[sqlite3.Cursor], Read]
    ) -> Read:
        """Return what `reading` makes of the rows of one statement."""
        if self._closed:
            message = f"the store {self._path} is closed"
            raise StoreError(message)
        with telling(self._path):
            connection = self._pop() or self._connect()
            try:
                return reading(connection.execute(statement, values))
            finally:
                self._give_back(connection)

    def close(self) -> None:
        """Let go of the idle connections; those in use follow when they are done."""
        self._closed = True
        while (connection := self._pop()) is not None:
            connection.close()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        self._idle.append(connection)
        if self._closed:
            self.close()

    def _pop(self) -> sqlite3.Connection | None:
        try:
            return self._idle.pop()
        except IndexError:  # asking first would race with other threads
            return None


class Onlooker:
    """Reads a file without writing a byte to it or beside it.

    Where a write-ahead log has something to tell, a writer lives or was killed, and SQLite's locks
    are shared with it. Where none has, taking part would leave one behind; so the file is read as
    it is, and once more if it changed meanwhile.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen: object = None
        self._pool = Pool(path, empty)

    def fetch(self, statement: str, values: Values = ()) -> Rows:
        """Return all rows of one statement."""
        return self.read(statement, values, sqlite3.Cursor.fetchall)

    def read(
        self, statement: str, values: Values, reading: Callable[[sqlite3.Cursor], Read]
    ) -> Read:
        """Return what `reading` makes of the rows; it is asked again where the file changed."""
        with self._lock:
            while True:
                before = self._look()
                if before != self._seen:
                    self._open(before)
                try:
                    found = self._pool.read(statement, values, reading)
                except StoreError as problem:
                    if before != self._look():
                        continue
                    raise self._told(before, problem) from problem
                if before in ("shared", self._look()):
                    return found

    def close(self) -> None:
        """Let go of the file."""
        self._pool.close()

    def _look(self) -> object:
        with telling(self._path):
            # An empty log has nothing to tell, as where a writer found no room on the disk.
            if self._has("-wal"):
                return "shared"
            try:
                found = self._path.stat()
            except FileNotFoundError:
                return "missing"
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _has(self, ending: str) -> bool:
        """Tell whether something is in a file that stands beside the store."""
        try:
            return self._path.with_name(self._path.name + ending).stat().st_size > 0
        except FileNotFoundError:
            return False

    def _told(self, found: object, problem: StoreError) -> StoreError:
        if found != "shared" or self._has("-shm"):
            return problem
        message = (
            f"the store {self._path} cannot be read now: its last commits stand in a log beside "
            f"it, and SQLite needs a little room to read that ({problem.__cause__ or problem})"
        )
        hint = "free some space on its disk, or give the right to write its folder; nothing is lost"
        return StoreError(message, hint=hint)

    def _open(self, found: object) -> None:
        self._pool.close()
        self._pool = Pool(self._path, lambda: self._connect(found))
        self._seen = found

    def _connect(self, found: object) -> sqlite3.Connection:
        if found == "missing":
            return empty()
        mode = "ro" if found == "shared" else "immutable"
        connection = for_reading(self._path, mode=mode)
        written = version(connection, self._path)
        if written == 0:
            connection.close()
            return empty()
        if written < VERSION:
            message = f"the store {self._path} is of version {written}, {VERSION} is needed"
            raise StoreError(message, hint="run cmctl doctor once: it brings the store up to date")
        return connection
