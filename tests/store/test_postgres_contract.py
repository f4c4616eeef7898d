import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from cmctl.store.base import Store
from cmctl.store.postgres import open_store
from cmctl.store.sql.instants import milliseconds
from cmctl.testing.store_contract import StoreContract
from cmctl.testing.store_contract.base import NOON
from servers.postgres import Postgres, newest, running

CLOCK = (
    "CREATE OR REPLACE FUNCTION cmctl.lease_clock() RETURNS BIGINT LANGUAGE sql RETURN {}::BIGINT"
)


class TestPostgresStore(StoreContract):
    @pytest.fixture(autouse=True)
    def server(self, postgres: Postgres) -> None:
        postgres.clear()
        self.postgres = postgres
        self.is_new = True

    def open_store(self, folder: Path) -> Store:
        store = open_store(self.postgres.url(), epoch="e1")
        if self.is_new:
            self.is_new = False
            self.set_clock(store, NOON)
        return store

    def set_clock(self, store: Store, at: datetime) -> None:
        with psycopg.connect(self.postgres.url(), autocommit=True) as connection:
            connection.execute(CLOCK.format(milliseconds(at)))


@pytest.fixture(scope="module")
def newest_postgres() -> Iterator[Postgres]:
    """A server of the newest version; where its wheel has none, that of the system."""
    with running(choose=newest if sys.platform == "linux" else None) as server:
        yield server


class TestNewestPostgresStore(TestPostgresStore):
    @pytest.fixture(autouse=True)
    def server(self, newest_postgres: Postgres) -> None:
        newest_postgres.clear()
        self.postgres = newest_postgres
        self.is_new = True
