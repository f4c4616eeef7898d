"""The facts of one workspace in PostgreSQL; the promises stand in `store/base.py`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock

from cmctl.store.errors import StoreError
from cmctl.store.listing import Raw as RawRow
from cmctl.store.listing import Read
from cmctl.store.postgres import opening
from cmctl.store.postgres.connecting import Address
from cmctl.store.postgres.connection import PostgresConnection
from cmctl.store.postgres.copying import PostgresPlace
from cmctl.store.postgres.listening import Listener
from cmctl.store.postgres.reading import Pool
from cmctl.store.postgres.sql import placed, queries
from cmctl.store.sql.instants import instant
from cmctl.store.sql.session import Rows, Values
from cmctl.store.sql.store import SqlStore
from cmctl.store.sql.writing import T, Work, Writer


def open_store(
    url: str, *, epoch: str, password: str = "", read_only: bool = False
) -> "PostgresStore":
    """Open the store in the database at `url`; made with `epoch` where it has none.

    A password that is not given is libpq's affair: PGPASSWORD, PGPASSFILE, a service file.

    Raises:
        StoreNewerError: a newer cmctl made it.
        StoreError: the server cannot be reached, or the store is older and not migrated.
    """
    address = Address(url, password)
    if read_only:
        opening.require(address)
    else:
        opening.prepare(address, epoch)
    return PostgresStore(address, read_only=read_only)


def place(url: str, password: str) -> PostgresPlace:
    """Return the database as a store to be copied from or to."""
    return PostgresPlace(Address(url, password))


def migrate(url: str, password: str, epoch: str) -> tuple[int, int]:
    """Bring the store up to date; return its version before and after."""
    return opening.migrated(Address(url, password), epoch)


class PostgresStore(SqlStore):
    """Reads from any thread; writes through one thread of its own, started by the first write."""

    def __init__(self, address: Address, *, read_only: bool = False) -> None:
        self._address = address
        self._label = address.label
        self._read_only = read_only
        self._pool = Pool(lambda: address.connect(read_only=True), self._label)
        self._gate = Lock()
        self._writer: Writer | None = None
        self._listener: Listener | None = None
        self._closed = False

    def close(self) -> None:
        """Finish what is being committed and let go; safe to call twice."""
        if self._listener is not None:
            self._listener.close()
        with self._gate:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
        self._pool.close()

    def clock(self, now: datetime) -> datetime:  # noqa: ARG002 - the contract's signature
        """Return the server's time, by which leases end whatever the machines' clocks say."""
        return instant(self._fetch("clock")[0][0])

    def listen(self, ring: Callable[[], None]) -> None:
        """Ring when another process commits what may be due at once."""
        self._listener = Listener(self._address.connect, ring)

    # Care.

    def info(self) -> Mapping[str, str]:
        """Return what `doctor` shows: engine, address, schema version, epoch, size."""
        return {
            "engine": f"PostgreSQL {self._pool.fetch('SHOW server_version')[0][0]}",
            "path": self._label,
            "version": str(self._fetch("version")[0][0]),
            "epoch": self._fetch("epoch")[0][0],
            "bytes": str(self._fetch("size")[0][0]),
            "backup_at": self._meta("backup_at"),
            "settled_at": self._meta("settled_at"),
            "moved": "yes" if self._fetch("moved")[0][0] else "",
        }

    def verify(self) -> Sequence[str]:
        """Return what is wrong with the facts; the server looks after its files itself."""
        return [
            f"delivery {number} is {state}, its last event says otherwise"
            for number, state in self._fetch("disagreements")
        ]

    # How.

    def _fetch(self, name: str, values: Values = (), more: str = "") -> Rows:
        statement = queries()[name]
        return self._pool.fetch(statement + placed(more) if more else statement, values)

    def _read(
        self, name: str, values: Values, more: str, read: Callable[[Iterable[RawRow]], Read]
    ) -> Read:
        return read(self._fetch(name, values, more))

    def _write(self, work: "Work[T]") -> "T":
        return (self._writer or self._started()).write(work)

    def _started(self) -> "Writer":
        if self._read_only:
            message = f"the store {self._label} was opened to be read only"
            raise StoreError(message)
        with self._gate:
            if self._closed:
                message = f"the store {self._label} is closed"
                raise StoreError(message)
            if self._writer is None:
                connection = PostgresConnection(self._address.connect, self._label)
                self._writer = Writer(connection, self._label)
            return self._writer
