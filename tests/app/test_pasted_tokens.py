"""A token that a person pasted: its network is asked when it ends and what it may not do."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.app.accounts import probe
from cmctl.app.adapters import Adapters
from cmctl.app.health.finding import Health
from cmctl.app.health.token_health import token_health
from cmctl.app.sign_in.login import keep
from cmctl.channels.networks.threads import ThreadsChannel
from cmctl.core.token import Token, read_token
from cmctl.testing.standins.google_business import GoogleBusiness
from cmctl.testing.standins.threads import Threads

from .desk import Desk

HOUR = timedelta(hours=1)


@pytest.fixture
def threads() -> Iterator[Threads]:
    with Threads() as server:
        server.scopes = ThreadsChannel.sign_in({}).scopes
        yield server


@pytest.fixture
def desk(tmp_path: Path, threads: Threads) -> Iterator[Desk]:
    """`a/post` on Threads, whose token stands in a file as it was pasted."""
    desk = Desk(tmp_path, channels="x")
    threads.clock = desk.clock.now
    threads.token_ends = int((desk.clock.at + timedelta(days=3)).timestamp())
    place(desk).write_text(threads.token)
    place(desk).chmod(0o600)
    with desk.config.open("a") as config:
        config.write(
            f"      post: {{network: threads, token: 'file:token', url: '{threads.url}'}}\n"
        )
    yield desk
    desk.close()


def place(desk: Desk) -> Path:
    return desk.config.parent / "token"


def test_its_end_is_told_by_the_network(desk: Desk) -> None:
    ends = desk.clock.at + timedelta(days=3)
    with desk.context() as ctx:
        grant = probe(ctx, "a/post").grant
        assert grant is not None
        assert grant.ends == ends
        assert list(token_health(ctx)) == []
        (found,) = token_health(ctx, {"a/post": ends})
    assert found.health is Health.WARN
    assert found.detail.startswith("the token of a/post ends")


def test_what_it_lacks_is_told(desk: Desk, threads: Threads) -> None:
    threads.scopes = threads.scopes[:-1]
    with desk.context() as ctx:
        grant = probe(ctx, "a/post").grant
    assert grant is not None
    assert grant.in_words() == "the token lacks threads_delete"


def test_its_end_is_kept_beside_it(desk: Desk, threads: Threads) -> None:
    with desk.context() as ctx:
        assert isinstance(ctx.channels, Adapters)
        keep(ctx.channels, "a/post", Token(access=threads.token), bare=True)
        kept = read_token(place(desk).read_text())
        assert (kept.access, kept.expires_at) == (
            threads.token,
            desk.clock.at + timedelta(days=3),
        )
        assert [one.health for one in token_health(ctx)] == [Health.WARN]


def test_one_that_does_not_end_is_kept_as_it_was_pasted(desk: Desk, threads: Threads) -> None:
    threads.token_ends = 0
    with desk.context() as ctx:
        assert isinstance(ctx.channels, Adapters)
        keep(ctx.channels, "a/post", Token(access=threads.token), bare=True)
    assert place(desk).read_text().strip() == threads.token


def test_the_program_says_both(desk: Desk, threads: Threads) -> None:
    from cmctl.cli.channel import _probe_record, _who  # noqa: PLC0415 - what it prints

    threads.scopes = threads.scopes[1:]
    with desk.context() as ctx:
        told = probe(ctx, "a/post")
        zones = {"a/post": ctx.settings.channel("a/post").zone}
    words = _who(told, zones, desk.clock.at)
    assert "the token ends" in words
    assert "the token lacks threads_basic" in words
    record = json.loads(json.dumps(_probe_record(told)))
    assert record["missing"] == "threads_basic"
    assert record["token_ends_at"] == (desk.clock.at + timedelta(days=3)).isoformat()


def test_the_end_of_one_that_renews_itself_is_nothing_to_tell(desk: Desk) -> None:
    token = Token(access=GoogleBusiness.token, refresh="r", expires_at=desk.clock.at + HOUR)
    place(desk).write_text(token.written())
    with GoogleBusiness() as google:
        account = f"account: '{google.account}', location: '{google.location}'"
        block = f"network: google_business, token: 'file:token', url: '{google.url}', {account}"
        with desk.config.open("a") as config:
            config.write(f"      profile: {{{block}}}\n")
        google.scopes = ("openid",)
        with desk.context() as ctx:
            assert isinstance(ctx.channels, Adapters)
            probed = probe(ctx, "a/profile").grant
            kept = keep(ctx.channels, "a/profile", token, bare=False).grant
    for grant in (probed, kept):
        assert grant is not None
        assert grant.ends is None
        assert len(grant.missing) == 1
