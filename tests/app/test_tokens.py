"""Tokens that end: renewed once, by one at a time, and never at the price of a post."""

import json
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyrings.alt.file import PlaintextKeyring

from cmctl.app.adapters import Adapters
from cmctl.app.publishing.decide import release
from cmctl.app.sign_in.renewal_right import alone
from cmctl.app.sign_in.tokens import DeadTokenError
from cmctl.channels.base import Unavailable
from cmctl.config.load import load_settings
from cmctl.core.model import State
from cmctl.core.token import Token, read_token
from servers.oauth import OAuthServer

from .desk import Clock, Desk

RENEWER = Path(__file__).with_name("renewer.py")
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CONFIG = """\
timezone: Europe/Paris
clients:
  a:
    name: A
    channels:
      m: {{network: mastodon, url: "{url}", token: "file:token"}}
"""


class Bench:
    """A workspace with one account whose token is in a file."""

    def __init__(self, root: Path, server: OAuthServer, clock: Clock) -> None:
        self.root, self.server, self.clock = root, server, clock
        (root / "config.yaml").write_text(CONFIG.format(url=server.url))
        self.file = root / "token"

    def sign_in(self, **fields: str) -> Token:
        said = self.server.grant()
        token = Token(
            access=said["access_token"],
            refresh=fields.get("refresh", said["refresh_token"]),
            expires_at=self.clock.at + self.server.life,
        )
        self.file.write_text(token.written())
        self.file.chmod(0o600)
        return token

    def kept(self) -> Token:
        return read_token(self.file.read_text().strip())

    def renewals(self) -> int:
        return self.server.asked["/oauth/token"]


def opened(root: Path, clock: Clock, *, dry: bool = False) -> Adapters:
    settings = load_settings(root / "config.yaml", write_cache=False).settings
    assert settings is not None
    right = None if dry else alone
    return Adapters(settings, {}, clock.now, may_write=False, right=right)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = Clock(START)
    with OAuthServer(clock=clock.now) as server:
        yield Bench(tmp_path, server, clock)


@pytest.fixture
def adapters(bench: Bench) -> Iterator[Adapters]:
    adapters = opened(bench.root, bench.clock)
    yield adapters
    adapters.close()


def who(adapters: Adapters) -> str:
    return adapters.open("a/m").probe()  # type: ignore[attr-defined, no-any-return]


def test_a_token_is_renewed_before_it_ends_and_never_without_need(
    bench: Bench, adapters: Adapters
) -> None:
    first = bench.sign_in()
    assert "atlas" in who(adapters)
    bench.clock.forward(hours=1, minutes=54)
    assert adapters.open("a/m") is adapters.open("a/m")
    assert bench.renewals() == 0
    for turn in range(1, 4):  # each refresh token is good once
        bench.clock.forward(hours=2)
        bench.clock.forward(minutes=-5)
        assert "atlas" in who(adapters)
        assert bench.renewals() == turn
    assert bench.kept().access != first.access
    assert bench.kept().expires_at == bench.clock.at + bench.server.life
    assert stat.S_IMODE(bench.file.stat().st_mode) == 0o600


def test_many_threads_renew_once(bench: Bench, adapters: Adapters) -> None:
    bench.sign_in()
    bench.clock.forward(hours=3)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: who(adapters), range(16)))) == 1
    assert bench.renewals() == 1


def test_many_daemons_renew_once(bench: Bench) -> None:
    bench.sign_in()
    bench.clock.forward(hours=3)
    command = [sys.executable, RENEWER, bench.root / "config.yaml", bench.clock.at.isoformat()]
    daemons = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for daemon in daemons:
        assert daemon.stdin
        daemon.stdin.write("go\n")
        daemon.stdin.flush()
    assert all("atlas" in daemon.communicate(timeout=120)[0] for daemon in daemons)
    assert bench.renewals() == 1


