"""What tests of several folders share."""

from collections.abc import Iterator

import pytest

from servers.postgres import Postgres, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests of this process; each clears what stands in it."""
    with running() as server:
        yield server
