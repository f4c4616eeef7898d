"""`cmctl daemon` as systemd runs it: real processes, real signals, a real network of our own."""

import json
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post, until, wall

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


class Started:
    """Daemons of one workspace."""

    def __init__(self, shop: Shop, environ: dict[str, str]) -> None:
        self.shop = shop
        self.environ = environ
        self.programs: list[subprocess.Popen[bytes]] = []
        self.logs: list[Path] = []

    def __call__(self, *options: str, **env: str) -> subprocess.Popen[bytes]:
        log = self.shop.root.parent / f"log-{len(self.programs)}"
        with log.open("wb") as file:
            program = subprocess.Popen(
                [*CMCTL, "-C", str(self.shop.root), "daemon", *options],
                stderr=file,
                env={**self.environ, **env},
            )
        self.programs.append(program)
        self.logs.append(log)
        until(lambda: "publishing" in self.said() or program.poll() is not None)
        return program

    def said(self) -> str:
        return self.logs[-1].read_text()


@pytest.fixture
def daemon(shop: Shop, environ: dict[str, str]) -> Iterator[Started]:
    started = Started(shop, environ)
    yield started
    for program in started.programs:
        program.kill()
        program.wait()


def ended(program: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM) -> int:
    program.send_signal(number)
    return program.wait(30)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_due_post_goes_out_and_a_signal_ends_it_well(
    shop: Shop, daemon: Started, end: signal.Signals
) -> None:
    shop.posts(post("one", "Bonjour", 2 * SECOND))
    program = daemon()
    until(lambda: shop.standing("page") and shop.standing("news"))
    assert ended(program, end) == 0
    assert "delivery 1: one on atlas/" in daemon.said()
    assert list((shop.root / ".cmctl/journal").iterdir()) == []


def test_a_post_written_while_it_runs_goes_out(shop: Shop, daemon: Started) -> None:
    daemon()
    shop.posts(post("one", "Bonjour"))
    until(lambda: shop.standing("page"))


def test_the_call_in_flight_is_finished_before_it_ends(shop: Shop, daemon: Started) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault("latency", account="page", seconds=2.0)
    program = daemon()
    until(lambda: shop.client.requests("page").get("post"))
    assert ended(program) == 0
    assert shop.standing("page") == ["Bonjour"]
    (delivery,) = sqlite3.connect(shop.root / ".cmctl/cmctl.db").execute(
        "SELECT state FROM deliveries"
    )
    assert delivery == ("published",)


def test_a_killed_daemon_doubles_nothing(shop: Shop, daemon: Started) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault("latency", account="page", seconds=1.0)
    first = daemon()
    until(lambda: shop.client.requests("page").get("post"))
    first.kill()
    first.wait()
    until(lambda: shop.standing("page"))
    daemon()
    until(lambda: "published" in daemon.said())
    assert shop.standing("page") == ["Bonjour"]


def test_two_daemons_publish_each_delivery_once(shop: Shop, daemon: Started) -> None:
    shop.posts(
        *(post(f"p{n}", f"Menu {n}", 3 * SECOND, "  guard: off\n") for n in range(40)),
    )
    both = [daemon(), daemon()]
    until(lambda: len(shop.standing("page")) + len(shop.standing("news")) >= 80)
    assert [ended(program) for program in both] == [0, 0]
    assert sorted(shop.standing("page")) == sorted(f"Menu {n}" for n in range(40))
    assert sorted(shop.standing("news")) == sorted(f"Menu {n}" for n in range(40))


@pytest.mark.parametrize("how", ["seen", "SIGHUP"])
def test_a_changed_configuration_is_read_again(shop: Shop, daemon: Started, how: str) -> None:
    program = daemon()
    config = shop.root / "config.yaml"
    third = f'      third: {{network: sandbox, url: "{shop.sandbox.url}", account: third}}\n'
    config.write_text(config.read_text() + third)
    if how == "SIGHUP":
        program.send_signal(signal.SIGHUP)
    shop.posts(post("one", "Bonjour", SECOND))
    until(lambda: shop.standing("third"))
    assert "the configuration is read again" in daemon.said()


def test_a_configuration_with_errors_leaves_the_old_one_in_force(
    shop: Shop, daemon: Started
) -> None:
    program = daemon()
    config = shop.root / "config.yaml"
    config.write_text(config.read_text() + "grcae: 2h\n")
    program.send_signal(signal.SIGHUP)
    until(lambda: "the old configuration stays in force: config.yaml:" in daemon.said())
    shop.posts(post("one", "Bonjour"))
    until(lambda: shop.standing("page"))
    assert program.poll() is None


