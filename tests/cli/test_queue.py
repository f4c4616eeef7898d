import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post

HOUR = timedelta(hours=1)
ONE = "  channels: [page]\n"
NEWS = "The new warehouse in Rennes opens on 1 December with 45 jobs and 12 000 m2"
#: What a listing of an unchanged workspace must not pay for.
HEAVY = ["yaml", "rich", "httpx", "json", "rapidfuzz", "cmctl.core.model", "cmctl.core.settings"]


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def test_the_queue_is_what_is_ahead_in_order_of_time(shop: Shop) -> None:
    shop.posts(post("b", "Later", 3 * HOUR, ONE), post("a", "Sooner", HOUR, ONE))
    lines = shop.cmctl("queue").out.splitlines()
    cells = [line.split("\t") for line in lines]
    assert [cell[4] for cell in cells] == ["a", "b"]
    assert [cell[2] for cell in cells] == ["in 59 min", "in 2 h 59"]
    assert all(re.fullmatch(r"\w{3} \d+ \w{3}( \d{4})? \d\d:\d\d CES?T", c[1]) for c in cells)
    assert cells[0][3] == "atlas/page"
    assert cells[0][5:] == ["planned", "Sooner"]


def test_json_is_flat_and_its_keys_are_stable(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR, ONE))
    (row,) = shop.listed("queue")
    at, utc = datetime.fromisoformat(row.pop("at")), datetime.fromisoformat(row.pop("at_utc"))
    assert at == utc
    assert at.utcoffset() in (HOUR, 2 * HOUR)
    assert row == {
        "number": 1,
        "client": "atlas",
        "channel": "atlas/page",
        "network": "sandbox",
        "post": "a",
        "occurrence": "",
        "state": "planned",
        "reason": "",
        "detail": "",
        "text": "Bread",
        "edited": False,
    }


@pytest.mark.parametrize(
    ("options", "posts"),
    [
        (["--client", "atlas"], ["a", "a", "b", "held"]),
        (["--channel", "atlas/news"], ["a"]),
        (["--channel", "news", "--client", "atlas"], ["a"]),
        (["--post", "b"], ["b"]),
        (["--post", "atlas/b"], ["b"]),
        (["--state", "planned"], ["a", "a", "b"]),
        (["--held"], ["held"]),
        (["--since", "in 2h"], ["b", "held"]),
        (["--until", "in 2h"], ["a", "a"]),
        (["--since", "7d"], ["a", "a", "b", "held"]),
        (["--limit", "1"], ["a"]),
        (["--limit", "0"], ["a", "a", "b", "held"]),
        (["list", "--post", "b"], ["b"]),
    ],
)
def test_each_option_narrows_the_list(shop: Shop, options: list[str], posts: list[str]) -> None:
    shop.posts(
        post("a", "Bread", HOUR),
        post("b", "Cake", 4 * HOUR, ONE),
        post("held", "Draft", 5 * HOUR, ONE + "  draft: true\n"),
    )
    assert [row["post"] for row in shop.listed("queue", *options)] == posts
    cells = [line.split("\t") for line in shop.cmctl("queue", *options).out.splitlines()]
    assert [cell[4] for cell in cells] == posts


@pytest.mark.parametrize(
    "options",
    [
        ["--client", "nobody"],
        ["--channel", "page"],
        ["--state", "published"],
        ["--since", "soon"],
        ["--until", "7d"],
        ["--post", "nope"],
        ["--post", "atlas/nope"],
        ["--limit", "-1"],
    ],
)
def test_what_cannot_be_meant_is_usage(shop: Shop, options: list[str]) -> None:
    shop.posts(post("a", "Bread", HOUR))
    ended = shop.cmctl("queue", *options)
    assert ended.status == 2
    assert ended.out == ""


def test_an_older_file_put_back_with_its_time_is_taken_in(shop: Shop) -> None:
    file = shop.posts(post("a", "Bread", HOUR, ONE))
    old = file.read_text()
    assert shop.listed("queue")[0]["text"] == "Bread"
    known = file.stat()
    file.write_text(old.replace("Bread", "Cakes"))
    os.utime(file, ns=(known.st_atime_ns, known.st_mtime_ns))
    assert shop.listed("queue")[0]["text"] == "Cakes"


