"""Signing in at closed platforms: each one's own way, by what its adapter declares."""

import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cmctl.app.adapters import Adapters
from cmctl.app.sign_in.login import Browser, client_of, in_browser, keep, writable
from cmctl.app.sign_in.tokens import DeadTokenError
from cmctl.channels.oauth import Client
from cmctl.config.load import load_settings
from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.token import Token, read_token
from servers.vendors import CLIENT, INSTAGRAM, PAGE, SECRET, Vendors

from .desk import Clock

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
OPTIONS = {
    "x": "network: x",
    "facebook_page": f"network: facebook_page, page: '{PAGE}'",
    "instagram": f"network: instagram, account: '{INSTAGRAM}'",
    "threads": "network: threads",
    "linkedin_member": "network: linkedin_member",
    "pinterest": "network: pinterest, board: '1'",
    "google_business": "network: google_business, account: '1', location: '2'",
}
#: When somebody must sign in again, if nothing is renewed.
ENDS = {
    "x": None,
    "facebook_page": None,
    "instagram": None,
    "threads": START + timedelta(days=60),
    "linkedin_member": START + timedelta(days=365),
    "pinterest": START + timedelta(days=60),
    "google_business": None,
}


@dataclass
class Office:
    """A workspace with one account on a network, and a person at a browser."""

    root: Path
    server: Vendors
    clock: Clock
    port: int
    shown: str = ""
    browsers: list[Thread] = field(default_factory=list)

    def adapters(self, network: str) -> Adapters:
        block = f"{OPTIONS[network]}, url: '{self.server.url}', token: 'file:token'"
        config = f"timezone: UTC\nclients: {{a: {{name: A, channels: {{m: {{{block}}}}}}}}}\n"
        (self.root / "config.yaml").write_text(config)
        settings = load_settings(self.root / "config.yaml", write_cache=False).settings
        assert settings is not None
        return Adapters(settings, {}, self.clock.now, may_write=False)

    def way(self, **other: object) -> Browser:
        way = Browser(
            show=self.follow,
            random=lambda: secrets.token_hex(32),
            now=self.clock.now,
            paste=lambda: "",
            port=self.port,
            seconds=60,
        )
        return way._replace(**other)  # type: ignore[arg-type]

    def follow(self, address: str) -> None:
        self.shown = address
        browser = Thread(target=lambda: httpx.get(address, follow_redirects=True))
        browser.start()
        self.browsers.append(browser)

    def sign_in(self, adapters: Adapters, **other: object) -> str:
        token = in_browser(writable(adapters, "a/m"), Client(CLIENT, SECRET), self.way(**other))
        return keep(adapters, "a/m", token, bare=False).account

    def kept(self) -> Token:
        return read_token((self.root / "token").read_text().strip())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    clock = Clock(START)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Vendors(clock=clock.now) as server:
        server.redirects |= {f"http://{host}:{port}/" for host in ("127.0.0.1", "localhost")}
        office = Office(tmp_path, server, clock, port)
        yield office
        for browser in office.browsers:
            browser.join(60)


@pytest.fixture
def adapters(office: Office, network: str) -> Iterator[Adapters]:
    adapters = office.adapters(network)
    yield adapters
    adapters.close()


def who(adapters: Adapters) -> str:
    return adapters.open("a/m").probe()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("network", OPTIONS)
def test_each_network_lets_in_by_its_own_way_and_its_token_is_the_accounts(
    office: Office, adapters: Adapters, network: str
) -> None:
    account = office.sign_in(adapters)
    assert account == who(adapters)
    assert "atlas" in account.casefold() or network == "google_business"
    kept = office.kept()
    assert kept.dies_at == ENDS[network]
    assert (kept.client_id, kept.client_secret) == (CLIENT, SECRET)
    sign_in = writable(adapters, "a/m").sign_in
    assert sign_in is not None
    assert office.server.scopes == list(sign_in.scopes)
    # A second time nobody has to say again as whom.
    assert client_of(writable(adapters, "a/m")) == Client(CLIENT, SECRET)


@pytest.mark.parametrize("network", ["x"])
def test_x_renews_with_a_refresh_token_that_is_good_once(
    office: Office, adapters: Adapters
) -> None:
    office.sign_in(adapters)
    first = office.kept()
    for _ in range(3):
        office.clock.forward(hours=2)
        assert who(adapters) == "@atlas"
    assert office.kept().refresh != first.refresh
    (office.root / "token").write_text(first.written())  # as another machine still has it
    office.clock.forward(hours=2)
    adapters.forget("a/m")
    with pytest.raises(DeadTokenError, match="cmctl channel login a/m"):
        adapters.open("a/m")


