"""The facts of one workspace in one SQLite file; the promises stand in `store/base.py`."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from cmctl.store.errors import StoreError
from cmctl.store.sql.store import SqlStore
from cmctl.store.sqlite import opening
from cmctl.store.sqlite.listings import SqliteListings
from cmctl.store.sqlite.reading import Onlooker, Pool, Reader

if TYPE_CHECKING:
    from cmctl.store.sql.writing import T, Work, Writer


def open_store(path: Path, *, epoch: str, read_only: bool = False) -> "SqliteStore":
    """Open the store at `path`; made with `epoch` (random hex) where no file is.

    With `read_only` nothing is written, not even beside the file, and a missing file reads as an
    empty store.

    Raises:
        StoreNewerError: a newer cmctl wrote it.
        StoreDamagedError: it is no database, or damaged; the file is left as it is.
        StoreError: it cannot be opened.
    """
    if read_only:
        return SqliteStore(path, Onlooker(path), read_only=True)
    opening.refuse_share(path)
    first = opening.prepared(path, epoch)
    return SqliteStore(path, Pool(path, lambda: opening.for_reading(path), [first]))


class SqliteStore(SqliteListings, SqlStore):
    """Reads from any thread; writes through one thread of its own, started by the first write."""

    def __init__(self, path: Path, reader: Reader, *, read_only: bool = False) -> None:
        super().__init__(path, reader)
        self._read_only = read_only
        self._gate = Lock()
        self._writer: Writer | None = None
        self._closed = False

    def close(self) -> None:
        """Finish what is being committed and let go; safe to call twice."""
        with self._gate:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
        super().close()

    def _write(self, work: "Work[T]") -> "T":
        return (self._writer or self._started()).write(work)

    def _started(self) -> "Writer":
        if self._read_only:
            message = f"the store {self._path} was opened to be read only"
            raise StoreError(message)
        from cmctl.store.sql.writing import Writer  # noqa: PLC0415 - a listing writes nothing
        from cmctl.store.sqlite.connection import SqliteConnection  # noqa: PLC0415 - as above

        with self._gate:
            if self._closed:
                message = f"the store {self._path} is closed"
                raise StoreError(message)
            if self._writer is None:
                with opening.telling(self._path):
                    connection = opening.for_writing(self._path)
                name = str(self._path)
                self._writer = Writer(SqliteConnection(connection, name), name)
            return self._writer
