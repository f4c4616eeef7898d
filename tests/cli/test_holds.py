import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post, until

HOUR = timedelta(hours=1)
ONE = "  channels: [page]\n"
OURS = "The new warehouse in Rennes opens on 1 December: 12 000 m2, 14 docks and 45 jobs"
THEIRS = "we open our new warehouse in Rennes on 1 December!! 12 000 m2 and 45 jobs, thank you all"


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def told_first(shop: Shop) -> str:
    """Let the owner tell the news before our post does; return his post's id."""
    shop.posts(post("news", OURS, HOUR, ONE))
    shop.cmctl("queue")
    remote_id = shop.by_hand("page", THEIRS)
    shop.cmctl("run")
    return remote_id


def test_nothing_that_waits_is_fine(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR))
    ended = shop.cmctl("holds")
    assert (ended.status, ended.out) == (0, "")
    assert "nothing waits" in ended.err
    assert shop.cmctl("holds", "--json").out == "[]\n"


def test_a_duplicate_shows_both_texts_why_and_what_to_type(shop: Shop) -> None:
    told_first(shop)
    ended = shop.cmctl("holds")
    assert ended.status == 3
    for said in (
        "The same news twice (1)",
        "(docks)",
        "we open",
        "Rennes",
        "@page/1",
        "no fact differs",
    ):
        assert said in ended.out
    for choice in ("--keep theirs", "--keep ours", "--both", "--move", "--rewrite"):
        assert f"cmctl resolve 1 {choice}" in ended.out


def test_json_has_the_evidence_flat(shop: Shop) -> None:
    told_first(shop)
    ended = shop.cmctl("holds", "--json")
    assert ended.status == 3
    (row,) = json.loads(ended.out)
    assert (row["post"], row["state"], row["reason"]) == ("news", "held", "duplicate")
    assert row["evidence_text"] == THEIRS
    assert row["evidence_source"] == "timeline"
    assert row["evidence_url"].endswith("/@page/1")
    assert row["reasons"]
    assert all(isinstance(value, str | int | float | None) for value in row.values())


def test_each_reason_is_a_group_with_its_own_commands(shop: Shop) -> None:
    shop.posts(
        post("draft", "Bread", HOUR, ONE + "  draft: true\n"),
        post("late", "Old bread", -5 * HOUR, ONE),
        post("sure", "Cake", more="  channels: [news]\n"),
    )
    shop.fault("drop", account="news")
    shop.cmctl("run")
    out = shop.cmctl("holds").out
    order = [out.index(head) for head in ("Nobody knows", "Too late", "Waits for approval")]
    assert order == sorted(order)
    for command in ("queue confirm", "queue retry", "queue release", "queue approve"):
        assert f"cmctl {command} " in out
    assert [row["post"] for row in json.loads(shop.cmctl("holds", "--json").out)] == [
        "sure",
        "late",
        "draft",
    ]
    assert len(json.loads(shop.cmctl("holds", "--channel", "atlas/news", "--json").out)) == 1


def in_doubt(shop: Shop) -> None:
    """Have one whose answer was lost, and a network that cannot be asked about it."""
    shop.posts(post("sure", "Cake, at last", more=ONE))
    shop.fault("drop", account="page")
    shop.cmctl("run")
    shop.fault("error", account="page", on="read", count=0)


def test_what_is_uncertain_says_what_was_tried_and_what_the_timeline_says(shop: Shop) -> None:
    in_doubt(shop)
    ended = shop.cmctl("holds")
    assert ended.status == 3
    for said in (
        "broke before its answer was whole",
        "1 attempt, the first at",
        "cmctl looks for it by itself: ",
        "the timeline was not read since",
        "cmctl queue confirm 1 ID ",
    ):
        assert said in ended.out
    with_the_timeline_read(shop)
    out = shop.cmctl("holds").out
    assert "the same words stand there as 1, of " in out
    assert "cmctl queue confirm 1 1 " in out
    (row,) = shop.listed("holds")
    assert (row["attempts"], row["reads_the_same"]) == (1, "1")
    assert "500" in row["last_answer"]
    assert shop.cmctl("queue", "confirm", "1", "1").status == 0
    assert shop.standing("page") == ["Cake, at last"]


def with_the_timeline_read(shop: Shop) -> None:
    """Let a run fail to settle it, and then read the timeline: the first of two reads fails."""

    def is_read() -> bool:
        shop.client.clear_faults()
        shop.fault("error", account="page", on="read", count=1)
        shop.cmctl("run")
        return bool(shop.listed("holds")[0]["timeline_read_at"])

    until(is_read)


@pytest.mark.parametrize("cancelled", [False, True])
def test_what_could_make_a_second_copy_asks_first(shop: Shop, cancelled: bool) -> None:
    in_doubt(shop)
    again = ["queue", "retry", "1"]
    if cancelled:
        assert shop.cmctl("queue", "cancel", "1").status == 0
        again = ["queue", "release", "1"]
    ended = shop.cmctl(*again)
    assert ended.status == 2
    assert "may stand on atlas/page already, and would be there twice" in ended.err
    assert "planned for" in shop.cmctl(*again, "--yes").out


def test_a_person_sees_the_texts_beside_each_other(shop: Shop, watch: Run) -> None:
    told_first(shop)
    ended = watch(CMCTL, "-C", str(shop.root), "holds", columns=110)
    assert ended.status == 3
    (titles,) = [line for line in ended.out.splitlines() if "Ours: news (1)" in line]
    assert "On the account already" in titles


# --- one decision for many -----------------------------------------------------------------------


def test_a_recurring_draft_is_one_block_with_its_next_times(shop: Shop) -> None:
    shop.posts("- {id: menu, text: Soup of the day, every: daily 12:00, draft: on}\n")
    out = shop.cmctl("holds").out
    assert "Waits for approval (1)\n" in out
    assert out.count("Soup of the day") == 1
    assert "\natlas/menu  atlas/page, atlas/news  " in out or (
        "\natlas/menu  atlas/news, atlas/page  " in out
    )
    assert re.search(r"\n  then \w{3} .* CES?T, .* CES?T, .* and \d+ more times\n", out)
    assert "cmctl queue approve atlas/menu " in out
    assert len(shop.listed("holds")) > 10
    assert shop.cmctl("queue", "approve", "atlas/menu").status == 0
    assert shop.listed("holds") == []


def test_what_is_held_back_on_purpose_counts_only_once_it_is_due(shop: Shop) -> None:
    mine, draft = post("mine", "Cake", HOUR, ONE), ONE + "  draft: true\n"
    shop.posts(post("draft", "Bread", HOUR, draft), mine)
    shop.cmctl("queue")
    shop.cmctl("queue", "hold", "mine")
    for command in ("holds", "run"):
        assert shop.cmctl(command).status == 0
    assert len(shop.listed("holds")) == 2
    shop.posts(post("draft", "Bread", more=draft), mine)
    for command in ("holds", "run"):
        assert shop.cmctl(command).status == 3
