"""What tests of several folders share."""

from collections.abc import Iterator

import pytest

from servers.postgres import Postgres, running

# Here, before any test imports it.
pytest.register_assert_rewrite("cmctl.testing.store_contract")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests of this process; each clears what stands in it."""
    with running() as server:
        yield server
