import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post

HOUR = timedelta(hours=1)
ONE = "  channels: [page]\n"
OURS = "The new warehouse in Rennes opens on 1 December: 12 000 m2, 14 docks and 45 jobs"
THEIRS = "we open our new warehouse in Rennes on 1 December!! 12 000 m2 and 45 jobs, thank you all"


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def test_a_text_is_checked_before_it_is_written(shop: Shop) -> None:
    shop.by_hand("page", THEIRS)
    ended = shop.cmctl("guard", "check", OURS, "--client", "atlas")
    assert ended.status == 3, ended.err
    assert "atlas/page: it would be the same news again" in ended.out
    assert "atlas/news: nothing there tells the same news" in ended.out
    assert "page's post of" in ended.out
    fine = shop.cmctl("guard", "check", "-", "--client", "atlas", stdin="Free cake on Sunday")
    assert fine.status == 0
    rows = json.loads(
        shop.cmctl("guard", "check", OURS, "--client", "atlas", "--channel", "page", "--json").out
    )
    assert [(row["channel"], row["decision"]) for row in rows] == [("atlas/page", "block")]
    assert rows[0]["headline"].startswith("Same news as page's post")
    assert rows[0]["evidence_url"].endswith("/@page/1")
    assert shop.listed("queue") == []


def test_what_is_planned_later_changes_no_verdict_and_is_told_where_there_is_no_other(
    shop: Shop,
) -> None:
    check = ("guard", "check", OURS, "--client", "atlas", "--channel", "page", "--json")
    shop.posts(*(post(f"p{n}", f"{THEIRS} on dock {n}", HOUR, ONE) for n in range(3)))
    (later,) = json.loads(shop.cmctl(*check).out)
    assert (later["decision"], later["evidence_source"]) == ("block", "queue")
    shop.by_hand("page", THEIRS)
    (among,) = json.loads(shop.cmctl(*check).out)
    shop.posts()
    (alone,) = json.loads(shop.cmctl(*check).out)
    assert among["evidence_source"] == "timeline"
    assert (among["score"], among["reasons"]) == (alone["score"], alone["reasons"])


def test_who_is_not_known_is_named(shop: Shop) -> None:
    assert "atlas" in shop.cmctl("guard", "check", "x", "--client", "alps").err
    ended = shop.cmctl("guard", "check", "x", "--client", "atlas", "--channel", "site")
    assert (ended.status, "atlas/news" in ended.err) == (2, True)


def test_a_scan_finds_past_collisions_and_planned_ones_until_they_are_settled(shop: Shop) -> None:
    shop.posts(post("news", OURS, more=ONE), post("cake", "Free cake on Sunday", HOUR, ONE))
    shop.cmctl("run")
    shop.by_hand("page", THEIRS)
    shop.cmctl("run")
    ended = shop.cmctl("guard", "scan")
    assert ended.status == 3, ended.err
    assert "our post news" in ended.out
    assert "cmctl resolve 1" in ended.out
    assert "3 texts, 1 repetition" in ended.err
    (row,) = json.loads(shop.cmctl("guard", "scan", "--client", "atlas", "--json").out)
    assert (row["number"], row["source"], row["evidence_source"]) == (1, "timeline", "history")
    shop.cmctl("resolve", "1", "--both", "--reason", "fine")
    again = shop.cmctl("guard", "scan")
    assert (again.status, again.out) == (0, "")


@pytest.mark.parametrize("texts", [["", "x"], ["x", " "]])
def test_a_text_that_says_nothing_is_not_compared(shop: Shop, texts: list[str]) -> None:
    ended = shop.cmctl("guard", "compare", *texts)
    assert (ended.status, ended.out) == (2, "")
    assert "says nothing" in ended.err


@pytest.mark.parametrize(
    "command",
    [
        ["pause", "--reason", "x", "atlas/nobody"],
        ["channel", "test", "atlas/nobody"],
        ["channel", "login", "atlas/nobody"],
        ["comment", "log", "--channel", "atlas/nobody"],
        ["queue", "--client", "nobody"],
        ["guard", "check", "x", "--client", "nobody"],
    ],
)
def test_a_channel_that_nobody_has_is_typed_wrongly_everywhere(
    shop: Shop, command: list[str]
) -> None:
    ended = shop.cmctl(*command)
    assert (ended.status, ended.out) == (2, ""), ended.err


def test_two_posts_are_compared_by_their_names(shop: Shop) -> None:
    shop.posts(post("news", OURS, HOUR, ONE), post("again", THEIRS, 2 * HOUR, ONE))
    shop.cmctl("queue")
    ended = shop.cmctl("guard", "compare", "news", "#2", "--no-meaning")
    assert ended.out.startswith("block"), ended.err
    for said in ("14", "Rennes", "Both", "Only ours", "(docks)"):
        assert said in ended.out
    (row,) = json.loads(shop.cmctl("guard", "compare", "news", "2", "--no-meaning", "--json").out)
    assert "name: Rennes" in row["both_facts"]


def test_marks_survive_without_colours(shop: Shop, watch: Run) -> None:
    texts = ("Fermé lundi à 10 h", "Fermé lundi à 11 h")
    command = [*CMCTL, "guard", "compare", *texts, "--no-meaning"]
    plain = watch(command, columns=100, env={"NO_COLOR": "1"})
    assert "\033[" not in plain.out
    assert "[10] h" in plain.out
    assert "≠" in plain.out
    assert "\033[" in watch(command, columns=100).out


def test_the_window_of_a_replay_can_be_said(shop: Shop, tmp_path: Path) -> None:
    items = [
        {"at": "2026-03-02T09:00:00+01:00", "text": OURS},
        {"at": "2026-04-02T09:00:00+01:00", "text": THEIRS},
    ]
    line = json.dumps({"items": items, "duplicates": [[0, 1]]})
    for window, found in (("14d", 0), ("60d", 1), ("ever", 1)):
        ended = shop.cmctl(
            *("guard", "replay", "-", "--window", window, "--no-meaning", "--json"), stdin=line
        )
        assert json.loads(ended.out)["found"] == found
    assert shop.cmctl("guard", "replay", "-", "--window", "soon", stdin=line).status == 2