def test_a_token_in_a_keyring_is_renewed_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(bench.root / "data"))
    before = keyring.get_keyring()
    keyring.set_keyring(PlaintextKeyring())
    text = (bench.root / "config.yaml").read_text()
    (bench.root / "config.yaml").write_text(text.replace("file:token", "keyring:cmctl/m"))
    first = bench.sign_in()
    keyring.set_password("cmctl", "m", first.written())
    bench.clock.forward(hours=3)
    try:
        with closing(opened(bench.root, bench.clock)) as adapters, ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(lambda _: who(adapters), range(8)))) == 1
        kept = read_token(keyring.get_password("cmctl", "m") or "")
    finally:
        keyring.set_keyring(before)
    assert bench.renewals() == 1
    assert kept.refresh != first.refresh
    assert bench.kept() == first  # the file is not its place


def away(server: OAuthServer) -> None:
    server.status = 503


def lost(server: OAuthServer) -> None:
    server.loses_answers = True


@pytest.mark.parametrize("fault", [away, lost])
def test_a_renewal_that_failed_costs_nothing_while_the_token_is_good(
    bench: Bench, adapters: Adapters, fault: Callable[[OAuthServer], None]
) -> None:
    before = bench.sign_in()
    bench.clock.forward(hours=1, minutes=56)
    fault(bench.server)
    assert "atlas" in who(adapters)
    assert bench.kept() == before
    who(adapters)
    assert bench.renewals() == 1  # and is tried again only after a while
    bench.clock.forward(minutes=2)
    who(adapters)
    assert bench.renewals() == 2


def test_a_dry_run_renews_nothing(bench: Bench) -> None:
    before = bench.sign_in()
    bench.clock.forward(hours=1, minutes=56)
    with closing(opened(bench.root, bench.clock, dry=True)) as adapters:
        assert "atlas" in who(adapters)
        bench.clock.forward(minutes=5)
        adapters.forget("a/m")
        with pytest.raises(Unavailable, match="a dry run renews none"):
            adapters.open("a/m")
    assert bench.renewals() == 0
    assert bench.kept() == before
    assert {path.name for path in bench.root.iterdir()} == {"config.yaml", "token"}


def test_a_network_that_is_away_when_the_token_is_over_lets_posts_wait(
    bench: Bench, adapters: Adapters
) -> None:
    bench.sign_in()
    bench.clock.forward(hours=3)
    away(bench.server)
    with pytest.raises(Unavailable, match="could not be renewed"):
        adapters.open("a/m")
    bench.server.status = 0
    assert "atlas" in who(adapters)


def test_a_refresh_token_used_up_by_a_lost_answer_asks_for_a_person(
    bench: Bench, adapters: Adapters
) -> None:
    before = bench.sign_in()
    bench.clock.forward(hours=3)
    lost(bench.server)
    with pytest.raises(Unavailable):
        adapters.open("a/m")
    bench.server.loses_answers = False
    with pytest.raises(DeadTokenError, match="cmctl channel login a/m") as raised:
        adapters.open("a/m")
    assert before.refresh not in str(raised.value)  # the server repeats it
    tried = bench.renewals()
    with pytest.raises(DeadTokenError, match="cmctl channel login a/m"):
        adapters.open("a/m")
    assert bench.renewals() == tried  # a refusal is not asked for on and on
    bench.clock.forward(minutes=11)
    with pytest.raises(DeadTokenError):
        adapters.open("a/m")
    assert bench.renewals() == tried + 1
    bench.sign_in()
    assert "atlas" in who(adapters)


def test_a_token_that_cannot_be_renewed_is_not_sent_once_it_is_over(
    bench: Bench, adapters: Adapters
) -> None:
    bench.sign_in(refresh="")
    assert "atlas" in who(adapters)
    bench.clock.forward(hours=2)
    with pytest.raises(DeadTokenError, match="its token is over"):
        adapters.open("a/m")
    assert bench.renewals() == 0


