from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from .conftest import Run
from .shop import Shop, opened, post

HOUR = timedelta(hours=1)
ONE = "  channels: [page]\n"
NEWS = "The new warehouse in Rennes opens on 1 December with 45 jobs and 12 000 m2"
ADD = ["queue", "add", "--client", "atlas"]


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def editor(shop: Shop, script: str) -> dict[str, str]:
    """Return an environment whose editor runs `script` on the file; `$1` is the line."""
    path = shop.write("editor.sh", f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return {"EDITOR": str(path)}


def test_a_post_is_added_in_a_hurry(shop: Shop) -> None:
    ended = shop.cmctl(*ADD, "Fresh bread", "--channel", "page", "--at", "tomorrow 9:00")
    assert ended.status == 0, ended.err
    assert ended.out.startswith("posts/atlas/queue.yaml:")
    assert "planned for" in ended.out
    (row,) = shop.listed("queue")
    assert (row["post"], row["channel"], row["text"]) == (
        "fresh-bread",
        "atlas/page",
        "Fresh bread",
    )
    assert row["at"][11:16] == "09:00"
    assert shop.cmctl("check").status == 0


def test_a_text_of_many_lines_comes_from_standard_input(shop: Shop) -> None:
    text = "Two lines: and\n# no comment\n"
    shop.cmctl(*ADD, "-", "--at", "in 2h", "--channel", "atlas/page", stdin=text)
    (row,) = shop.listed("queue", "show", "1")
    assert row["text"] == "Two lines: and\n# no comment"


def test_everything_that_add_can_write_is_understood_again(shop: Shop) -> None:
    shop.write("media/house.png", "no picture, but a file")
    ended = shop.cmctl(
        *ADD,
        *("Open day", "--id", "open-day", "--every", "tue,fri 12:00", "--draft"),
        *("--link", "https://atlas.example/open", "--media", str(shop.root / "media/house.png")),
        *("--alt", "The house", "--file", "posts/atlas/more.yaml", "--channel", "page"),
    )
    assert ended.status == 0, ended.err
    assert ended.out.startswith("posts/atlas/more.yaml:")
    number = shop.listed("queue")[0]["number"]
    (row,) = shop.listed("queue", "show", str(number))
    assert row["reason"] == "approval"
    assert row["link"] == "https://atlas.example/open"
    assert (row["media"], row["alt"]) == ("media/house.png", "The house")


def test_a_slot_is_taken(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text("slots: [daily 08:00]\n" + config.read_text())
    shop.cmctl(*ADD, "Bread", "--slot", "next", "--channel", "page")
    (row,) = shop.listed("queue")
    assert row["at"][11:16] == "08:00"


def test_the_guard_answers_at_once_with_both_texts(shop: Shop) -> None:
    shop.cmctl(*ADD, NEWS, "--at", "in 2h", "--channel", "page")
    ended = shop.cmctl(*ADD, NEWS + " !", "--at", "in 3h", "--channel", "page")
    assert ended.status == 3
    assert "held, duplicate" in ended.out
    assert "In the queue already" in ended.out
    assert "cmctl resolve 2 --keep theirs" in ended.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["Bread"], "no time was given"),
        (["Bread", "--at", "in 2h", "--slot", "next"], "more than one time"),
        (["Bread", "--slot", "last"], "only next is known"),
        (["Bread", "--at", "yesterday 9:00"], "is past"),
        (["Bread", "--at", "soon"], "is not a date and time"),
        (["", "--draft"], "the text is empty"),
        (["Bread", "--draft", "--channel", "nowhere"], "has no channel"),
        (["Bread", "--draft", "--alt", "x"], "0 --media and 1 --alt"),
        (["Bread", "--draft", "--file", "/etc/passwd"], "not a YAML file in posts/atlas/"),
    ],
)
def test_what_cannot_be_meant_is_usage_and_writes_nothing(
    shop: Shop, options: list[str], said: str
) -> None:
    ended = shop.cmctl(*ADD, *options)
    assert ended.status == 2
    assert said in ended.err
    assert not (shop.root / "posts").exists()


def test_a_post_with_an_error_is_not_written(shop: Shop) -> None:
    ended = shop.cmctl(*ADD, "Bread", "--draft", "--media", str(shop.root / "missing.png"))
    assert ended.status == 1
    assert "nothing was written" in ended.err
    assert "is not there" in ended.err
    assert not (shop.root / "posts").exists()


# --- edit ----------------------------------------------------------------------------------------


def test_an_editor_opens_at_the_line_and_the_change_is_taken_in(shop: Shop) -> None:
    shop.posts(post("a", "Cake", HOUR, ONE), post("b", "Bread", HOUR, ONE))
    shop.cmctl("queue")
    env = editor(shop, 'echo "$1" > "$(dirname "$0")/line"; sed -i s/Bread/Butter/ "$2"')
    ended = shop.cmctl("queue", "edit", "b", env=env)
    assert ended.status == 0, ended.err
    assert (shop.root / "line").read_text() == "+5\n"
    assert [row["text"] for row in shop.listed("queue")] == ["Cake", "Butter"]


