"""The daemon's loop in this process, on a clock that the tests set."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import pytest
from apscheduler.job import Job

from cmctl.app.context import Context
from cmctl.app.posts.take_in import take_in
from cmctl.core.errors import CmctlError
from cmctl.daemon import loop
from cmctl.daemon.bell import Bell
from cmctl.daemon.current import Current
from cmctl.daemon.loop import Daemon, FromNow
from cmctl.daemon.progress import LANE, TICK, Progress
from cmctl.daemon.ticks import Tick
from cmctl.store.base import Claim, Store, StoreError
from cmctl.testing.sandbox import SandboxClient, SandboxServer
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace

HOUR = timedelta(hours=1)


class Clock:
    """The machine's clock, as far away from the real time as somebody set it."""

    def __init__(self) -> None:
        self.away = timedelta()

    def now(self) -> datetime:
        now = datetime.now(UTC) + self.away
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Office:
    """A workspace on a sandbox with one channel."""

    def __init__(self, folder: Path, server: SandboxServer) -> None:
        self.clock = Clock()
        self.root = folder
        self.network = SandboxClient(server.url)
        (folder / "posts/a").mkdir(parents=True)
        (folder / "config.yaml").write_text(
            "timezone: UTC\npace: 0s\nclients:\n  a:\n    name: A\n    channels:\n"
            f"      x: {{network: sandbox, url: '{server.url}', account: x}}\n"
        )

    def plan(self, ctx: Context, ahead: timedelta) -> datetime:
        """Write a post, take it in, and return when it is due, to the second."""
        due = (self.clock.now() + ahead).replace(microsecond=0)
        post = f"- id: one\n  text: Bonjour\n  at: {due.isoformat()}\n"
        (self.root / "posts/a/posts.yaml").write_text(post)
        take_in(ctx, whole=True)
        return due

    def sent(self) -> int:
        return self.network.requests("x").get("post", 0)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with SandboxServer(tmp_path / "network") as server:
        office = Office(tmp_path / "workspace", server)
        yield office
        office.network.close()


@pytest.fixture
def ctx(office: Office) -> Iterator[Context]:
    with Workspace(Machine(now=office.clock.now), office.root / "config.yaml") as workspace:
        yield workspace.context


def refuse(_: Context) -> Context:
    raise CmctlError("not now")


@contextmanager
def running(daemon: Daemon, *ticks: Tick) -> Iterator[None]:
    thread = threading.Thread(target=daemon.run, args=(ticks,))
    thread.start()
    try:
        yield
    finally:
        daemon.stop()
        thread.join(60)
        assert not thread.is_alive()


def until(true: Callable[[], object], seconds: float = 60) -> float:
    """Wait until something is so; return how long that took."""
    began = monotonic()
    while not true():
        assert monotonic() - began < seconds, "it did not come to pass"
        sleep(0.02)
    return monotonic() - began


def test_after_the_clock_is_set_back_an_hour_the_next_post_is_not_an_hour_late(
    office: Office, ctx: Context
) -> None:
    with running(Daemon(ctx, print, refuse)):
        sleep(0.5)  # it waits for nothing
        office.clock.away -= HOUR
        office.plan(ctx, timedelta(seconds=1))
        until(office.sent)  # a wait on the wall clock would last the hour


def test_after_the_clock_is_set_forward_what_became_due_goes_out_at_once(
    office: Office, ctx: Context
) -> None:
    office.plan(ctx, HOUR)
    with running(Daemon(ctx, print, refuse)):
        sleep(0.5)
        office.clock.away += HOUR
        until(office.sent)


def test_ticks_go_on_after_the_clock_is_set_back(office: Office, ctx: Context) -> None:
    ticked: list[Context] = []
    with running(Daemon(ctx, print, refuse), Tick("files", ticked.append, HOUR)):
        until(lambda: len(ticked) == 1)
        office.clock.away -= 2 * HOUR
        until(lambda: len(ticked) == 2)


