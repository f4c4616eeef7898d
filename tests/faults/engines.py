"""The two stores of a campaign: how each is shut out, broken off, and shown another clock."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from faults.crew import Crew

#: Bytes to which files may grow while the disk is "full": room for the journal of receipts alone.
FULL = 128 * 1024


class Engine(Protocol):
    """A store, as what goes wrong with it."""

    #: As in `config.yaml`; empty: the default.
    address: str

    def locked(self, seconds: float) -> Callable[[], None]:
        """Return what another program does that holds the store's lock."""
        ...

    def fail(self, crew: "Crew", seconds: float) -> None:
        """Let no commit through for a while, or break off those under way."""
        ...

    def cut(self, crew: "Crew") -> None:
        """Break off what everybody does in it, in mid-commit as well; it stays up."""
        ...

    def set_clock(self, away: timedelta) -> None:
        """Let leases end by a clock that far from the machine's."""
        ...

    def close(self) -> None:
        """End what was started for it."""
        ...


class Sqlite:
    """A file of the workspace; leases end by the clock of the machine."""

    address = ""

    def __init__(self, file: Path) -> None:
        self._file = file

    def locked(self, seconds: float) -> Callable[[], None]:
        """Hold the write lock."""

        def hold() -> None:
            other = sqlite3.connect(self._file, isolation_level=None, timeout=5)
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            other.execute("ROLLBACK")
            other.close()

        return hold

    def fail(self, crew: "Crew", seconds: float) -> None:
        """Let no file grow."""
        crew.limit(FULL)
        time.sleep(seconds)
        crew.limit(-1)

    def cut(self, crew: "Crew") -> None:
        """Pack the file, as people do with `sqlite3`: every page moves, and the log is emptied."""
        with suppress(sqlite3.OperationalError):  # no turn was to be had
            other = sqlite3.connect(self._file, isolation_level=None, timeout=2)
            other.execute("VACUUM")
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            other.close()

    def set_clock(self, away: timedelta) -> None:
        """Leases end by the clock that all share already."""

    def close(self) -> None:
        """Nothing was started."""


class PostgreSql:
    """A server of our own, on a socket in a folder; leases end by its clock."""

    def __init__(self, folder: Path) -> None:
        from servers.postgres import Postgres  # noqa: PLC0415 - SQLite needs no server

        folder.mkdir(parents=True)
        self._server = Postgres(folder, durable=True)
        self._server.start()
        self._away = timedelta()
        self.address = self._server.url()

    def locked(self, seconds: float) -> Callable[[], None]:
        """Hold the lock of the deliveries, whatever anybody wants of them."""
        import psycopg  # noqa: PLC0415 - as above

        def hold() -> None:
            with psycopg.connect(self.address) as other:
                other.execute("LOCK TABLE cmctl.deliveries IN ACCESS EXCLUSIVE MODE")
                time.sleep(seconds)
                other.rollback()

        return hold

    def fail(self, crew: "Crew", seconds: float) -> None:
        """Stop the server at once, as a crash does, and start it again."""
        crew.excuse()
        self._server.stop("immediate")
        time.sleep(seconds)
        self._server.start()

    def cut(self, crew: "Crew") -> None:
        """Let the server drop all connections; the answers of commits are lost with them."""
        crew.excuse()
        self._server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def set_clock(self, away: timedelta) -> None:
        """Let the server's leases go with the clock of the daemons."""
        import psycopg  # noqa: PLC0415 - as above

        milliseconds = away // timedelta(milliseconds=1)
        with suppress(psycopg.Error):  # no daemon has made the store yet
            self._server.execute(
                "CREATE OR REPLACE FUNCTION cmctl.lease_clock() RETURNS BIGINT LANGUAGE sql "
                "VOLATILE RETURN floor(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT "
                f"+ {milliseconds}"
            )

    def close(self) -> None:
        """Stop the server."""
        self._server.stop("immediate")