def test_nothing_is_renewed_where_the_new_token_could_not_be_kept(
    bench: Bench, adapters: Adapters, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A folder whose lock stands and that is full, by a limit of the process: see setrlimit(2)."""
    before = bench.sign_in()
    bench.clock.forward(hours=1, minutes=56)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, old[1]))
    try:
        assert "atlas" in who(adapters)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, ignored)
    assert bench.renewals() == 0
    assert bench.kept() == before


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "{",
        "{}",
        '{"access_token": 1}',
        '{"access_token": "a", "expires_at": "then"}',
        "{" * 9999,
    ],
)
def test_what_is_no_token_of_ours_is_an_access_token(text: str) -> None:
    assert read_token(text) == Token(access=text)


def test_a_token_is_written_as_it_is_read_and_never_shown() -> None:
    token = Token(
        access="a" * 9, refresh="r" * 9, expires_at=START, client_id="c", client_secret="s"
    )
    assert read_token(token.written()) == token
    assert json.loads(token.written())["expires_at"] == "2026-11-24T08:00:00+00:00"
    assert "a" * 9 not in repr(token)


def test_a_post_whose_account_must_sign_in_again_is_held_and_goes_out_afterwards(
    desk: Desk,
) -> None:
    token = desk.config.parent / "token"
    text = desk.config.read_text().replace("account: x}", "account: x, token: 'file:token'}")
    desk.config.write_text(text)
    over = Token(access="canary-token", expires_at=desk.clock.at + timedelta(minutes=1))
    token.write_text(over.written())
    token.chmod(0o600)
    desk.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 2})
    desk.turn()
    desk.clock.forward(minutes=3)
    desk.turn()
    held = desk.only()
    assert held.state is State.HELD
    assert held.hold is not None
    assert "cmctl channel login a/x" in held.hold.detail
    assert desk.copies()["Bonjour"] == 0
    token.write_text("a-fresh-token")
    with desk.context() as ctx:
        release(ctx, held, reason="signed in")
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies()["Bonjour"] == 1


# --- refused before its time ----------------------------------------------------------------------


def revoke(bench: Bench, token: Token) -> None:
    """Take an access token back, as a network does when a password is changed."""
    del bench.server._access[token.access]


def test_a_token_refused_before_its_time_is_renewed_once(bench: Bench, adapters: Adapters) -> None:
    revoke(bench, bench.sign_in())
    refused = adapters.open("a/m")
    assert adapters.renewed("a/m", refused)
    assert adapters.renewed("a/m", refused)  # another thread met the same refusal
    assert who(adapters) == "atlas"
    assert bench.renewals() == 1
    revoke(bench, bench.kept())
    assert not adapters.renewed("a/m", adapters.open("a/m"))
    assert not adapters.renewed("a/m", adapters.open("a/m"))
    assert bench.renewals() == 1
    bench.clock.forward(minutes=61)
    assert adapters.renewed("a/m", adapters.open("a/m"))
    assert bench.renewals() == 2


def test_a_refused_token_that_another_process_renewed_is_read_again(
    bench: Bench, adapters: Adapters
) -> None:
    revoke(bench, bench.sign_in())
    refused = adapters.open("a/m")
    with closing(opened(bench.root, bench.clock)) as other:
        assert other.renewed("a/m", other.open("a/m"))
    assert adapters.renewed("a/m", refused)
    assert who(adapters) == "atlas"
    assert bench.renewals() == 1


def test_a_refused_token_that_nothing_renews_is_left_to_a_person(
    bench: Bench, adapters: Adapters
) -> None:
    revoke(bench, bench.sign_in(refresh="no-more"))
    assert not adapters.renewed("a/m", adapters.open("a/m"))
    assert not adapters.renewed("a/m", adapters.open("a/m"))
    assert bench.renewals() == 1  # a network that said no is not asked on and on
    bench.sign_in()
    assert adapters.renewed("a/m", adapters.open("a/m")) is True


def test_a_dry_run_renews_no_refused_token(bench: Bench) -> None:
    revoke(bench, bench.sign_in())
    with closing(opened(bench.root, bench.clock, dry=True)) as adapters:
        assert not adapters.renewed("a/m", adapters.open("a/m"))
    assert bench.renewals() == 0


def test_a_refused_token_waits_while_nobody_can_be_asked_for_another(
    bench: Bench, adapters: Adapters
) -> None:
    revoke(bench, bench.sign_in())
    bench.server.status = 429
    with pytest.raises(Unavailable):
        adapters.renewed("a/m", adapters.open("a/m"))
    bench.server.status = 0
    assert adapters.renewed("a/m", adapters.open("a/m"))
