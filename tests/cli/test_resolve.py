import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.cli.editor import command_line

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


def told_first(shop: Shop) -> str:
    """Let the owner tell the news before our post does; return his post's id."""
    shop.posts(post("news", OURS, HOUR, ONE))
    shop.cmctl("queue")
    remote_id = shop.by_hand("page", THEIRS)
    shop.cmctl("run")
    return remote_id


def both_live(shop: Shop) -> str:
    """Let the owner tell the news after our post did; return his post's id."""
    shop.posts(post("news", OURS, more=ONE))
    shop.cmctl("run")
    return shop.by_hand("page", THEIRS)


# --- theirs, ours, both --------------------------------------------------------------------------


def test_keeping_theirs_cancels_ours(shop: Shop) -> None:
    told_first(shop)
    ended = shop.cmctl("resolve", "news", "--keep", "theirs")
    assert ended.status == 0, ended.err
    assert "cancelled" in ended.out
    assert "the other text stays" in ended.out
    assert shop.cmctl("holds").status == 0
    assert [row["state"] for row in shop.listed("history")] == ["cancelled"]
    assert shop.standing("page") == [THEIRS]


def test_keeping_ours_publishes_it_then_deletes_theirs_and_says_the_proof(shop: Shop) -> None:
    told_first(shop)
    ended = shop.cmctl("guard", "resolve", "1", "--keep", "ours", "--yes")
    assert ended.status == 0, ended.err
    assert "published" in ended.out
    assert "neither by its id nor on the timeline" in ended.out
    assert shop.standing("page") == [OURS]
    assert "it is gone" in shop.cmctl("queue", "show", "1").out


def test_ours_can_keep_its_slot_and_theirs_stands_until_then(shop: Shop) -> None:
    told_first(shop)
    ended = shop.cmctl("resolve", "1", "--keep", "ours", "--at-slot", "--yes")
    assert ended.status == 0, ended.err
    assert "planned for" in ended.out
    assert "stands until ours does" in ended.out
    shop.cmctl("run")
    assert shop.standing("page") == [THEIRS]
    shop.cmctl("queue", "move", "1", "--at", "now")
    shop.cmctl("run")
    assert shop.standing("page") == [OURS]


def test_nothing_is_deleted_where_nobody_can_be_asked(shop: Shop) -> None:
    told_first(shop)
    ended = shop.cmctl("resolve", "1", "--keep", "ours")
    assert ended.status == 2
    assert "--yes" in ended.err
    assert shop.standing("page") == [THEIRS]
    assert shop.listed("holds")[0]["state"] == "held"


def test_who_is_asked_and_does_not_say_yes_changes_nothing(shop: Shop, watch: Run) -> None:
    told_first(shop)
    command = [*CMCTL, "-C", str(shop.root), "resolve", "1", "--keep", "ours"]
    refused = watch(["sh", "-c", 'echo n | script -qec "$0 $*" /dev/null', *command])
    assert "for good? [y/N]" in refused.out
    assert shop.standing("page") == [THEIRS]


def test_keeping_both_needs_a_reason_and_is_never_asked_again(shop: Shop) -> None:
    told_first(shop)
    refused = shop.cmctl("resolve", "1", "--both")
    assert refused.status == 1
    assert "--reason" in refused.err
    ended = shop.cmctl("resolve", "1", "--both", "--reason", "Mr G. wants both")
    assert ended.status == 0, ended.err
    assert "Mr G. wants both" in shop.cmctl("queue", "show", "1").out
    shop.cmctl("queue", "hold", "1")
    shop.cmctl("queue", "release", "1")
    assert shop.cmctl("run", "--dry-run", "--at", "in 2h").status == 0
    shop.cmctl("queue", "move", "1", "--at", "now")
    assert shop.cmctl("run").status == 0
    assert shop.standing("page") == [THEIRS, OURS]


def test_a_decision_about_one_text_says_nothing_of_another(shop: Shop) -> None:
    told_first(shop)
    shop.cmctl("resolve", "1", "--both", "--reason", "Mr G. wants both")
    shop.by_hand("page", f"{THEIRS} :-)")
    shop.cmctl("run")
    (row,) = shop.listed("holds")
    assert row["evidence_text"].endswith(":-)")


def test_ours_goes_out_at_another_time_beside_theirs(shop: Shop) -> None:
    told_first(shop)
    ended = shop.cmctl("resolve", "1", "--move", "tomorrow 9:00")
    assert ended.status == 0, ended.err
    assert "planned for" in ended.out
    assert shop.cmctl("run").status == 0
    assert shop.cmctl("holds").status == 0
    (row,) = shop.listed("queue")
    assert (row["state"], row["at"][11:16]) == ("planned", "09:00")


def test_a_rewritten_text_is_judged_again(shop: Shop) -> None:
    told_first(shop)
    script = shop.write("e.sh", '#!/bin/sh\nsed -i "s/The new.*jobs/Free jobs: apply/" "$2"\n')
    script.chmod(0o755)
    unchanged = shop.cmctl("resolve", "1", "--rewrite", env={"EDITOR": "true"})
    assert unchanged.status == 3
    ended = shop.cmctl("resolve", "1", "--rewrite", env={"EDITOR": str(script)})
    assert ended.status == 0, ended.err
    assert "planned for" in ended.out


# --- both stand already --------------------------------------------------------------------------