def test_another_store_needs_another_start(shop: Shop, daemon: Started) -> None:
    program = daemon()
    config = shop.root / "config.yaml"
    config.write_text("store: other.db\n" + config.read_text())
    program.send_signal(signal.SIGHUP)
    until(lambda: "`store` is another one now" in daemon.said())
    assert not (shop.root / "other.db").exists()


def test_a_call_in_flight_survives_a_reload(shop: Shop, daemon: Started) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    shop.fault("latency", account="page", seconds=2.0)
    program = daemon()
    until(lambda: shop.client.requests("page").get("post"))
    program.send_signal(signal.SIGHUP)
    until(lambda: "one on atlas/page: published" in daemon.said())
    assert shop.standing("page") == ["Bonjour"]


def test_a_dry_run_beside_a_daemon_writes_nothing_and_asks_for_no_change(
    shop: Shop, daemon: Started
) -> None:
    shop.posts(post("one", "Bonjour", HOUR), post("two", "Bonsoir, et à demain", 2 * HOUR))
    program = daemon()
    store = sqlite3.connect(shop.root / ".cmctl/cmctl.db")
    planned = "SELECT count(*) FROM deliveries WHERE state = 'planned'"
    until(lambda: store.execute(planned).fetchone() == (4,))
    events = "SELECT max(id) FROM events"
    before = store.execute(events).fetchone()
    for _ in range(3):
        said = shop.cmctl("run", "--dry-run", "--at", wall(3 * HOUR)).out
        assert said.count("would publish") == 4
    assert store.execute(events).fetchone() == before
    assert set(shop.client.requests("page")) == set(shop.client.requests("news")) == {"read"}
    shop.posts(post("now", "Tout de suite"), file="now.yaml")
    until(lambda: shop.standing("page"))
    assert ended(program) == 0
    assert shop.standing("page") == ["Tout de suite"]


def test_the_owners_post_holds_ours_long_before_its_time(shop: Shop, daemon: Started) -> None:
    shop.posts(post("one", "Notre nouvel entrepôt ouvre à Rennes le 1er décembre !", HOUR))
    shop.by_hand("page", "Nouvel entrepôt à Rennes, ouverture le 1er décembre")
    daemon()
    (number,) = until_held(shop)
    events = sqlite3.connect(shop.root / ".cmctl/cmctl.db").execute(
        "SELECT data FROM events WHERE number = ? AND kind = 'hold'", (number,)
    )
    (kept,) = events
    assert "ouverture le 1er décembre" in json.loads(kept[0])["evidence"]["text"]


def until_held(shop: Shop) -> list[int]:
    query = "SELECT number FROM deliveries WHERE state = 'held'"
    store = sqlite3.connect(shop.root / ".cmctl/cmctl.db")
    until(lambda: store.execute(query).fetchall())
    return [number for (number,) in store.execute(query)]


def test_what_is_paused_is_not_sent_and_goes_out_after_resume(shop: Shop, daemon: Started) -> None:
    daemon()
    shop.cmctl("pause", "atlas/page", "--reason", "grève")
    shop.posts(post("one", "Bonjour"))
    until(lambda: shop.standing("news"))
    assert shop.standing("page") == []
    shop.cmctl("resume", "atlas/page", "--missed", "replan")
    until(lambda: shop.standing("page"))


def test_a_file_with_an_error_is_logged_once_in_its_place(shop: Shop, daemon: Started) -> None:
    daemon()
    shop.posts(post("one", "Bonjour"), post("bad", "x" * 501))
    until(lambda: shop.standing("page"))
    until(lambda: "posts/atlas/posts.yaml:4:3: error: " in daemon.said())


