import uuid
from collections.abc import Iterator

import pytest

from cmctl.channels.networks.bluesky import BlueskyChannel
from cmctl.channels.networks.mastodon import MastodonChannel
from servers.mastodon import Account as Customer
from servers.mastodon import MastodonMock
from servers.pds import Account, Pds


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
    channel = BlueskyChannel(handle=account.handle, password=account.password, url=pds.url)
    yield channel
    channel.close()


@pytest.fixture(scope="session")
def mastodon_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MastodonMock]:
    server = MastodonMock(tmp_path_factory.mktemp("mastodon"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def customer(mastodon_server: MastodonMock) -> Customer:
    return mastodon_server.account()


@pytest.fixture
def mastodon(mastodon_server: MastodonMock, customer: Customer) -> Iterator[MastodonChannel]:
    channel = MastodonChannel(url=mastodon_server.url, token=customer.token)
    yield channel
    channel.close()
