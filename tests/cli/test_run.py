"""`cmctl run`: publishes what is due and ends; a dry run changes nothing anywhere."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servers.pictures import png

from .conftest import CMCTL, Run
from .shop import Shop, opened, post

HOUR = timedelta(hours=1)
ONE = "  channels: [page]\n"
SECOND = timedelta(seconds=1)


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def at(ahead: timedelta) -> str:
    return f"{datetime.now(UTC) + ahead:%Y-%m-%d %H:%M}Z"


def test_what_is_due_is_published_once_on_every_channel(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour Rennes"), post("later", "À plus tard", HOUR))
    ended = shop.cmctl("run")
    assert (ended.status, ended.err) == (0, "2 published\n")
    rows = [line.split("\t") for line in ended.out.splitlines()]
    assert [row[2:5] for row in rows] == [
        ["atlas/news", "published", "one"],
        ["atlas/page", "published", "one"],
    ]
    assert all(row[1].endswith(("CET", "CEST")) for row in rows)
    assert rows[0][5].startswith(f"{shop.sandbox.url}/@news/")
    again = shop.cmctl("run")
    assert (again.status, again.out, again.err) == (0, "", "0 published\n")
    assert shop.standing("page") == shop.standing("news") == ["Bonjour Rennes"]


def test_two_runs_at_once_publish_each_delivery_once(shop: Shop, environ: dict[str, str]) -> None:
    shop.posts(
        *(post(f"p{n}", f"Numéro {n} : {n * 37} caisses", more="  guard: off\n") for n in range(8))
    )
    command = [*CMCTL, "-C", str(shop.root), "run"]
    both = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) for _ in range(2)]
    printed = b"".join(program.communicate(timeout=60)[0] for program in both)
    assert [program.returncode for program in both] == [0, 0]
    assert printed.count(b"published") == 16
    assert len(shop.standing("page")) == len(shop.standing("news")) == 8


def test_json_gives_each_delivery_with_its_receipt(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    (found,) = shop.listed("run")
    assert (found["channel"], found["post"], found["state"]) == ("atlas/page", "one", "published")
    assert found["remote_id"]
    assert found["url"].endswith(f"/@page/{found['remote_id']}")


def test_the_owners_post_made_before_holds_ours(shop: Shop) -> None:
    shop.posts(post("one", "Notre nouvel entrepôt ouvre à Rennes le 1er décembre !"))
    shop.by_hand("page", "Nouvel entrepôt à Rennes, ouverture le 1er décembre")
    ended = shop.cmctl("run")
    assert ended.status == 3
    assert "\tatlas/page\theld\tone\tduplicate: " in ended.out
    assert "\tatlas/news\tpublished\tone\t" in ended.out
    assert "1 held: cmctl holds says why" in ended.err
    assert len(shop.standing("page")) == 1


def test_a_draft_that_is_not_due_yet_holds_nothing_up(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", HOUR, "  draft: on\n"))
    assert shop.cmctl("run").status == 0
    shop.posts(post("one", "Bonjour", -SECOND, "  draft: on\n"))
    assert shop.cmctl("run").status == 3
    assert shop.standing("page") == []


def test_a_network_that_cannot_be_reached_ends_with_4_and_nothing_is_lost(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault("error", account="page", on="read", count=0)
    ended = shop.cmctl("run")
    assert ended.status == 4
    assert "atlas/page: the timeline cannot be read: " in ended.err
    assert "blind" in ended.out
    assert shop.standing("page") == []


def test_a_refused_attempt_is_tried_again_later(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault("throttle", account="page", retry_after="1")
    ended = shop.cmctl("run")
    assert ended.status == 4
    assert "\ttried in vain\tone" in ended.out


def test_an_image_that_cannot_be_uploaded_now_is_tried_again_later(shop: Shop) -> None:
    (shop.root / "posts/atlas").mkdir(parents=True)
    (shop.root / "posts/atlas/one.png").write_bytes(png())
    shop.posts(
        post("one", "Bonjour", more="  channels: [page]\n  media: [{file: one.png, alt: x}]\n")
    )
    shop.fault("throttle", account="page", on="upload", retry_after="1")
    ended = shop.cmctl("run")
    assert ended.status == 4
    assert "\ttried in vain\tone" in ended.out
    subprocess.run(["sleep", "1.2"], check=True)
    assert "\tpublished\tone" in shop.cmctl("run").out


def test_a_lost_answer_is_settled_by_the_next_run(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault("drop", account="page")
    ended = shop.cmctl("run")
    assert ended.status == 4
    assert "\tuncertain\tone" in ended.out
    subprocess.run(["sleep", "1.2"], check=True)  # the sandbox's settling time
    assert "\tpublished\tone" in shop.cmctl("run").out
    assert shop.standing("page") == ["Bonjour"]


def test_problems_of_the_files_come_before_all_else_and_stop_no_other_post(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour"), post("bad", "x" * 501))
    for published in (2, 0):  # told as long as they stand
        ended = shop.cmctl("run")
        assert ended.status == 1
        assert "posts/atlas/posts.yaml:4:3: error: " in ended.err
        assert f"{published} published" in ended.err
    assert shop.standing("page") == ["Bonjour"]


def test_quiet_says_nothing_while_nothing_is_wrong(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour"))
    for args in (["run", "--dry-run", "--quiet"], ["run", "--quiet"]):
        ended = shop.cmctl(*args)
        assert (ended.status, ended.out, ended.err) == (0, "", "")


def test_a_disk_without_room_for_a_receipt_sends_nothing(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour"))
    shop.write(".cmctl/journal", "in the way")
    ended = shop.cmctl("run")
    assert ended.status == 1
    assert "no room for a receipt" in ended.err
    assert shop.standing("page") == []


def test_a_folder_in_the_workspace_is_made_with_those_above_it(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text() + "      box: {network: folder, path: outbox/a/b}\n")
    shop.posts(post("one", "Bonjour", more="  channels: [box]\n"))
    before = shop.tree()
    shop.cmctl("run", "--dry-run")
    assert shop.tree() == before
    assert shop.cmctl("run").status == 0
    assert [text.read_text() for text in shop.root.glob("outbox/a/b/*/text.txt")] == ["Bonjour"]


def test_a_run_by_hand_looks_again_however_short_after_another(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text().replace("freshness: 0s", "freshness: 1s"))
    shop.posts(post("one", "Notre nouvel entrepôt ouvre à Rennes le 1er décembre !", 8 * HOUR))
    assert shop.cmctl("run").status == 0
    shop.by_hand("page", "Nouvel entrepôt à Rennes, ouverture le 1er décembre")
    subprocess.run(["sleep", "1.1"], check=True)
    assert shop.cmctl("run").status == 3


def test_a_run_within_the_freshness_of_a_reading_does_not_read_again(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text().replace("freshness: 0s", "freshness: 60s"))
    shop.posts(post("one", "Bonjour", HOUR))
    for _ in range(2):
        shop.cmctl("run")
    assert shop.client.requests("page")["read"] == 1


@pytest.mark.parametrize(
    ("kind", "state", "said"),
    [("refused", "refused", "answered 422"), ("drop", "uncertain", "answer")],
)
def test_what_did_not_go_out_shows_what_the_network_said(
    shop: Shop, kind: str, state: str, said: str
) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault(kind, account="page")
    row = shop.cmctl("run").out.rstrip("\n").split("\t")
    assert row[3] == state
    assert said in row[5]
    assert "Bonjour" not in row[5]


def test_what_is_tried_again_later_says_why_and_when(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault("throttle", account="page", retry_after="600")
    row = shop.cmctl("run").out.rstrip("\n").split("\t")
    assert row[3] == "tried in vain"
    assert "429" in row[5]
    assert row[5].endswith(" min): next try")
    waiting = shop.cmctl("run")
    assert (waiting.status, waiting.err) == (0, "0 published, 1 waits\n")
    assert waiting.out.split("\t")[3] == "waits"
    assert "429" not in waiting.out
    (foreseen,) = shop.listed("run", "--dry-run")
    assert (foreseen["outcome"], foreseen["waits_for"]) == ("wait", "next try")


def test_what_waits_for_the_pace_is_said_with_its_time(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text().replace("pace: 0s", "pace: 10m"))
    shop.posts(*(post(f"p{n}", f"Numéro {n}", more="  channels: [page]\n") for n in range(3)))
    rows = [line.split("\t") for line in shop.cmctl("run", "--dry-run").out.splitlines()]
    assert [row[3] for row in rows] == ["would publish", "waits", "waits"]
    ended = shop.cmctl("run")
    assert (ended.status, ended.err) == (0, "1 published, 2 wait\n")
    rows = [line.split("\t") for line in ended.out.splitlines()]
    assert [row[3] for row in rows] == ["published", "waits", "waits"]
    waits = [row[5].partition(" (")[2] for row in rows[1:]]
    assert waits == ["in 9 min): pace", "in 19 min): pace"]
    assert [row["outcome"] for row in shop.listed("run", "--dry-run")] == ["wait", "wait"]
    ahead = shop.listed("run", "--dry-run", "--at", at(timedelta(minutes=15)))
    assert [row["outcome"] for row in ahead] == ["publish", "wait"]
    quiet = shop.cmctl("run", "--quiet")
    assert (quiet.status, quiet.out, quiet.err) == (0, "", "")
    (first, _) = shop.listed("run")
    assert (first["state"], first["waits_for"]) == ("planned", "pace")
    assert datetime.fromisoformat(first["waits_until"]) > datetime.now(UTC)


def test_what_is_due_during_a_pause_is_said(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.cmctl("pause", "atlas/page", "--reason", "grève")
    ended = shop.cmctl("run")
    assert ended.status == 0
    assert ended.out.rstrip("\n").split("\t")[3:] == ["waits", "one", "paused: grève"]


def test_what_is_uncertain_counts_as_waiting_as_in_holds(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault("drop", account="page")
    assert "1 uncertain: cmctl holds says why" in shop.cmctl("run").err
    shop.fault("error", account="page", on="read", count=0)
    assert shop.cmctl("holds").status == 3


# --- dry runs ------------------------------------------------------------------------------------


def test_a_dry_run_changes_nothing_anywhere(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour Rennes"), post("two", "Un brouillon", more="  draft: on\n"))
    before = shop.tree()
    ended = shop.cmctl("run", "--dry-run")
    assert ended.status == 3
    assert ended.out.count("\twould publish\tone\tBonjour Rennes\n") == 2
    assert ended.out.count("\theld\ttwo\tapproval: a draft\n") == 2
    assert shop.tree() == before
    assert shop.client.requests("page").keys() == {"read"}


def test_a_dry_run_beside_a_store_leaves_it_as_it_is(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour"), post("two", "Bonsoir", HOUR, "  channels: [page]\n"))
    shop.cmctl("run")
    before, asked = shop.tree(), shop.client.requests("page")
    ahead = shop.cmctl("run", "--dry-run", "--at", at(2 * HOUR))
    assert [row.split("\t")[2:5] for row in ahead.out.splitlines()] == [
        ["atlas/page", "would publish", "two"]
    ]
    assert shop.tree() == before
    after = shop.client.requests("page")
    assert {call: after[call] - asked[call] for call in after} == {"read": 1, "post": 0}


def test_a_dry_run_foresees_the_duplicate_with_the_text_it_repeats(shop: Shop) -> None:
    shop.by_hand("page", "Nouvel entrepôt à Rennes, ouverture le 1er décembre")
    text = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre !"
    shop.posts(post("one", text, HOUR, "  channels: [page]\n"))
    (found,) = shop.listed("run", "--dry-run", "--at", at(2 * HOUR))
    assert (found["outcome"], found["reason"]) == ("hold", "duplicate")
    assert found["evidence_text"] == "Nouvel entrepôt à Rennes, ouverture le 1er décembre"
    assert found["evidence_source"] == "timeline"


def test_a_dry_run_foresees_what_a_run_would_hold_ahead_and_ends_as_it_does(shop: Shop) -> None:
    shop.by_hand("page", "Nouvel entrepôt à Rennes, ouverture le 1er décembre")
    text = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre !"
    shop.posts(
        post("theirs", text, HOUR, ONE),
        post("menu", "Au menu : soupe", 2 * HOUR, ONE),
        post("again", "Au menu ce midi : la soupe", 3 * HOUR, ONE),
        post("draft", "Bientôt les soldes", 3 * HOUR, ONE + "  draft: true\n"),
    )
    keys = ("post", "reason", "evidence_source", "evidence_text")
    foreseen = shop.cmctl("run", "--dry-run", "--json")
    done = shop.cmctl("run", "--json")
    held = [row for row in json.loads(done.out) if row["state"] == "held"]
    assert "theirs" in {row["post"] for row in held}
    assert [row["post"] for row in json.loads(foreseen.out)] == [row["post"] for row in held]
    (first, *_) = json.loads(foreseen.out)
    assert tuple(first[key] for key in keys)[:3] == ("theirs", "duplicate", "timeline")
    assert (foreseen.status, done.status) == (3, 3)
    later = shop.cmctl("run", "--dry-run", "--quiet")
    assert (later.out, later.status) == ("", 3)
    assert f"{len(held)} held: cmctl holds" in later.err


def test_a_dry_run_knows_pauses_lateness_and_what_a_person_let_pass(shop: Shop) -> None:
    shop.posts(post("late", "Trop tard", -3 * HOUR, "  channels: [page]\n"))
    (found,) = shop.listed("run", "--dry-run")
    assert (found["outcome"], found["reason"]) == ("hold", "missed")
    shop.cmctl("run")
    number = json.loads(shop.cmctl("run", "--dry-run", "--json").out)[0]["number"]
    assert number == 1
    shop.cmctl("queue", "release", str(number), "--reason", "le client insiste")
    (found,) = shop.listed("run", "--dry-run")
    assert found["outcome"] == "publish"
    shop.cmctl("pause", "atlas", "--reason", "grève")
    (found,) = shop.listed("run", "--dry-run")
    assert (found["outcome"], found["detail"]) == ("hold", "grève")


def test_a_dry_run_takes_a_folder_that_is_not_made_yet_for_empty(shop: Shop) -> None:
    out = "      out: {network: folder, path: outbox/tiktok}\n"
    shop.write("config.yaml", (shop.root / "config.yaml").read_text() + out)
    shop.posts(post("one", "Bonjour Rennes", more="  channels: [out]\n"))
    (found,) = shop.listed("run", "--dry-run")
    assert found["outcome"] == "publish"
    assert not (shop.root / "outbox").exists()


def test_a_dry_run_that_cannot_look_ends_with_4(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour"))
    shop.sandbox.stop()
    ended = shop.cmctl("run", "--dry-run", "--quiet")
    assert ended.status == 4
    assert "cannot be reached" in ended.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--at", "2030-01-01 10:00"], "add --dry-run"),
        (["--dry-run", "--at", "soon"], "tomorrow 9:00"),
        (["--dry-run", "--at", "2020-01-01 10:00"], "is past"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused(shop: Shop, args: list[str], said: str) -> None:
    refused = shop.cmctl("run", *args)
    assert refused.status == 2
    assert said in refused.err
