"""The end of a token is known, and told before posts meet it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cmctl.app.accounts import accounts
from cmctl.app.adapters import Adapters
from cmctl.app.health.figures import figures
from cmctl.app.health.finding import Health
from cmctl.app.health.token_health import token_health
from cmctl.app.notices.dying import renew, tell_of_tokens
from cmctl.app.rights import Worker
from cmctl.app.sign_in.renewal_right import LIFE, shared
from cmctl.app.sign_in.tokens import Life
from cmctl.channels.base import Unavailable
from cmctl.config.load import load_settings
from cmctl.core.token import Token
from cmctl.store.base import Store
from cmctl.store.opening import open_store
from cmctl.wiring.machine import Machine
from servers.oauth import OAuthServer

from .desk import Clock, Desk
from .test_tokens import START, Bench

DAY = timedelta(days=1)


@pytest.fixture
def token(desk: Desk) -> Path:
    """Give `a/x` a place for its token; `a/y` has none."""
    text = desk.config.read_text().replace("account: x}", "account: x, token: 'file:token'}")
    desk.config.write_text(text)
    return desk.config.parent / "token"


def sign_in(desk: Desk, token: Path, *, days: float) -> datetime:
    ends = desk.clock.at + DAY * days
    token.write_text(Token(access="canary-token", expires_at=ends).written())
    token.chmod(0o600)
    return ends


def queue(desk: Desk, *days: float) -> None:
    """Plan a post at each so many days ahead."""
    texts = ["Bonjour", "Portes ouvertes", "Le menu", "Nouveaux horaires", "Merci"]
    desk.write(
        *(
            {
                "id": f"p{n}",
                "text": texts[n],
                "channels": ["x"],
                "in": day * 24 * 60,
                "guard": "off",
            }
            for n, day in enumerate(days)
        )
    )
    desk.turn()


def found(desk: Desk) -> list[tuple[Health, str, str]]:
    with desk.context() as ctx:
        return [(one.health, one.detail, one.todo) for one in token_health(ctx)]


def told(desk: Desk) -> list[str]:
    """Do what the daemon does every ten minutes; return what people are told of tokens."""
    with desk.context() as ctx:
        tell_of_tokens(ctx)
        tell_of_tokens(ctx)
        waiting = ctx.store.outbox(now=desk.clock.at, limit=50)
        ctx.store.delivered([one.id for one in waiting])
    return [one.notice.message for one in waiting if one.notice.kind == "token"]


def test_a_token_that_ends_before_the_last_queued_post_is_an_error_with_the_posts_counted(
    desk: Desk, token: Path
) -> None:
    sign_in(desk, token, days=30)
    queue(desk, 10, 20, 31, 32, 33)
    ((health, detail, todo),) = found(desk)
    assert health is Health.FAIL
    assert detail.startswith("the token of a/x ends ")
    assert detail.endswith(", 3 of 5 queued posts are due after it")
    assert todo == "cmctl channel login a/x"


@pytest.mark.parametrize(
    ("days", "health"),
    [(-1, Health.FAIL), (6.9, Health.WARN), (7.1, Health.OK), (300, Health.OK)],
)
def test_days_before_its_end_it_is_a_warning(
    desk: Desk, token: Path, days: float, health: Health
) -> None:
    sign_in(desk, token, days=days)
    assert [one[0] for one in found(desk)] == [health]


def test_a_token_of_which_nothing_is_known_is_no_finding(desk: Desk, token: Path) -> None:
    assert found(desk) == []  # not even there: that is told as a missing secret
    token.write_text("a-plain-token")
    token.chmod(0o600)
    assert found(desk) == []
    with desk.context() as ctx:
        assert [one.token for one in accounts(ctx)] == [Life(None, renews=False), None]


def test_its_end_is_told_once_for_each_term_and_again_for_the_next_token(
    desk: Desk, token: Path
) -> None:
    sign_in(desk, token, days=10)
    queue(desk, 12)
    assert told(desk) == []
    desk.clock.forward(days=3, minutes=1)
    (week,) = told(desk)
    assert "1 of 1 queued post is due after it: cmctl channel login a/x" in week
    assert told(desk) == []
    desk.clock.forward(days=6)
    assert len(told(desk)) == 1
    desk.clock.forward(days=1)
    (over,) = told(desk)
    assert "the token of a/x ended" in over
    assert told(desk) == []
    sign_in(desk, token, days=5)
    assert len(told(desk)) == 1


def test_its_days_are_a_metric_and_stand_in_the_list(desk: Desk, token: Path) -> None:
    ends = sign_in(desk, token, days=4)
    with desk.context() as ctx:
        known = tell_of_tokens(ctx)
        x, y = accounts(ctx)
        token.unlink()  # whoever asks for figures reads no secret
        days, *more = [f for f in figures(ctx, known) if f.name == "cmctl_token_days_left"]
    assert (days.value, days.labels, more) == (4.0, {"channel": "a/x"}, [])
    assert (x.token, y.token) == (Life(ends, renews=False), None)


# --- renewing, together ---------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(str(tmp_path / "shared.db"), epoch="e", password="")
    yield store
    store.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = Clock(START)
    with OAuthServer(clock=clock.now) as server:
        yield Bench(tmp_path, server, clock)


@pytest.fixture
def adapters(bench: Bench, store: Store) -> Iterator[Adapters]:
    settings = load_settings(bench.root / "config.yaml", write_cache=False).settings
    assert settings is not None
    right = shared(lambda: store, Worker(Machine().worker(), Machine().is_alive, bench.clock.now))
    adapters = Adapters(settings, {}, bench.clock.now, may_write=False, right=right)
    yield adapters
    adapters.close()


def taken(store: Store, bench: Bench, owner: str) -> None:
    name = "renew the token of a/m"
    assert store.lease(name, owner=owner, at=bench.clock.at, life=LIFE) == owner


def test_while_another_machine_renews_a_token_the_old_one_is_used_as_long_as_it_is_good(
    bench: Bench, adapters: Adapters, store: Store
) -> None:
    before = bench.sign_in()
    bench.clock.forward(hours=1, minutes=56)
    taken(store, bench, "elsewhere/1/1/1")
    adapters.open("a/m")
    assert (bench.renewals(), bench.kept()) == (0, before)
    bench.clock.forward(minutes=5)
    taken(store, bench, "elsewhere/1/1/1")
    with pytest.raises(Unavailable, match="another machine renews it"):
        adapters.open("a/m")
    bench.clock.forward(minutes=2)  # it died there: its right is over
    adapters.open("a/m")
    assert bench.renewals() == 1


def test_the_right_of_a_process_that_died_here_is_taken_at_once(
    bench: Bench, adapters: Adapters, store: Store
) -> None:
    bench.sign_in()
    bench.clock.forward(hours=3)
    host, pid, start = Machine().worker().rsplit("/", 2)
    taken(store, bench, f"{host}/{pid}/1-{start.partition('-')[2]}/1")
    adapters.open("a/m")
    assert bench.renewals() == 1


def test_a_daemon_renews_what_nothing_else_asks_for(desk: Desk) -> None:
    with OAuthServer(clock=desk.clock.now) as server:
        said = server.grant()
        ends = desk.clock.at + server.life
        kept = Token(access=said["access_token"], refresh=said["refresh_token"], expires_at=ends)
        token = desk.config.parent / "token"
        token.write_text(kept.written())
        token.chmod(0o600)
        lines = desk.config.read_text().splitlines()
        lines[-1] = f"      m: {{network: mastodon, url: '{server.url}', token: 'file:token'}}"
        desk.config.write_text("\n".join(lines) + "\n")
        desk.clock.forward(hours=1, minutes=58)
        with desk.context() as ctx:
            renew(ctx)
            assert ctx.channels.life("a/m") == Life(None, renews=True)
        assert server.asked["/oauth/token"] == 1
        assert token.read_text().strip() != kept.written()
