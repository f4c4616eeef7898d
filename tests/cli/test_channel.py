"""`cmctl channel`: what the accounts are, whether they answer, what stands on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Run
from .shop import Shop, opened, post


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def add(shop: Shop, channel: str) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text() + f"      {channel}\n")


def test_the_list_tells_what_each_channel_can_do(shop: Shop) -> None:
    add(shop, "box: {network: folder, path: box}")
    add(shop, "odd: {network: nowhere}")
    found = {one["channel"]: one for one in shop.listed("channel", "list")}
    assert list(found) == ["atlas/page", "atlas/news", "atlas/box", "atlas/odd"]
    page = found["atlas/page"]
    assert (page["client"], page["network"], page["zone"]) == ("atlas", "sandbox", "Europe/Paris")
    assert "500 characters" in page["can"]
    assert "timeline" in page["can"]
    assert "any length" in found["atlas/box"]["can"]
    assert "no network" in found["atlas/odd"]["problem"]
    assert page["read_at"] is None


def test_the_list_asks_no_network_and_tells_pauses_and_readings(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour"))
    shop.cmctl("run")
    shop.cmctl("pause", "atlas/page", "--reason", "grève")
    shop.sandbox.stop()
    listed = shop.cmctl("channel")
    assert listed.status == 0
    page, news = listed.out.splitlines()
    assert page.split("\t")[3:5] == ["now", "grève"]
    assert news.split("\t")[3:5] == ["now", ""]


def test_every_channel_answers_who_we_are(shop: Shop) -> None:
    tested = shop.cmctl("channel", "test")
    assert (tested.status, tested.out) == (0, "atlas/page\tok\tpage\natlas/news\tok\tnews\n")
    (alone,) = shop.listed("channel", "test", "atlas/news")
    assert alone == {
        "channel": "atlas/news",
        "ok": True,
        "account": "news",
        "problem": "",
        "token_ends_at": None,
        "missing": None,
    }
    assert "post" not in shop.client.requests("page")


def test_a_network_that_is_away_is_told_from_a_token_that_is_not_accepted(shop: Shop) -> None:
    shop.fault("error", account="page", on="read", count=0)
    assert shop.cmctl("channel", "test").status == 4
    shop.fault("unauthorized", account="news", on="read", count=0)
    both = shop.cmctl("channel", "test", "atlas")
    assert both.status == 1
    assert "does not accept the token" in both.out
    assert shop.cmctl("channel", "test", "atlas/nobody").status == 2


def test_a_secret_that_is_missing_is_told(shop: Shop) -> None:
    add(shop, f'safe: {{network: sandbox, url: "{shop.sandbox.url}", account: a, token: "env:NO"}}')
    tested = shop.cmctl("channel", "test", "atlas/safe")
    assert tested.status == 1
    assert "the environment variable NO is not set" in tested.out


def test_the_timeline_tells_own_from_foreign(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour"))
    shop.cmctl("run")
    shop.by_hand("page", "Un mot du patron\x1b[31m")
    foreign, own = shop.listed("channel", "timeline", "atlas/page")
    assert (foreign["own"], foreign["number"], foreign["tool"]) == (False, 0, "by hand")
    assert (own["own"], own["post"], own["text"]) == (True, "one", "Bonjour")
    lines = shop.cmctl("channel", "timeline", "atlas/page")
    assert "\tforeign\tpage (by hand)\t" in lines.out
    assert "\x1b" not in lines.out
    limited = shop.cmctl("channel", "timeline", "atlas/page", "--limit", "1")
    assert len(limited.out.splitlines()) == 1
    assert "1 more" in limited.err


@pytest.mark.parametrize(
    "args",
    [["atlas/nobody"], ["atlas"], ["atlas/page", "--since", "soon"]],
    ids=repr,
)
def test_what_cannot_be_meant_is_refused(shop: Shop, args: list[str]) -> None:
    assert shop.cmctl("channel", "timeline", *args).status == 2


def test_a_timeline_that_cannot_be_read_ends_with_4(shop: Shop) -> None:
    shop.sandbox.stop()
    assert shop.cmctl("channel", "timeline", "atlas/page").status == 4


def test_our_own_post_is_not_called_foreign_before_it_is_proved(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour  à\ntous", more="  channels: [page]\n"))
    shop.fault("drop", account="page")
    shop.cmctl("run")
    shop.client.post_by_hand("page", "Elsewhere", tool="cmctl")
    shop.by_hand("page", "By hand")
    lines = shop.cmctl("channel", "timeline", "atlas/page").out.splitlines()
    assert [line.split("\t")[1] for line in lines] == ["foreign", "ours?", "#1 one?"]
    rows = shop.listed("channel", "timeline", "atlas/page")
    assert [(row["own"], row["likely_own"], row["number"]) for row in rows] == [
        (False, False, 0),
        (False, True, 0),
        (False, True, 1),
    ]
    shop.cmctl("queue", "confirm", "1", rows[2]["id"])
    own = shop.listed("channel", "timeline", "atlas/page")[2]
    assert (own["own"], own["likely_own"]) == (True, False)
