"""Open a store by where it is: an SQLite file by its path, a PostgreSQL database by its address."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmctl.store.base import Store

POSTGRES = ("postgresql://", "postgres://")


def is_postgres(where: str) -> bool:
    """Tell whether an address is that of a PostgreSQL database."""
    return where.startswith(POSTGRES)


def open_store(where: str, *, epoch: str, password: str = "", read_only: bool = False) -> "Store":
    """Open the store at `where`; made with `epoch` (random hex) where there is none.

    Raises:
        StoreNewerError: a newer cmctl wrote it.
        StoreError: it cannot be opened, or psycopg is missing.
    """
    if is_postgres(where):
        from cmctl.store import postgres  # noqa: PLC0415 - SQLite alone must not pay for it

        return postgres.open_store(where, epoch=epoch, password=password, read_only=read_only)
    from cmctl.store import sqlite  # noqa: PLC0415 - as above

    return sqlite.open_store(Path(where), epoch=epoch, read_only=read_only)