def test_a_locked_store_is_waited_for(shop: Shop, daemon: Started) -> None:
    program = daemon()
    other = sqlite3.connect(shop.root / ".cmctl/cmctl.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    until(lambda: "another program holds its lock" in daemon.said())
    other.execute("ROLLBACK")
    other.close()
    until(lambda: shop.standing("page"))
    until(lambda: "works again" in daemon.said())
    assert ended(program) == 0


def test_a_network_that_is_away_is_logged_once_and_again_when_it_is_back(
    shop: Shop, daemon: Started
) -> None:
    shop.fault("error", account="page", on="read", count=1)
    daemon()
    until(lambda: "atlas/page: the timeline cannot be read: " in daemon.said())


# --- beside systemd ------------------------------------------------------------------------------


def test_systemd_hears_how_it_is(shop: Shop, daemon: Started, tmp_path: Path) -> None:
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(60)

        def hear(line: str) -> None:
            while not any(line in one for one in heard):
                heard.append(ear.recv(4096).decode())

        program = daemon(NOTIFY_SOCKET=str(tmp_path / "notify"))
        hear("READY=1")
        hear("WATCHDOG=1")
        program.send_signal(signal.SIGHUP)
        hear("RELOADING=1")
        hear("READY=1\nSTATUS=publishing")
        program.send_signal(signal.SIGTERM)
        hear("STOPPING=1")
        assert program.wait(60) == 0


def test_the_journal_gets_levels_and_no_time(shop: Shop, daemon: Started) -> None:
    daemon(JOURNAL_STREAM="8:1")
    until(daemon.said)
    assert daemon.said().startswith("<6>publishing\n")


def test_no_room_for_a_receipt_refuses_to_start(shop: Shop, daemon: Started) -> None:
    shop.write(".cmctl/journal", "in the way")
    assert daemon().wait(60) == 1
    assert "no room for a receipt" in daemon.said()


# --- notices -------------------------------------------------------------------------------------


class Hook(BaseHTTPRequestHandler):
    got: list[tuple[str, dict[str, object]]]
    answer = 204

    def do_GET(self) -> None:
        self.got.append((self.path, {}))
        self.send_response(self.answer)
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, json.loads(body)))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[tuple[str, type[Hook]]]:
    handler = type("OneHook", (Hook,), {"got": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/canary-path?token=canary-7f3a", handler
        server.shutdown()


def with_hook(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text("notify: [{webhook: env:HOOK}]\n" + config.read_text())


def test_a_webhook_hears_what_was_published(
    shop: Shop, daemon: Started, hook: tuple[str, type[Hook]]
) -> None:
    url, handler = hook
    with_hook(shop)
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    daemon(HOOK=url)
    until(lambda: handler.got)
    path, notice = handler.got[0]
    assert path == "/canary-path?token=canary-7f3a"
    assert (notice["kind"], notice["channel"]) == ("published", "atlas/page")


def test_a_webhook_that_fails_is_tried_again_and_its_address_is_not_logged(
    shop: Shop, daemon: Started, hook: tuple[str, type[Hook]]
) -> None:
    url, handler = hook
    handler.answer = 500
    with_hook(shop)
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    program = daemon(HOOK=url)
    until(lambda: "a notice could not be delivered" in daemon.said())
    assert ended(program) == 0
    assert "canary" not in daemon.said()
    assert shop.standing("page") == ["Bonjour"]
    store = b"".join(path.read_bytes() for path in (shop.root / ".cmctl").glob("cmctl.db*"))
    assert b"canary" not in store


# --- watched from outside ------------------------------------------------------------------------


def test_who_watches_it_sees_metrics_health_and_one_id_through_the_log(
    shop: Shop, daemon: Started, hook: tuple[str, type[Hook]]
) -> None:
    url, handler = hook
    config = shop.root / "config.yaml"
    config.write_text("daemon: {ping: env:PING}\n" + config.read_text())
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    daemon("--metrics", "127.0.0.1:0", "--log-format", "json", PING=url)

    def lines() -> list[dict[str, object]]:
        return [json.loads(line) for line in daemon.said().splitlines()]

    until(lambda: [line for line in lines() if line.get("state") == "published"])
    (told,) = [line for line in lines() if line.get("state") == "published"]
    assert (told["delivery"], told["post"], told["channel"]) == (1, "one", "atlas/page")
    assert told["level"] == "info"
    oracle = [json.loads(raw) for raw in shop.sandbox.oracle.read_bytes().splitlines() if raw]
    assert told["key"] in {str(line.get("key", "")).partition("/")[0][:32] for line in oracle}
    (where,) = [str(line["message"]) for line in lines() if "metrics" in str(line["message"])]
    address = where.rpartition(" ")[2]
    assert httpx.get(f"{address}/healthz").text == "ok\n"
    metrics = httpx.get(f"{address}/metrics").text
    assert 'cmctl_deliveries{state="published"} 1' in metrics
    assert 'cmctl_attempts_total{network="sandbox",outcome="published"} 1' in metrics
    assert "cmctl_lateness_seconds_count 1" in metrics
    assert 'cmctl_watch_lag_seconds{channel="atlas/page"}' in metrics
    assert "Bonjour" not in metrics
    until(lambda: handler.got)
    assert handler.got[0][0] == "/canary-path?token=canary-7f3a"
    assert "canary" not in daemon.said()
