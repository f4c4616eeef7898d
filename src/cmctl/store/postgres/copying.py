"""A PostgreSQL database as a store to be copied from, or to."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import psycopg

from cmctl.store.copying.tables import Row, Table
from cmctl.store.postgres import opening
from cmctl.store.postgres.connecting import Address, Raw
from cmctl.store.postgres.errors import translated

#: Rows that a server hands over at once.
_AT_ONCE = 2000


class PostgresPlace:
    """The address of a database that holds a store, or will."""

    def __init__(self, address: Address) -> None:
        self._address = address

    @contextmanager
    def read(self) -> Iterator["Tables"]:
        """Open the database to be read as it is now."""
        opening.require(self._address)
        with self._connected(read_only=True) as raw:
            raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield Tables(raw, self._address.label, None)

    @contextmanager
    def make(self) -> Iterator["Tables"]:
        """Make the schema in a transaction that ends with `keep`, or read what stands there."""
        with self._connected() as raw:
            raw.execute("SET idle_in_transaction_session_timeout = 0")  # the source may be slow
            raw.execute("BEGIN")
            if opening.made(raw, self._address):
                raw.execute("DELETE FROM meta WHERE key NOT IN ('version', 'place')")
                yield Tables(raw, self._address.label, lambda: _commit(raw))
                return
        with self.read() as there:
            yield there

    @contextmanager
    def _connected(self, *, read_only: bool = False) -> Iterator[Raw]:
        raw = self._address.connect(read_only=read_only)
        try:
            yield raw
        except psycopg.Error as problem:
            raise translated(problem, self._address.label) from problem
        finally:
            raw.close()


class Tables:
    """The rows of a database, table by table."""

    def __init__(self, raw: Raw, label: str, keep: Callable[[], None] | None) -> None:
        self.label = label
        self._raw = raw
        self._keep = keep

    def is_new(self) -> bool:
        """Tell whether the store is being made."""
        return self._keep is not None

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield all rows of a table in the order of its key."""
        with self._raw.cursor(name=f"rows_of_{table.name}") as cursor:
            cursor.itersize = _AT_ONCE
            yield from cursor.execute(table.select.encode())

    def fill(self, table: Table, rows: Iterable[Row]) -> None:
        """Write the rows of a table, and count on from them."""
        columns = ", ".join(table.columns)
        with (
            self._raw.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN".encode()) as into,
        ):
            for row in rows:
                into.write_row(row)
        if table.counted:
            self._raw.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), max({table.counted})) "  # noqa: S608
                f"FROM {table.name} HAVING count(*) > 0",
                (table.name, table.counted),
            )

    def keep(self) -> None:
        """Make what was filled the store."""
        if self._keep is not None:
            self._keep()


def _commit(raw: Raw) -> None:
    # A number that a person has seen is never given again, also where its delivery is gone.
    raw.execute(
        "SELECT setval(pg_get_serial_sequence('deliveries', 'number'), max(number)) "
        "FROM events HAVING max(number) > 0"
    )
    raw.execute("COMMIT")
