"""What `doctor` says of workers, leases and clocks, made real on a workspace of its own."""

from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.app.accounts import probe_all
from cmctl.app.health import daemons
from cmctl.app.health.clocks import against_servers
from cmctl.app.health.doctor import NO_ROOM, room
from cmctl.app.health.finding import Finding, Health
from cmctl.app.health.lane_health import lane_health
from cmctl.app.health.neighbours import others, remember
from cmctl.app.posts.take_in import take_in
from cmctl.store.base import Claim

from .desk import Desk

MINUTE = timedelta(minutes=1)


def claimed(desk: Desk, lease: timedelta) -> list[Finding]:
    """Return what is found of the lane while this process has a claim of such a lease."""
    desk.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 0})
    with desk.context() as ctx:
        take_in(ctx)
        assert ctx.store.claim(Claim("a/x", ctx.now(), ctx.worker, lease))
        return [one for one in lane_health(ctx) if one.what == "lane a/x"]


def test_a_lane_that_makes_no_progress_is_named_with_its_worker(desk: Desk) -> None:
    (found,) = claimed(desk, -10 * MINUTE)
    assert found.health is Health.FAIL
    assert "delivery 1 is claimed by " in found.detail
    assert "made no progress for 10 minutes" in found.detail


def test_a_lease_that_never_ends_is_named(desk: Desk) -> None:
    (found,) = claimed(desk, timedelta(days=365))
    assert found.health is Health.FAIL
    assert "made under another clock" in found.detail


def test_a_lane_at_work_is_well(desk: Desk) -> None:
    assert claimed(desk, MINUTE) == []


def test_a_clock_that_servers_contradict_is_named(desk: Desk) -> None:
    """The servers are real, and so is their `Date`; the clock is two hours ahead of them."""
    desk.clock.forward(hours=2)
    with desk.context() as ctx:
        probed = probe_all(ctx, ["a/x", "a/y"])
        found = against_servers({p.channel: p.ahead for p in probed if p.ahead}, ctx.now())
    assert found.health is Health.FAIL
    assert "ahead of what 2 servers say" in found.detail
    assert "local time" in found.todo


@pytest.mark.parametrize(
    ("seconds", "health"),
    [
        ([], Health.OK),
        ([1, -2, 3], Health.OK),
        ([0, 0, 7200], Health.OK),  # one server is wrong by itself
        ([45, 50], Health.WARN),
        ([-500, -510], Health.FAIL),
    ],
)
def test_the_middle_of_the_servers_counts(desk: Desk, seconds: list[int], health: Health) -> None:
    ahead = {str(number): timedelta(seconds=one) for number, one in enumerate(seconds)}
    assert against_servers(ahead, desk.clock.now()).health is health


def test_two_workspaces_on_one_store_are_noticed_and_one_that_left_is_not(tmp_path: Path) -> None:
    text = "timezone: UTC\nclients: {a: {name: A, channels: {x: {network: folder, path: out}}}}\n"
    first, second = tmp_path / "config.yaml", tmp_path / "other.yaml"
    store = tmp_path / ".cmctl" / "cmctl.db"
    for config in (first, second):
        config.write_text(text)
        remember(store, config)
        remember(store, config)
    assert others(store, first) == [second]
    second.write_text(f"store: elsewhere.db\n{text}")
    assert others(store, first) == []
    second.unlink()
    assert others(store, first) == []


def test_a_disk_that_is_nearly_full_is_named() -> None:
    store = Path("/srv/cmctl.db")
    assert room(NO_ROOM - 1, store).health is Health.FAIL
    assert room(NO_ROOM, store).health is Health.WARN
    assert room(1 << 40, store).health is Health.OK


def test_a_daemon_that_missed_its_heartbeats_is_named(desk: Desk) -> None:
    with desk.context() as ctx:
        ctx.store.beat("elsewhere/1/1-x", version="1", at=desk.clock.at)
        (found,) = daemons.findings(ctx)
        assert (found.health, found.what) == (Health.OK, "daemon elsewhere/1")
        desk.clock.forward(minutes=1)
        (found,) = daemons.findings(ctx)
        assert found.health is Health.WARN
        assert "not heard of for 1 min" in found.detail