def test_changed_files_are_taken_in_first(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR, ONE))
    assert len(shop.listed("queue")) == 1
    shop.posts(post("a", "Bread and butter", HOUR, ONE), post("b", "Cake", HOUR, ONE))
    assert [row["text"] for row in shop.listed("queue")] == ["Bread and butter", "Cake"]


def test_the_guard_looks_at_what_changed(shop: Shop) -> None:
    shop.posts(post("a", NEWS, HOUR, ONE), post("b", NEWS + "!", 2 * HOUR, ONE))
    ended = shop.cmctl("queue")
    assert "the guard holds 1" in ended.err
    assert "held, duplicate" in ended.out


def test_what_the_guard_would_look_at_for_long_is_left_to_the_next_run(shop: Shop) -> None:
    shop.posts(*(post(f"p{n}", NEWS, HOUR + n * timedelta(minutes=1), ONE) for n in range(51)))
    ended = shop.cmctl("queue")
    assert "the guard has much to look at (atlas): cmctl run or the daemon does it" in ended.err
    assert "held" not in ended.out
    shop.posts(*(post(f"p{n}", NEWS, HOUR + n * timedelta(minutes=1), ONE) for n in range(50)))
    assert "the guard holds 49 of what changed" in shop.cmctl("queue").err


def test_errors_and_drafts_without_a_time_are_told_each_time(shop: Shop) -> None:
    shop.posts("- id: bad\n  text: x\n  att: now\n", "- id: idea\n  text: y\n  draft: true\n")
    for _ in range(2):
        told = shop.cmctl("queue").err
        assert re.search(r"^\d problems? in the files: cmctl check$", told, re.MULTILINE)
        assert "1 draft has no time yet" in told
    assert "draft" not in shop.cmctl("queue", "-q").err
    assert "cmctl check" in shop.cmctl("queue", "-q").err


def test_an_unchanged_workspace_is_listed_without_what_it_does_not_need(
    shop: Shop, environ: dict[str, str]
) -> None:
    shop.posts(post("a", "Bread", HOUR, ONE))
    first = shop.cmctl("queue").out
    program = (
        "import os, sys, gc\n"
        "from cmctl.cli.main import run\n"
        "from cmctl.wiring.machine import Machine\n"
        f"run(['-C', {str(shop.root)!r}, 'queue'], Machine())\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ
    )
    assert ended.stdout.split("\t")[3:] == first.split("\t")[3:]
    assert not set(HEAVY) & set(ended.stderr.split())


def test_a_store_elsewhere_is_found_without_reading_yaml(shop: Shop, tmp_path: Path) -> None:
    config = shop.root / "config.yaml"
    config.write_text(f"store: {tmp_path}/one.db\n" + config.read_text())
    shop.posts(post("a", "Bread", HOUR, ONE))
    assert len(shop.listed("queue")) == 1
    assert len(shop.listed("queue")) == 1
    config.write_text(config.read_text().replace("one.db", "two.db"))
    assert [row["number"] for row in shop.listed("queue")] == [1]
    assert {path.name for path in tmp_path.glob("*.db")} == {"one.db", "two.db"}


