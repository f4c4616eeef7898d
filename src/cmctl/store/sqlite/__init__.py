"""The store in one SQLite file; `listings` alone is what a listing needs, and cheaper to import."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmctl.store.sqlite.store import SqliteStore, open_store

__all__ = ["SqliteStore", "open_store"]


def __getattr__(name: str) -> object:
    """Import the whole store at its first use only."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from cmctl.store.sqlite import store  # noqa: PLC0415

    return getattr(store, name)
