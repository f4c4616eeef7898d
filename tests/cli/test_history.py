from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PAGE = "  channels: [page]\n"
NEWS = "  channels: [news]\n"


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


@pytest.fixture
def gone(shop: Shop) -> Shop:
    """A shop with a post that was published, one refused and one cancelled."""
    shop.posts(
        post("old", "Bread", -MINUTE, PAGE),
        post("rude", "Cake", -2 * MINUTE, NEWS),
        post("off", "Tea", HOUR, PAGE),
    )
    shop.fault("refused", account="news", text="too rude")
    shop.cmctl("run")
    shop.cmctl("queue", "cancel", "off")
    return shop


def test_what_went_out_has_its_proof_newest_first(gone: Shop) -> None:
    rows = gone.listed("history")
    assert [(row["post"], row["state"]) for row in rows] == [
        ("off", "cancelled"),
        ("old", "published"),
        ("rude", "refused"),
    ]
    assert rows[1]["remote_id"] == "1"
    assert rows[1]["url"] == f"{gone.sandbox.url}/@page/1"
    assert rows[1]["published_at"].endswith(("+01:00", "+02:00"))
    assert rows[0]["published_at"] is None
    cells = [line.split("\t") for line in gone.cmctl("history").out.splitlines()]
    assert [cell[4] for cell in cells] == ["off", "old", "rude"]
    assert cells[1][6:8] == ["1", f"{gone.sandbox.url}/@page/1"]


@pytest.mark.parametrize(
    ("options", "posts"),
    [
        (["--state", "published"], ["old"]),
        (["--state", "refused", "--state", "cancelled"], ["off", "rude"]),
        (["--channel", "atlas/page"], ["off", "old"]),
        (["--client", "atlas", "--limit", "1"], ["off"]),
        (["--post", "rude"], ["rude"]),
        (["--since", "in 30m"], ["off"]),
        (["--since", "1d ago", "--until", "in 1m"], ["old", "rude"]),
    ],
)
def test_each_option_narrows_the_history(gone: Shop, options: list[str], posts: list[str]) -> None:
    assert [row["post"] for row in gone.listed("history", *options)] == posts


@pytest.mark.parametrize("options", [["--state", "planned"], ["--client", "x"], ["--since", "x"]])
def test_what_cannot_be_meant_is_usage(shop: Shop, options: list[str]) -> None:
    assert shop.cmctl("history", *options).status == 2


def test_an_edit_after_publication_is_shown_and_publishes_nothing(shop: Shop) -> None:
    file = shop.posts(post("a", "Bread", -MINUTE, PAGE))
    shop.cmctl("run")
    file.write_text(file.read_text().replace("Bread", "Butter"))
    shop.cmctl("run")
    assert "published, edited after" in shop.cmctl("history").out
    assert [(row["text"], row["edited"]) for row in shop.listed("history")] == [("Bread", True)]
    assert shop.standing("page") == ["Bread"]


def test_a_person_sees_a_table(gone: Shop, watch: Run) -> None:
    ended = watch(CMCTL, "-C", str(gone.root), "history", "--no-color", columns=140)
    assert "Address" in ended.out.splitlines()[0]
    assert len(ended.out.splitlines()) == 4


def test_an_empty_history_says_so(shop: Shop) -> None:
    ended = shop.cmctl("history")
    assert (ended.status, ended.out) == (0, "")
    assert "nothing went out yet" in ended.err


def test_what_never_went_out_has_no_time_of_publication(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR, "  channels: [page]\n"))
    shop.cmctl("queue")
    shop.cmctl("queue", "cancel", "a")
    (row,) = shop.listed("history")
    assert row["published_at"] is row["published_at_utc"] is None
    (shown,) = shop.listed("queue", "show", "1")
    assert shown["published_at"] is shown["evidence_at"] is None
