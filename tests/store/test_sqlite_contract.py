from pathlib import Path

from cmctl.store.base import Store
from cmctl.store.sqlite import open_store
from cmctl.testing.store_contract import StoreContract


class TestSqliteStore(StoreContract):
    def open_store(self, folder: Path) -> Store:
        return open_store(folder / "cmctl.db", epoch="e1")