def test_a_clock_set_on_by_a_year_makes_one_tick_and_not_millions() -> None:
    tick = FromNow(timedelta(seconds=3))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    job = SimpleNamespace(trigger=tick, next_run_time=now - timedelta(days=366))
    assert len(Job._get_run_times(job, now)) == 1
    assert tick.get_next_fire_time(now, now) == now + timedelta(seconds=3)


def test_a_post_leaves_at_its_time(office: Office, ctx: Context) -> None:
    due = office.plan(ctx, timedelta(seconds=3))
    with running(Daemon(ctx, print, refuse)):
        until(office.sent)
    assert office.clock.now() >= due


def test_a_channel_that_waits_for_a_lane_has_its_turn_after_one_delivery_of_another(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    config, due = office.root / "config.yaml", office.clock.now().replace(microsecond=0)
    other = (
        config.read_text().splitlines()[-1].replace("x:", "y:").replace("account: x", "account: y")
    )
    config.write_text(f"{config.read_text()}{other}\n")
    posts = [("one", "x"), ("two", "x"), ("three", "x"), ("four", "y")]
    (office.root / "posts/a/posts.yaml").write_text(
        "".join(
            f"- {{id: {name}, text: {name}, channels: [{channel}], at: '{due.isoformat()}'}}\n"
            for name, channel in posts
        )
    )
    with Workspace(Machine(now=office.clock.now), config) as workspace:
        take_in(workspace.context, whole=True)
        daemon = Daemon(workspace.context, print, refuse, lanes=1)
        with caplog.at_level(logging.INFO), running(daemon):
            until(lambda: len(published(caplog)) == len(posts))
    assert "a/y" in published(caplog)[:2]


def published(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the channels of what was published, in its order."""
    told = (message.split() for message in list(caplog.messages))
    return [words[4].rstrip(":") for words in told if words[-1] == "published"]


def test_a_lane_that_fails_rests_and_is_said_once(
    office: Office, ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[str] = []

    class Failing:
        """A real store whose claims fail, as on a full disk."""

        def __getattr__(self, name: str) -> object:
            return getattr(ctx.store, name)

        def claim(self, wish: Claim) -> None:
            tries.append(wish.channel)
            raise CmctlError("the disk is full")

    office.plan(ctx, timedelta())
    failing = Context(**{**vars(ctx), "store": Failing()})
    with caplog.at_level(logging.INFO), running(Daemon(failing, print, refuse)):
        until(lambda: "a/x: the disk is full" in caplog.messages)
        sleep(1)
    assert tries == ["a/x"]  # not again and again
    assert caplog.messages.count("a/x: the disk is full") == 1


class Away:
    """A store that does not answer for the first few times that it is asked what is due."""

    def __init__(self, store: Store, daemon: Callable[[], Daemon]) -> None:
        self._store, self._daemon = store, daemon
        self._turns = iter(range(100))
        #: What the daemon said of itself then.
        self.ails: list[Sequence[str]] = []

    def due_channels(self, now: datetime) -> Sequence[str]:
        if next(self._turns) < 2:
            raise StoreError("the store cannot be reached")
        self.ails.append(self._daemon().ails())
        return self._store.due_channels(now)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_store_that_does_not_answer_is_said_once_and_ends_nothing(
    office: Office, ctx: Context, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REST", timedelta(seconds=0.1))
    office.plan(ctx, -timedelta(seconds=5))
    store = Away(ctx.store, lambda: daemon)
    heard: list[str] = []
    daemon = Daemon(replace(ctx, store=store), heard.append, refuse)
    with caplog.at_level(logging.INFO), running(daemon):
        until(office.sent)
        until(lambda: "the store: works again" in caplog.messages)
    assert caplog.messages.count("the store: the store cannot be reached") == 1
    assert store.ails[0] == ["the store does not answer"]
    assert daemon.ails() == []
    assert "WATCHDOG=1" in heard


def test_a_tick_that_fails_is_said_once_and_again_when_it_works(
    ctx: Context, caplog: pytest.LogCaptureFixture
) -> None:
    turns = iter(range(100))

    def work(_: Context) -> None:
        if next(turns) < 3:
            raise CmctlError("no answer")

    tick = Tick("notices", work, timedelta(seconds=0.2))
    with caplog.at_level(logging.INFO), running(Daemon(ctx, print, refuse), tick):
        until(lambda: "notices: works again" in caplog.messages)
    assert caplog.messages.count("notices: no answer") == 1


def test_what_systemd_hears_of_a_reload_that_fails(ctx: Context) -> None:
    heard: list[str] = []
    daemon = Daemon(ctx, heard.append, refuse)
    with running(daemon):
        until(lambda: "READY=1" in heard)
        daemon.reload()
        until(lambda: any("the old one counts" in line for line in heard))
    assert heard[-1].startswith("STOPPING=1")


# --- its parts -----------------------------------------------------------------------------------


def test_an_old_context_ends_only_when_nobody_works_with_it(ctx: Context) -> None:
    class Counting:
        closed = 0

        def close(self) -> None:
            self.closed += 1

    first, second = Counting(), Counting()
    current = Current(Context(**{**vars(ctx), "channels": first}))
    with current.use() as old:
        current.replace(Context(**{**vars(ctx), "channels": second}))
        assert old.channels is first
        assert first.closed == 0
        with current.use() as new:
            assert new.channels is second
    assert first.closed == 1
    current.close()
    assert second.closed == 1


def test_a_bell_rung_before_is_heard_and_many_rings_are_one() -> None:
    bell = Bell()
    for _ in range(100_000):
        bell.ring()
    began = monotonic()
    bell.wait(60)
    assert monotonic() - began < 30
    bell.wait(0.2)
    assert monotonic() - began >= 0.2


# --- the watchdog --------------------------------------------------------------------------------


class Seconds:
    """A monotonic clock that tests set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_lane_that_is_stuck_stops_the_watchdog_and_feeds_it_again(
    office: Office, ctx: Context
) -> None:
    """The watchdog is tied to the work: a loop that only turns does not feed it."""
    told: list[str] = []
    seconds, let_go = Seconds(), threading.Event()
    entered = threading.Event()

    def hang(_point: object) -> None:
        entered.set()
        let_go.wait(60)

    stuck = Context(**{**vars(ctx), "reach": hang})
    office.plan(ctx, timedelta())
    daemon = Daemon(stuck, told.append, refuse, progress=Progress(seconds))
    with running(daemon):
        assert entered.wait(60)
        until(lambda: "WATCHDOG=1" in told)
        assert daemon.ails() == []
        seconds.now = LANE + 1
        until(lambda: "STATUS=no progress: a/x" in told)
        assert daemon.ails() == ["a/x makes no progress"]
        fed = told.count("WATCHDOG=1")
        turns = told.count("STATUS=no progress: a/x")
        until(lambda: told.count("STATUS=no progress: a/x") > turns + 1)
        assert told.count("WATCHDOG=1") == fed
        let_go.set()
        until(lambda: told.count("WATCHDOG=1") > fed)
        until(office.sent)


def test_a_tick_that_is_stuck_stops_the_watchdog_too(office: Office, ctx: Context) -> None:
    told: list[str] = []
    seconds, let_go, entered = Seconds(), threading.Event(), threading.Event()

    def hang(_: Context) -> None:
        entered.set()
        let_go.wait(60)

    with running(
        Daemon(ctx, told.append, refuse, progress=Progress(seconds)), Tick("t", hang, HOUR)
    ):
        assert entered.wait(60)
        seconds.now = TICK + 1
        until(lambda: "STATUS=no progress: t" in told)
        let_go.set()


def test_work_that_takes_many_steps_is_not_stuck() -> None:
    seconds = Seconds()
    progress = Progress(seconds)
    with progress.working("a/x", LANE) as step:
        for _ in range(5):
            seconds.now += LANE
            step()
        assert progress.stuck() == []
        seconds.now += LANE + 1
        assert progress.stuck() == ["a/x"]
    assert progress.stuck() == []
