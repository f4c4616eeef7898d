"""What stands on a timeline changes: deleted, edited, twice, and read by two at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Semaphore
from types import SimpleNamespace
from typing import Any

import pytest

from cmctl.app.context import LEASE, Context
from cmctl.app.guard import reading as rights
from cmctl.app.guard.causes import reconsider_causes
from cmctl.app.guard.collisions import collisions
from cmctl.app.guard.reading import kept, take
from cmctl.app.guard.watch import refresh
from cmctl.app.health.queue_health import queue_health
from cmctl.app.publishing.points import Point
from cmctl.app.run import publish_due
from cmctl.channels.base import Channel
from cmctl.core.model import State
from cmctl.store.base import Observed

from .desk import Desk
from .test_guarding import HIS, NEWS, morning

OTHER = "Fermé demain, on fait l'inventaire. Bonne soirée à tous"


def told(desk: Desk) -> list[str]:
    with desk.context() as ctx:
        return [one.notice.kind for one in ctx.store.outbox(now=desk.clock.at, limit=99)]


def delete(desk: Desk, remote_id: str) -> None:
    """Take a status down, as its owner would."""
    with desk.context() as ctx:
        ctx.channels.open("a/x").delete(remote_id)  # type: ignore[attr-defined]


# What a hold stood for is gone.


def test_a_hold_whose_cause_was_deleted_says_so_and_waits_for_a_person(desk: Desk) -> None:
    his = morning(desk)
    desk.turn()
    delete(desk, his)
    desk.clock.forward(minutes=1)
    desk.turn()
    delivery = desk.only()
    assert delivery.hold is not None
    assert "the other text was deleted" in delivery.hold.detail
    desk.turn()
    assert told(desk) == ["held", "cause-gone"]


def test_a_hold_whose_cause_was_deleted_releases_itself_where_the_policy_says_so(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, extra="guard: {on_gone: release}")
    try:
        his = morning(desk)
        desk.turn()
        delete(desk, his)
        desk.clock.forward(minutes=1)
        desk.turn()
        assert desk.only().state is State.PLANNED
        assert told(desk) == ["held", "released"]
        desk.clock.forward(minutes=90)
        desk.turn()
        assert desk.only().state is State.PUBLISHED
    finally:
        desk.close()


def test_a_deletion_far_back_is_seen_by_the_next_whole_reading(desk: Desk) -> None:
    his = desk.network.post_by_hand("x", HIS)
    desk.clock.forward(days=3)
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 90})
    desk.turn()
    assert desk.only().state is State.HELD
    delete(desk, his)
    desk.clock.forward(minutes=5)
    desk.turn()
    assert "deleted" not in desk.only().hold.detail  # type: ignore[union-attr]
    desk.clock.forward(minutes=15)
    desk.turn()
    assert "deleted" in desk.only().hold.detail  # type: ignore[union-attr]


def test_another_text_with_the_same_news_keeps_the_hold_with_its_own_evidence(
    desk: Desk,
) -> None:
    his = morning(desk)
    desk.turn()
    again = desk.network.post_by_hand("x", HIS)
    delete(desk, his)
    desk.clock.forward(minutes=1)
    desk.turn()
    delivery = desk.only()
    with desk.context() as ctx:
        last = ctx.store.events(delivery.number)[-1].data["evidence"]
    assert last["ref"] == again  # type: ignore[index]


def test_what_is_held_by_hand_is_not_released_by_a_deletion(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 90, "draft": True})
    desk.turn()
    with desk.context() as ctx:
        reconsider_causes(ctx, "a/x", Observed(new=[], changed=[], gone=[]))
    assert desk.only().state is State.HELD


# Both stand.


def both_live(desk: Desk) -> str:
    """Ours went out; a moment later the owner types the same news; return the id of his."""
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.turn()
    his = desk.network.post_by_hand("x", HIS)
    desk.clock.forward(minutes=5)
    desk.turn()
    return his


def test_the_same_news_twice_on_one_account_is_told_once_and_shown(desk: Desk) -> None:
    his = both_live(desk)
    desk.clock.forward(minutes=30)
    desk.turn()
    assert told(desk) == ["published", "collision"]
    with desk.context() as ctx:
        (found,) = collisions(ctx)
        shown = [finding.what for finding in queue_health(ctx)]
    assert (found.delivery.key.post, found.match.seen.ref) == ("rennes", his)
    assert found.match.seen.text == HIS
    assert found.match.reasons
    assert "collisions" in shown


def test_a_collision_ends_with_one_of_the_texts(desk: Desk) -> None:
    his = both_live(desk)
    delete(desk, his)
    desk.clock.forward(minutes=20)
    desk.turn()
    assert desk.read(collisions) == []


def test_a_text_that_was_edited_into_other_news_collides_no_more(desk: Desk) -> None:
    his = both_live(desk)
    desk.network.edit_by_hand("x", his, OTHER)
    desk.clock.forward(minutes=1)
    desk.turn()
    assert desk.read(collisions) == []


def test_other_news_after_ours_is_no_collision(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.turn()
    desk.network.post_by_hand("x", OTHER)
    desk.clock.forward(minutes=5)
    desk.turn()
    assert desk.read(collisions) == []


# One reader at a time.


def test_a_reading_waits_for_another_process_and_takes_what_it_read(desk: Desk) -> None:
    with desk.context() as ctx, desk.context() as other:
        held = other.store.begin_reading(
            "a/x", reader="elsewhere/1/1/1", at=desk.clock.at, lease=LEASE
        )
        assert held.reader == "elsewhere/1/1/1"
        assert take(ctx, "a/x") == ""
        asked_for = desk.clock.at
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                other.store.observe(
                    "a/x", [], since=asked_for, at=asked_for, reader="elsewhere/1/1/1"
                )

        waiting = replace(ctx, wait=wait)
        assert refresh(waiting, "a/x", newer_than=asked_for) is None
        assert len(waits) == 3
        assert ctx.store.reading("a/x").reader == ""


def dead_reader(ctx: Context) -> str:
    """Return the name of a reader on this machine, of a process that has ended."""
    host, _, began = ctx.worker.rsplit("/", 2)
    return f"{host}/1/0-{began.partition('-')[2]}/1"


def test_the_right_of_a_dead_reader_is_taken_at_once(desk: Desk) -> None:
    with desk.context() as ctx:
        ctx.store.begin_reading("a/x", reader=dead_reader(ctx), at=desk.clock.at, lease=LEASE)
        assert take(ctx, "a/x").startswith(ctx.worker)


def test_the_right_of_a_reader_elsewhere_is_taken_once_its_lease_is_over(desk: Desk) -> None:
    """It may be killed, stopped or cut off with its machine: nobody here can see its process."""
    with desk.context() as ctx:
        there = replace(ctx, worker="elsewhere/1/1-x", alive=lambda _: True)
        assert take(there, "a/x")
        desk.clock.forward(seconds=59)
        assert take(ctx, "a/x") == ""
        desk.clock.forward(seconds=1)
        assert take(ctx, "a/x").startswith(ctx.worker)


def test_a_reader_that_works_keeps_its_right_however_long_it_reads(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "RENEWED", timedelta(milliseconds=5))
    asked = Semaphore(0)

    def now() -> datetime:
        asked.release()
        return desk.clock.at

    with desk.context() as ctx, desk.context() as other:
        reader = take(ctx, "a/x")
        there = replace(other, worker="elsewhere/1/1-x", alive=lambda _: True)
        with kept(replace(ctx, now=now), "a/x", reader):
            for _ in range(4):
                desk.clock.forward(seconds=50)
                while asked.acquire(blocking=False):
                    pass
                for _ in range(3):  # whoever asks for the third time has written the second
                    assert asked.acquire(timeout=60)
                assert take(there, "a/x") == ""
        assert take(there, "a/x")


def test_a_reading_that_lost_its_right_is_made_again(desk: Desk) -> None:
    """As after a suspend: another process has taken it meanwhile, and died."""
    his = desk.network.post_by_hand("x", HIS)
    with desk.context() as ctx:
        another = dead_reader(ctx)
        waits: list[float] = []

        def open_late(name: str) -> Channel:
            if not waits:
                has = ctx.store.reading(name).reader
                ctx.store.begin_reading(
                    name, reader=another, at=desk.clock.at, lease=LEASE, instead_of=has
                )
            return ctx.channels.open(name)

        channels: Any = SimpleNamespace(open=open_late, checker=ctx.channels.checker)
        losing = replace(ctx, channels=channels, wait=waits.append)
        assert refresh(losing, "a/x", newer_than=desk.clock.at) is None
        assert len(waits) == 1
        found = ctx.store.statuses("a/x", desk.clock.at - timedelta(days=1))
        assert [status.remote_id for status in found] == [his]


def test_who_comes_second_reads_nothing_and_knows_what_was_read(desk: Desk) -> None:
    """Six readers, as threads of three processes would be; the network is asked once."""
    his = desk.network.post_by_hand("x", HIS)
    desk.turn()
    desk.clock.forward(minutes=5)
    before = desk.network.requests("x")
    now = desk.clock.at
    with ExitStack() as stack:
        made = [stack.enter_context(desk.context()) for _ in range(3)]
        workers = [replace(c, wait=time.sleep, worker=f"host{n}/1/1") for n, c in enumerate(made)]
        with ThreadPoolExecutor(6) as threads:
            looks = [
                threads.submit(refresh, workers[n % 3], "a/x", newer_than=now) for n in range(6)
            ]
            assert [look.result(60) for look in looks] == [None] * 6
        found = workers[0].store.statuses("a/x", now - timedelta(days=1))
        assert [status.remote_id for status in found] == [his]
    after = desk.network.requests("x")
    assert {
        what: n - before.get(what, 0) for what, n in after.items() if n != before.get(what)
    } == {"read": 1}


def test_what_a_reader_that_lost_its_right_saw_is_not_written(desk: Desk) -> None:
    desk.network.post_by_hand("x", HIS)
    with desk.context() as ctx:
        reader = take(ctx, "a/x")
        desk.clock.forward(hours=1)
        assert ctx.store.begin_reading(
            "a/x", reader="elsewhere/1/1/1", at=desk.clock.at, lease=LEASE
        ).reader.startswith("elsewhere")
        with pytest.raises(Exception, match="another reader"):
            ctx.store.observe("a/x", [], since=desk.clock.at, at=desk.clock.at, reader=reader)


# Little is asked where little is new.


def test_between_whole_readings_only_what_is_new_is_asked_for(desk: Desk) -> None:
    for number in range(3):
        desk.network.post_by_hand("x", f"{OTHER} {number}")
    desk.clock.forward(days=1)
    with desk.context() as ctx:
        refresh(ctx, "a/x", newer_than=desk.clock.at)
        first = ctx.store.reading("a/x")
        desk.clock.forward(minutes=5)
        refresh(ctx, "a/x", newer_than=desk.clock.at)
        second = ctx.store.reading("a/x")
        assert second.whole_at == first.whole_at
        assert second.read_at == desk.clock.at
        assert len(ctx.store.statuses("a/x", desk.clock.at - timedelta(days=2))) == 3


def test_a_text_that_arrives_while_ours_goes_out_is_told_apart(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.turn_and_die(Point.AFTER_CLAIM)
    with desk.context() as ctx:
        publish_due(ctx, lambda _: None)
        refresh(ctx, "a/x", newer_than=desk.clock.at)
        assert collisions(ctx) == []
