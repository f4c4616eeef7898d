"""Statements that only read, from many threads, over a few connections."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

import psycopg

from cmctl.store.errors import StoreError
from cmctl.store.postgres.connecting import Raw
from cmctl.store.postgres.errors import translated
from cmctl.store.sql.session import Rows, Values

#: So many statements of one process at once; a server has a hundred connections for everybody.
_MOST = 6


class Pool:
    """Connections that wait for the next statement; more threads than connections take turns."""

    def __init__(self, connect: Callable[[], Raw], label: str) -> None:
        self._connect = connect
        self._label = label
        self._idle: list[Raw] = []
        self._places = BoundedSemaphore(_MOST)
        self._closed = False

    def fetch(self, statement: str, values: Values = ()) -> Rows:
        """Return all rows of one statement, which sees what is committed when it starts."""
        if self._closed:
            message = f"the store {self._label} is closed"
            raise StoreError(message)
        with self._place() as connection:
            try:
                return connection.execute(statement, values).fetchall()
            except psycopg.OperationalError as problem:
                if not connection.closed:
                    raise translated(problem, self._label) from problem
            except psycopg.Error as problem:
                raise translated(problem, self._label) from problem
        return self._fetch_anew(statement, values)

    def close(self) -> None:
        """Let go of the idle connections; those in use follow when they are done."""
        self._closed = True
        while (connection := self._pop()) is not None:
            connection.close()

    def _fetch_anew(self, statement: str, values: Values) -> Rows:
        """Ask once more over a connection of now: the idle ones were lost with the server."""
        while (connection := self._pop()) is not None:
            connection.close()
        with self._place() as connection:
            try:
                return connection.execute(statement, values).fetchall()
            except psycopg.Error as problem:
                raise translated(problem, self._label) from problem

    @contextmanager
    def _place(self) -> Iterator[Raw]:
        with self._places:
            connection = self._pop() or self._connect()
            try:
                yield connection
            finally:
                if self._closed or connection.closed:
                    connection.close()
                else:
                    self._idle.append(connection)

    def _pop(self) -> Raw | None:
        try:
            return self._idle.pop()
        except IndexError:  # asking first would race with other threads
            return None
