"""Open a store by where it is: an SQLite file by its path, a PostgreSQL database by its address."""

from pathlib import Path
from typing import TYPE_CHECKING

from cmctl.core.settings import is_database

if TYPE_CHECKING:
    from cmctl.store.base import Store
    from cmctl.store.copying.tables import Place


def open_store(where: str, *, epoch: str, password: str = "", read_only: bool = False) -> "Store":
    """Open the store at `where`; made with `epoch` (random hex) where there is none.

    Raises:
        StoreNewerError: a newer cmctl wrote it.
        StoreError: it cannot be opened, or psycopg is missing.
    """
    if is_database(where):
        from cmctl.store import postgres  # noqa: PLC0415 - SQLite alone must not pay for it

        return postgres.open_store(where, epoch=epoch, password=password, read_only=read_only)
    from cmctl.store import sqlite  # noqa: PLC0415 - as above

    return sqlite.open_store(Path(where), epoch=epoch, read_only=read_only)


def place(where: str, *, password: str = "") -> "Place":
    """Return a store to be copied from or to."""
    if is_database(where):
        from cmctl.store import postgres  # noqa: PLC0415 - as above

        return postgres.place(where, password)
    from cmctl.store.sqlite.copying import SqlitePlace  # noqa: PLC0415 - as above

    return SqlitePlace(Path(where))


def migrate(where: str, *, epoch: str, password: str = "") -> tuple[int, int]:
    """Bring a store up to date, making it where there is none; return its version before and after.

    Raises:
        StoreError: it is newer, or cannot be used.
    """
    if is_database(where):
        from cmctl.store import postgres  # noqa: PLC0415 - as above

        return postgres.migrate(where, password, epoch)
    from cmctl.store.sqlite import opening  # noqa: PLC0415 - as above

    before = opening.found_at(Path(where))
    opening.prepared(Path(where), epoch).close()
    return before, opening.VERSION
