"""The store in one SQLite file."""

from cmctl.store.sqlite.store import SqliteStore, open_store

__all__ = ["SqliteStore", "open_store"]