def test_a_store_that_cannot_be_written_is_still_listed(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR, ONE))
    assert len(shop.listed("queue")) == 1
    shop.posts(post("a", "Bread", HOUR, ONE), post("b", "Cake", HOUR, ONE))
    with closing(sqlite3.connect(shop.root / ".cmctl" / "cmctl.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        ended = shop.cmctl("queue")
    assert ended.status == 0, ended.err
    assert [line.split("\t")[4] for line in ended.out.splitlines()] == ["a"]
    assert "shown as it was last taken in" in ended.err


def no_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_full_disk_still_lists_what_the_store_last_knew(
    shop: Shop, environ: dict[str, str]
) -> None:
    shop.posts(post("a", "Bread", HOUR, ONE))
    assert len(shop.listed("queue")) == 1
    shop.posts(post("a", "Bread", HOUR, ONE), post("b", "Cake", HOUR, ONE))
    for _ in range(2):  # the first one leaves an empty log behind
        ended = subprocess.run(
            [*CMCTL, "-C", str(shop.root), "queue"],
            capture_output=True,
            text=True,
            env=environ,
            preexec_fn=no_room,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        assert [line.split("\t")[4] for line in ended.stdout.splitlines()] == ["a"]
        assert "shown as it was last taken in" in ended.stderr
    assert len(shop.listed("queue")) == 2


def test_what_sqlite_cannot_read_on_a_full_disk_is_told_with_what_to_do(
    shop: Shop, environ: dict[str, str]
) -> None:
    shop.posts(post("a", "Bread", HOUR, ONE))
    shop.cmctl("queue")
    killed = "update deliveries set edited = edited"
    store = shop.root / ".cmctl/cmctl.db"
    program = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1]);"
        f"db.execute('{killed}'); db.commit(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", program, str(store)], check=True)
    store.with_name("cmctl.db-shm").unlink()
    shop.posts(post("b", "Cake", HOUR, ONE))
    command = [*CMCTL, "-C", str(shop.root), "queue"]
    ended = subprocess.run(
        command, capture_output=True, text=True, env=environ, preexec_fn=no_room, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "cannot be read now" in ended.stderr
    assert "free some space" in ended.stderr
    assert "shown as" not in ended.stderr
    assert [row["post"] for row in shop.listed("queue")] == ["b"]


def test_texts_are_safe_to_print(shop: Shop) -> None:
    shop.posts(post("a", "red \x1b[31m \u202egnirts \x9b1m", HOUR, ONE).replace("\\u001b", "\\x1b"))
    for options in ([], ["--json"]):
        out = shop.cmctl("queue", *options).out
        assert not set("\x1b\u202e\x9b") & set(out)


def test_a_person_sees_a_table_cut_to_the_terminal(shop: Shop, watch: Run) -> None:
    shop.posts(*(post(f"p{n}", f"Text {n} " * 30, HOUR + n * HOUR, ONE) for n in range(60)))
    shop.cmctl("queue")
    ended = watch(CMCTL, "-C", str(shop.root), "queue", "--no-color", columns=120)
    lines = ended.out.splitlines()
    assert lines[0].split() == ["#", "When", "In", "Channel", "Post", "State", "Text"]
    assert len(lines) == 1 + 50 + 1
    assert all(len(line) <= 120 for line in lines)
    assert lines[-1] == "10 more; --limit 0 shows all"


def test_nothing_planned_is_said(shop: Shop) -> None:
    ended = shop.cmctl("queue")
    assert (ended.status, ended.out) == (0, "")
    assert "nothing is planned" in ended.err
    assert shop.listed("queue") == []


# --- show ----------------------------------------------------------------------------------------


def test_a_delivery_is_shown_whole(shop: Shop) -> None:
    picture = shop.write("posts/atlas/house.png", "no picture, but a file")
    more = (
        "  link: https://atlas.example/rennes\n  hashtags: [rennes]\n  thread: [And then]\n"
        f"  media: [{{file: {picture.name}, alt: The house}}]\n"
    )
    shop.posts(post("a", "Bread", HOUR, ONE + more))
    shop.cmctl("queue")
    out = shop.cmctl("queue", "show", "a").out
    assert "posts/atlas/posts.yaml:1" in out
    assert re.search(r"Planned for +\w{3} .* CES?T \(in 59 min\), .* UTC", out)
    for said in ("https://atlas.example/rennes", "#rennes", "And then", "alt: The house"):
        assert said in out
    assert "planned by its file" in out
    assert "cmctl queue hold 1" in out


def test_the_length_of_each_part_is_shown_against_the_limit(shop: Shop) -> None:
    shop.posts(
        post(
            "a", "Un", HOUR, "  thread: [Deux, Trois]\n  first_comment: Et ?\n  channels: [page]\n"
        )
    )
    lengths = {"": 2, "part 2: ": 4, "part 3: ": 5, "first comment: ": 4}
    told = "; ".join(f"{part}{length} of 500 characters" for part, length in lengths.items())
    assert f"Length       {told}\n" in shop.cmctl("queue", "show", "a").out
    (row,) = shop.listed("queue", "show", "a")
    assert row["length"] == told


def test_an_offer_is_shown_and_held_where_the_network_has_none(shop: Shop) -> None:
    event = "{title: Soldes, from: 2026-12-01 10:00, to: 2026-12-06, coupon: A1, terms: Une fois}"
    shop.posts(post("a", "Bread", HOUR, f"{ONE}  variants: {{page: {{event: {event}}}}}\n"))
    shop.cmctl("queue")
    out = shop.cmctl("queue", "show", "a").out
    assert "offer: Soldes, 2026-12-01T10:00 to 2026-12-06\n  A1 - Une fois\n" in out
    assert "no events" in out


def test_what_was_published_is_shown_with_its_proof(shop: Shop) -> None:
    shop.posts(post("a", "Bread", more=ONE))
    shop.cmctl("run")
    out = shop.cmctl("queue", "show", "1").out
    assert f"{shop.sandbox.url}/@page/1" in out
    assert "sent, attempt 1" in out
    assert "published: the network answered" in out
    (row,) = shop.listed("queue", "show", "a")
    assert (row["state"], row["remote_id"], row["attempts"]) == ("published", "1", 1)


@pytest.mark.parametrize("ref", ["7", "nothing", "atlas/nothing", "-x"])
def test_an_unknown_reference_is_usage(shop: Shop, ref: str) -> None:
    shop.posts(post("a", "Bread", HOUR))
    assert shop.cmctl("queue", "show", ref).status == 2


def test_an_ambiguous_reference_lists_the_candidates(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR))
    shop.cmctl("queue")
    ended = shop.cmctl("queue", "show", "a")
    assert ended.status == 2
    assert "1  " in ended.err
    assert "atlas/page" in ended.err
    assert "atlas/news" in ended.err
    assert shop.cmctl("queue", "show", "a", "--channel", "news").status == 0


