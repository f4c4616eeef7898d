"""The store in a PostgreSQL database, for one program on many machines; needs psycopg."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmctl.store.postgres.store import PostgresStore, migrate, open_store, place

__all__ = ["PostgresStore", "migrate", "open_store", "place"]


def __getattr__(name: str) -> object:
    """Import the whole store, and psycopg, at its first use only."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from cmctl.store.errors import StoreError  # noqa: PLC0415

    try:
        from cmctl.store.postgres import store  # noqa: PLC0415
    except ImportError as problem:
        message = "`store` names a PostgreSQL database, and psycopg is not installed"
        raise StoreError(message, hint="pipx install 'cmctl[postgres]'") from problem
    return getattr(store, name)