def test_of_two_that_stand_ours_is_deleted_for_theirs(shop: Shop) -> None:
    both_live(shop)
    shop.cmctl("run")
    listed = shop.cmctl("holds")
    assert listed.status == 3
    assert "The same news stands twice (1)" in listed.out
    (row,) = shop.listed("holds")
    assert (row["state"], row["reason"], row["evidence_text"]) == ("published", "duplicate", THEIRS)
    shown = shop.cmctl("resolve", "news")
    assert shown.status == 2
    assert "the other text stays, ours is deleted" in shown.out
    ended = shop.cmctl("resolve", "news", "--keep", "theirs", "--yes")
    assert ended.status == 0, ended.err
    assert "@page/1; asked again" in ended.out
    assert shop.standing("page") == [THEIRS]
    (row,) = shop.listed("history")
    assert row["deleted_at"]
    assert "published, deleted after" in shop.cmctl("history").out
    assert shop.cmctl("holds").status == 0


def test_of_two_that_stand_theirs_is_deleted_for_ours(shop: Shop) -> None:
    both_live(shop)
    ended = shop.cmctl("resolve", "news", "--keep", "ours", "--yes")
    assert ended.status == 0, ended.err
    assert shop.standing("page") == [OURS]
    again = shop.cmctl("resolve", "news", "--keep", "ours", "--yes")
    assert again.status == 1
    assert "repeats nothing that stands" in again.err


def test_of_two_that_stand_both_may_stay_and_nobody_asks_again(shop: Shop) -> None:
    both_live(shop)
    assert shop.cmctl("resolve", "news", "--both", "--reason", "fine").status == 0
    assert shop.cmctl("resolve", "news").status == 1
    assert len(shop.standing("page")) == 2
    assert shop.cmctl("resolve", "news", "--rewrite").status == 1


# --- what cannot be meant ------------------------------------------------------------------------


def test_only_the_duplicate_among_a_posts_deliveries_is_meant(shop: Shop) -> None:
    shop.posts(post("news", OURS, HOUR))
    shop.cmctl("queue")
    shop.by_hand("page", THEIRS)
    shop.cmctl("run")
    assert shop.cmctl("resolve", "news", "--keep", "theirs").status == 0
    assert [row["channel"] for row in shop.listed("queue")] == ["atlas/news"]


def test_what_is_no_duplicate_is_not_resolved(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR, ONE))
    shop.cmctl("queue")
    ended = shop.cmctl("resolve", "a", "--keep", "ours")
    assert ended.status == 1
    assert "is not held as a duplicate" in ended.err
    assert shop.cmctl("resolve", "a", "--keep", "mine").status == 2
    assert shop.cmctl("resolve", "a").status == 1
    assert shop.cmctl("resolve", "a", "--both", "--rewrite").status == 2


def test_resolve_without_a_choice_shows_both_texts_and_what_to_type(shop: Shop) -> None:
    told_first(shop)
    ended = shop.cmctl("resolve", "news")
    assert ended.status == 2
    for said in ("(docks)", "we open", "no fact differs"):
        assert said in ended.out
    for choice in ("--keep theirs", "--keep ours", "--both", "--move", "--rewrite"):
        assert f"cmctl resolve 1 {choice}" in ended.out
    assert "nothing was changed" in ended.err
    assert shop.listed("holds")[0]["state"] == "held"


def test_where_both_outputs_are_one_the_error_comes_after_what_it_speaks_of(
    shop: Shop, environ: dict[str, str]
) -> None:
    told_first(shop)
    command = [*CMCTL, "-C", str(shop.root), "resolve", "news"]
    said = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environ,
        text=True,
        timeout=60,
        check=False,
    ).stdout
    assert said.endswith("type one of the commands above; nothing was changed\n")


def test_an_expired_post_is_offered_what_helps_it(shop: Shop) -> None:
    expired = (HOUR, ONE + '  expires: "2026-01-01 10:00"\n')
    shop.posts(post("old", "Bread", *expired))
    shop.cmctl("run")
    out = shop.cmctl("holds").out
    assert "queue release" not in out


# --- the network fails ---------------------------------------------------------------------------


def test_a_deletion_that_fails_is_told_and_made_good_by_the_next_run(shop: Shop) -> None:
    told_first(shop)
    shop.fault("error", on="delete", count=1)
    ended = shop.cmctl("resolve", "1", "--keep", "ours", "--yes")
    assert ended.status == 4
    assert "still there" in ended.err
    assert shop.standing("page") == [THEIRS, OURS]
    held = shop.cmctl("holds")
    assert held.status == 3
    assert "Could not be deleted yet" in held.out
    (row,) = json.loads(shop.cmctl("holds", "--json").out)
    assert (row["number"], row["reason"], row["evidence_id"]) == (1, "removal", "1")


@pytest.mark.parametrize(
    ("editor", "line"),
    [
        ("vim", ["vim", "+7", "f.yaml"]),
        ("emacsclient -t", ["emacsclient", "-t", "+7", "f.yaml"]),
        ("/usr/bin/code", ["/usr/bin/code", "--wait", "--goto", "f.yaml:7"]),
        ("code -w", ["code", "-w", "--goto", "f.yaml:7"]),
        ("subl -n", ["subl", "-n", "--wait", "f.yaml:7"]),
        ("hx", ["hx", "f.yaml:7"]),
        ("mate", ["mate", "-w", "-l", "7", "f.yaml"]),
    ],
)
def test_each_editor_is_told_the_line_as_it_wants(editor: str, line: list[str]) -> None:
    assert command_line(editor, Path("f.yaml"), 7) == line