# --- decide --------------------------------------------------------------------------------------


def state(shop: Shop, *options: str) -> list[str]:
    rows = shop.listed("queue", *options) + shop.listed("history", *options)
    return [row["state"] for row in sorted(rows, key=lambda row: row["number"])]


def test_hold_and_release_a_post_on_all_its_channels(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR))
    shop.cmctl("queue")
    held = shop.cmctl("queue", "hold", "a", "--reason", "Mr G. reads it first")
    assert held.out.count("held by hand: Mr G. reads it first") == 2
    assert state(shop) == ["held", "held"]
    assert shop.cmctl("queue", "release", "a").out.count("planned for") == 2
    assert state(shop) == ["planned", "planned"]


@pytest.mark.parametrize("decision", ["hold", "cancel"])
def test_what_no_file_plans_any_more_is_not_released(shop: Shop, decision: str) -> None:
    file = shop.posts(post("a", "Bread", HOUR, ONE))
    text = file.read_text()
    shop.cmctl("queue", decision, "a")
    shop.posts()
    refused = shop.cmctl("queue", "release", "1")
    assert (refused.status, refused.out) == (1, "")
    assert "no file plans a on atlas/page any more" in refused.err
    assert "put a back into its file" in refused.err
    shown = shop.cmctl("queue", "show", "1").out
    assert "queue release" not in shown
    assert "no file plans it any more" in shown
    file.write_text(text)
    assert shop.cmctl("queue", "release", "1").status == 0
    assert [row["state"] for row in shop.listed("queue")] == ["planned"]


def test_a_refused_delivery_whose_post_is_gone_is_not_tried_again(shop: Shop) -> None:
    shop.posts(post("a", "Bread", more=ONE))
    shop.fault("refused", account="page", text="too rude")
    shop.cmctl("run")
    shop.posts()
    assert "queue retry" not in shop.cmctl("queue", "show", "1").out
    assert "no file plans a" in shop.cmctl("queue", "retry", "1").err
    assert state(shop) == ["refused"]


def test_a_channel_narrows_a_decision(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR))
    shop.cmctl("queue")
    shop.cmctl("queue", "cancel", "a", "--channel", "atlas/news")
    assert [row["channel"] for row in shop.listed("queue")] == ["atlas/page"]
    shop.cmctl("queue", "release", "a", "--channel", "news")
    assert len(shop.listed("queue")) == 2


def test_several_references_are_decided_together(shop: Shop) -> None:
    shop.posts(*(post(name, f"Text of {name}", HOUR, ONE) for name in "abc"))
    shop.cmctl("queue")
    ended = shop.cmctl("queue", "cancel", "1", "#2", "c", "--reason", "a strike")
    assert ended.status == 0
    assert state(shop) == ["cancelled"] * 3


def test_one_refusal_does_not_stop_the_others(shop: Shop) -> None:
    shop.posts(post("gone", "Bread", more=ONE), post("b", "Cake", HOUR, ONE))
    shop.cmctl("run")
    ended = shop.cmctl("queue", "cancel", "gone", "b")
    assert ended.status == 1
    assert "is published and cannot be cancelled" in ended.err
    assert state(shop) == ["published", "cancelled"]


