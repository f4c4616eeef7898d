import uuid
from collections.abc import Callable, Iterator

import pytest
from servers.mastodon import MastodonMock
from servers.pds import Account, Pds

from cmctl.channels.networks.bluesky import BlueskyChannel


@pytest.fixture(scope="session")
def pds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pds]:
    server = Pds(tmp_path_factory.mktemp("pds"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def account(pds: Pds) -> Account:
    return pds.create_account(f"a{uuid.uuid4().hex[:12]}")


@pytest.fixture
def bluesky(pds: Pds, account: Account) -> Iterator[BlueskyChannel]:
    channel = open_bluesky(pds.url, account)
    yield channel
    channel.close()


def open_bluesky(url: str, account: Account) -> BlueskyChannel:
    options = {"handle": account.handle, "password": account.password, "url": url}
    return BlueskyChannel.open(options)


@pytest.fixture(scope="session")
def mastodon_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MastodonMock]:
    server = MastodonMock(tmp_path_factory.mktemp("mastodon"))
    try:
        server.start()
        yield server
    finally:
        server.stop()