def test_what_an_editor_breaks_is_told_with_its_place(shop: Shop) -> None:
    shop.posts(post("a", "Cake", HOUR, ONE))
    shop.cmctl("queue")
    ended = shop.cmctl("queue", "edit", "1", env=editor(shop, 'echo "  att: x" >> "$2"'))
    assert ended.status == 1
    assert "posts/atlas/posts.yaml:5:3" in ended.err
    assert "cmctl queue edit 1" in ended.err
    # The broken post is found again, and mended.
    mended = shop.cmctl("queue", "edit", "1", env=editor(shop, 'sed -i "/att:/d" "$2"'))
    assert mended.status == 0, mended.err


def test_without_an_editor_the_file_is_named(shop: Shop) -> None:
    shop.posts(post("a", "Cake", HOUR, ONE))
    ended = shop.cmctl("queue", "edit", "a")
    assert ended.status == 1
    assert "export EDITOR" in ended.err
    assert "posts/atlas/posts.yaml" in ended.err
    failed = shop.cmctl("queue", "edit", "a", env={"VISUAL": "/nowhere/vi"})
    assert failed.status == 1
    assert "cannot be started" in failed.err


def test_a_text_is_changed_without_an_editor(shop: Shop) -> None:
    file = shop.posts("# mine\n", post("a", "Cake", HOUR, ONE + "  note: stays # this too\n"))
    shop.cmctl("queue")
    assert shop.cmctl("queue", "edit", "a", "--text", "Butter").status == 0
    assert shop.cmctl("queue", "edit", "1", "--text", "-", stdin="Milk").status == 0
    assert [row["text"] for row in shop.listed("queue")] == ["Milk"]
    assert file.read_text().startswith("# mine\n")
    assert "note: stays # this too" in file.read_text()


def test_a_follow_up_ends_the_hold(shop: Shop) -> None:
    shop.posts(post("a", NEWS, HOUR, ONE), post("b", NEWS, 2 * HOUR, ONE))
    shop.cmctl("queue")
    assert [row["state"] for row in shop.listed("queue")] == ["planned", "held"]
    ended = shop.cmctl("queue", "edit", "b", "--text", "Come and see us: coffee is on the house")
    assert ended.status == 0, ended.out
    assert [row["state"] for row in shop.listed("queue")] == ["planned", "planned"]


# --- move and approve ----------------------------------------------------------------------------


def test_a_post_is_moved_by_its_number(shop: Shop) -> None:
    shop.posts(post("a", "Cake", HOUR))
    shop.cmctl("queue")
    ended = shop.cmctl("queue", "move", "1", "--at", "2031-07-01 10:15")
    assert ended.out.count("Tue 1 Jul 2031 10:15 CEST") == 2
    assert {row["number"] for row in shop.listed("queue")} == {1, 2}
    assert {row["at"] for row in shop.listed("queue")} == {"2031-07-01T10:15:00+02:00"}


@pytest.mark.parametrize("options", [[], ["--at", "soon"], ["--at", "in 2h", "--slot", "next"]])
def test_a_move_needs_one_time(shop: Shop, options: list[str]) -> None:
    shop.posts(post("a", "Cake", HOUR))
    assert shop.cmctl("queue", "move", "a", *options).status == 2


def test_a_recurring_post_says_what_to_do_instead(shop: Shop) -> None:
    shop.posts("- id: menu\n  text: x\n  every: tue,fri 12:00\n")
    ended = shop.cmctl("queue", "move", "menu", "--at", "in 2h")
    assert ended.status == 1
    assert "recurs" in ended.err
    assert "cmctl queue cancel" in ended.err


def test_a_draft_is_approved_by_its_id_or_number(shop: Shop) -> None:
    draft = "  draft: true # ask Mr G.\n"
    shop.posts(post("a", "Cake", HOUR, ONE + draft), post("b", "Tea", HOUR, ONE + draft))
    shop.cmctl("queue")
    for ref in ("a", "2"):
        ended = shop.cmctl("queue", "approve", ref)
        assert ended.status == 0, ended.err
        assert "planned for" in ended.out
    assert [row["state"] for row in shop.listed("queue")] == ["planned", "planned"]
    assert "is no draft" in shop.cmctl("queue", "approve", "a").err


@pytest.mark.parametrize("now", ["now", "in 0m", "maintenant"])
def test_now_is_due_now_and_goes_out_with_the_next_run(shop: Shop, now: str) -> None:
    added = shop.cmctl(*ADD, "Fresh bread", "--channel", "page", "--at", now)
    assert added.status == 0, added.err
    assert shop.cmctl("run").status == 0
    assert shop.standing("page") == ["Fresh bread"]


def test_a_french_user_says_when_in_french(shop: Shop) -> None:
    added = shop.cmctl(*ADD, "Du pain", "--channel", "page", "--at", "demain 9h30")
    assert added.status == 0, added.err
    (row,) = shop.listed("queue")
    assert row["at"][11:16] == "09:30"