def uncertain(shop: Shop) -> None:
    """Leave one delivery of which nobody knows whether it was published: it was."""
    shop.posts(post("a", "Bread", more=ONE))
    shop.fault("drop", account="page")
    shop.cmctl("run")
    assert state(shop) == ["uncertain"]


def test_an_uncertain_delivery_is_confirmed_by_its_id_or_address(shop: Shop) -> None:
    uncertain(shop)
    wrong = shop.cmctl("queue", "confirm", "a", "99")
    assert wrong.status == 1
    assert "has no post 99" in wrong.err
    ended = shop.cmctl("queue", "confirm", "a", f"{shop.sandbox.url}/@page/1")
    assert ended.status == 0, ended.err
    assert state(shop) == ["published"]
    assert shop.listed("history")[0]["remote_id"] == "1"


def test_an_uncertain_delivery_is_sent_once_more_only_for_who_says_yes(shop: Shop) -> None:
    uncertain(shop)
    asked = shop.cmctl("queue", "retry", "a")
    assert asked.status == 2
    assert "would be there twice" in asked.err
    assert "--yes" in asked.err
    assert state(shop) == ["uncertain"]
    assert shop.cmctl("queue", "retry", "a", "--yes").status == 0
    assert state(shop) == ["planned"]


def test_nobody_is_asked_about_doubling_what_was_never_sent(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR, more=ONE))
    ended = shop.cmctl("queue", "retry", "a")
    assert (ended.status, ended.out) == (1, "")
    assert "is planned, not uncertain" in ended.err


def test_holds_says_what_was_tried_and_what_to_type(shop: Shop) -> None:
    uncertain(shop)
    said = shop.cmctl("holds").out
    assert "1 attempt" in said
    for command in ("queue confirm", "queue retry", "queue cancel", "channel timeline"):
        assert command in said


def test_a_refused_delivery_is_tried_again(shop: Shop) -> None:
    shop.posts(post("a", "Bread", more=ONE))
    shop.fault("refused", account="page", text="too rude")
    shop.cmctl("run")
    assert state(shop) == ["refused"]
    assert shop.cmctl("queue", "retry", "a").status == 0
    shop.cmctl("run")
    assert shop.standing("page") == ["Bread"]
    assert state(shop) == ["published"]


def test_json_can_be_read_by_programs_whatever_the_texts_say(shop: Shop) -> None:
    shop.posts(post("a", 'quotes " and \\ and\nlines é', HOUR, ONE))
    assert json.loads(shop.cmctl("queue", "--json").out)[0]["text"].startswith("quotes")


def test_the_clock_of_the_client_counts(shop: Shop) -> None:
    shop.posts("- id: a\n  text: x\n  channels: [page]\n  at: 2031-07-01 10:15\n")
    (row,) = shop.listed("queue")
    assert row["at"] == "2031-07-01T10:15:00+02:00"
    assert datetime.fromisoformat(row["at_utc"]) == datetime(2031, 7, 1, 8, 15, tzinfo=UTC)


def test_a_released_then_cancelled_delivery_shows_no_empty_reason(shop: Shop) -> None:
    shop.posts(post("a", "Bread", HOUR, ONE))
    shop.cmctl("queue")
    shop.cmctl("queue", "hold", "1")
    shop.cmctl("queue", "release", "1")
    assert "State        planned (let pass: approval)\n" in shop.cmctl("queue", "show", "1").out
    ended = shop.cmctl("queue", "cancel", "1")
    assert ended.out == "1 a on atlas/page: cancelled\n"


def test_what_was_let_pass_before_keeps_its_reason(shop: Shop) -> None:
    shop.posts(post("late", "Old bread", -5 * HOUR, ONE))
    shop.cmctl("run")
    shop.cmctl("queue", "release", "1", "--reason", "Mr G. insists")
    shop.cmctl("queue", "hold", "1")
    shop.cmctl("queue", "release", "1")
    shown = shop.cmctl("queue", "show", "1").out
    assert "planned (let pass: missed,approval: Mr G. insists)" in shown


def test_one_draft_without_a_time_is_no_plural(shop: Shop) -> None:
    shop.posts("- {id: a, text: Bread, draft: on}\n")
    assert "1 draft has no time yet" in shop.cmctl("queue").err