@pytest.mark.parametrize("network", ["threads"])
def test_threads_renews_its_token_by_itself_long_before_its_end(
    office: Office, adapters: Adapters
) -> None:
    office.sign_in(adapters)
    first = office.kept()
    office.clock.forward(days=29)
    who(adapters)
    assert office.kept() == first
    office.clock.forward(days=2)
    office.server.status = 503
    who(adapters)  # it is good for weeks
    assert office.kept() == first
    tried = office.server.asked["/refresh_access_token"]
    who(adapters)
    assert office.server.asked["/refresh_access_token"] == tried  # and not asked at every call
    office.server.status = 0
    office.clock.forward(hours=2)
    who(adapters)
    assert office.kept().dies_at == office.clock.at + timedelta(days=60)


@pytest.mark.parametrize("network", ["facebook_page"])
def test_a_page_has_its_own_token_which_does_not_end(office: Office, adapters: Adapters) -> None:
    assert office.sign_in(adapters) == "Atlas"
    office.clock.forward(days=4000)
    assert who(adapters) == "Atlas"


@pytest.mark.parametrize("network", ["instagram"])
def test_an_instagram_account_that_belongs_to_no_page_is_told_and_nothing_is_kept(
    office: Office, adapters: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servers.vendors.INSTAGRAM", "another")
    with pytest.raises(CmctlError, match="no Page that you let us in to belongs"):
        office.sign_in(adapters)
    assert not (office.root / "token").exists()


@pytest.mark.parametrize("network", ["x"])
def test_a_person_who_says_no_is_told_in_the_networks_words(
    office: Office, adapters: Adapters
) -> None:
    office.server.says_no = True
    with pytest.raises(CmctlError, match="did not let us in: The person said no"):
        office.sign_in(adapters)
    assert not (office.root / "token").exists()


@pytest.mark.parametrize("network", ["x"])
def test_a_port_that_is_taken_is_told_before_anybody_opens_a_browser(
    office: Office, adapters: Adapters
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", office.port))
        taken.listen()
        with pytest.raises(CmctlError, match=f"nothing can listen on 127.0.0.1:{office.port}"):
            office.sign_in(adapters)
    assert not office.shown


@pytest.mark.parametrize("network", ["x"])
def test_a_redirect_that_nobody_registered_ends_in_words(
    office: Office, adapters: Adapters
) -> None:
    office.server.redirects.clear()
    with pytest.raises(CmctlError, match="nobody answered"):
        office.sign_in(adapters, seconds=0.2)


@pytest.mark.parametrize("network", ["threads"])
def test_where_only_https_is_taken_the_address_is_pasted(
    office: Office, adapters: Adapters
) -> None:
    elsewhere = "https://atlas.example/done"
    office.server.redirects.add(elsewhere)
    sent: list[str] = []

    def show(address: str) -> None:
        sent.append(httpx.get(address).headers["Location"])

    def paste() -> str:
        return f" {sent[-1]} "

    assert "atlas" in office.sign_in(adapters, show=show, paste=paste, redirect=elsewhere)
    before = office.kept()
    state = parse_qs(urlsplit(sent[0]).query)["state"][0]
    for wrong in ("", "https://[", sent[0], f"{elsewhere}?code=guessed&state={state}x"):
        with pytest.raises(CmctlError, match="not the address"):
            office.sign_in(
                adapters, show=lambda _: None, paste=lambda text=wrong: text, redirect=elsewhere
            )
    assert office.kept() == before


@pytest.mark.parametrize("network", ["x"])
def test_a_code_is_good_for_one_use_and_ten_minutes(office: Office, adapters: Adapters) -> None:
    elsewhere = "https://atlas.example/done"
    office.server.redirects.add(elsewhere)
    sent: list[str] = []

    def late() -> str:
        office.clock.forward(minutes=11)
        return sent[-1]

    def show(address: str) -> None:
        sent.append(httpx.get(address).headers["Location"])

    with pytest.raises(CmctlError, match="400") as raised:
        office.sign_in(adapters, show=show, paste=late, redirect=elsewhere)
    code = parse_qs(urlsplit(sent[0]).query)["code"][0]
    assert code not in str(raised.value)  # the server repeats it
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("network", ["x"])
def test_without_a_program_that_is_registered_a_person_is_told_so(
    office: Office, adapters: Adapters
) -> None:
    wanted = writable(adapters, "a/m")
    with pytest.raises(UsageError, match="x wants programs registered by hand"):
        in_browser(wanted, None, office.way())
