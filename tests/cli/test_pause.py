"""`cmctl pause` and `resume`: in force at the next send, and no burst afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from .conftest import Run
from .shop import Shop, opened, post

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


@pytest.mark.parametrize(
    ("scope", "sent"), [("atlas/page", ["news"]), ("atlas", []), ("", [])], ids=repr
)
def test_what_is_paused_sends_nothing(shop: Shop, scope: str, sent: list[str]) -> None:
    shop.posts(post("one", "Bonjour"))
    paused = shop.cmctl("pause", *([scope] if scope else []), "--reason", "grève")
    assert paused.status == 0
    assert f"{scope or 'everything'} is paused" in paused.err
    assert shop.cmctl("run").status == 0
    assert [name for name in ("page", "news") if shop.standing(name)] == sent


def test_the_reason_is_needed_and_listed(shop: Shop) -> None:
    assert shop.cmctl("pause", "atlas").status == 2
    shop.cmctl("pause", "atlas", "--reason", "grève")
    shop.cmctl("pause", "--reason", "panne")
    listed = shop.listed("pause", "--list")
    assert [(row["scope"], row["reason"]) for row in listed] == [("", "panne"), ("atlas", "grève")]
    lines = shop.cmctl("pause", "--list").out
    assert "everything\t" in lines
    assert "\tgrève\n" in lines
    assert shop.cmctl("pause", "atlas", "--list").status == 2


@pytest.mark.parametrize("command", [["pause", "atlas/pag", "--reason", "x"], ["resume", "atlas"]])
def test_what_is_not_there_is_refused(shop: Shop, command: list[str]) -> None:
    refused = shop.cmctl(*command)
    assert refused.status == (2 if "atlas/pag" in command else 1)
    assert "cmctl " in refused.err


def test_what_came_due_meanwhile_is_held(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.cmctl("pause", "--reason", "panne")
    shop.cmctl("run")
    resumed = shop.cmctl("resume")
    assert resumed.status == 0
    assert "\tatlas/page\tone\theld\n" in resumed.out
    assert "cmctl holds" in resumed.err
    assert shop.cmctl("run").status == 3
    assert shop.standing("page") == []


def test_what_came_due_meanwhile_is_planned_anew_at_the_pace(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text().replace("pace: 0s", "pace: 1h"))
    shop.posts(
        post("one", "Les horaires d'été", more="  channels: [page]\n"),
        post("two", "La recette du far", more="  channels: [page]\n"),
    )
    shop.cmctl("pause", "--reason", "panne")
    shop.cmctl("run")
    resumed = shop.cmctl("resume", "--missed", "replan")
    assert resumed.out.count("planned anew") == 2
    assert shop.cmctl("run").status == 0
    assert len(shop.standing("page")) == 1


def test_a_wider_pause_stays_in_force_and_is_said(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", HOUR))
    shop.cmctl("pause", "--reason", "panne")
    shop.cmctl("pause", "atlas", "--reason", "grève")
    resumed = shop.cmctl("resume", "atlas")
    assert "still paused: everything" in resumed.err
    assert [row["scope"] for row in shop.listed("pause", "--list")] == [""]
