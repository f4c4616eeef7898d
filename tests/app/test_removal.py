"""Ours replaces theirs: at no moment is the news lost, whatever fails in between."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cmctl.app.context import Context
from cmctl.app.guard.removal import take_down
from cmctl.app.guard.resolve import Keep, Outcome, Word, case_of, resolve
from cmctl.app.publishing.decide import cancel
from cmctl.app.publishing.points import Point
from cmctl.core.errors import CmctlError
from cmctl.core.model import HoldReason, State
from cmctl.testing.sandbox import FaultKind

from .desk import Desk
from .test_guarding import HIS, NEWS, morning

RESOLVER = Path(__file__).with_name("resolver.py")


def standing(desk: Desk) -> list[str]:
    with desk.context() as ctx:
        channel = ctx.channels.open("a/x")
        listed = channel.timeline(desk.clock.at.replace(year=2000))  # type: ignore[attr-defined]
        return sorted(status.text for status in listed)


def decide(desk: Desk, word: Word) -> Outcome:
    with desk.context() as ctx:
        return resolve(ctx, case_of(ctx, desk.only()), word)


def told(desk: Desk) -> Sequence[str]:
    with desk.context() as ctx:
        return [one.notice.kind for one in ctx.store.outbox(now=desk.clock.at, limit=20)]


@pytest.fixture
def held(desk: Desk) -> Desk:
    morning(desk)
    desk.turn()
    return desk


@pytest.mark.parametrize(
    "point",
    [
        Point.BEFORE_CLAIM,
        Point.AFTER_INTENT,
        Point.AFTER_ANSWER,
        Point.AFTER_SETTLE,
        Point.BEFORE_REMOVAL,
        Point.AFTER_REMOVAL,
    ],
)
def test_a_kill_between_publishing_ours_and_deleting_theirs_loses_nothing(
    held: Desk, point: Point
) -> None:
    command = [sys.executable, str(RESOLVER), str(held.config), point, held.clock.at.isoformat()]
    assert subprocess.run(command, check=False, timeout=60).returncode == -9
    assert standing(held)  # one of the two, or both
    for _ in range(4):
        held.clock.forward(minutes=2)
        held.turn()
        with held.context() as ctx:
            take_down(ctx)
        assert standing(held)
    assert held.only().state is State.PUBLISHED
    assert standing(held) == [NEWS]
    assert told(held).count("removed") == 1


def test_a_deletion_that_fails_leaves_both_is_told_once_and_tried_again(held: Desk) -> None:
    held.fault(FaultKind.GATEWAY_TIMEOUT, on="delete", count=2)
    outcome = decide(held, Word(Keep.OURS))
    (failed,) = outcome.removed
    assert not failed.gone
    assert "504" in failed.why
    assert standing(held) == sorted([HIS, NEWS])
    for _ in range(5):
        held.clock.forward(minutes=3)
        with held.context() as ctx:
            take_down(ctx)
    assert standing(held) == [NEWS]
    assert [kind for kind in told(held) if "removed" in kind] == ["not-removed", "removed"]


def test_a_deletion_whose_answer_is_lost_is_proved_by_looking(held: Desk) -> None:
    held.fault(FaultKind.DROP, on="delete")
    (lost,) = decide(held, Word(Keep.OURS)).removed
    assert not lost.gone
    held.clock.forward(minutes=2)
    with held.context() as ctx:
        (found,) = take_down(ctx)
        assert found.gone
        assert not ctx.store.removals()


def test_theirs_stays_where_ours_does_not_go_out(held: Desk) -> None:
    held.fault(FaultKind.REFUSED)
    outcome = decide(held, Word(Keep.OURS))
    assert outcome.delivery.state is State.REFUSED
    assert len(outcome.pending) == 1
    assert standing(held) == [HIS]
    with held.context() as ctx:
        cancel(ctx, held.only(), "")
        (given_up,) = take_down(ctx)
        assert (given_up.gone, ctx.store.removals()) == (False, [])
    assert standing(held) == [HIS]
    assert "not-removed" in told(held)


def test_theirs_stays_where_somebody_took_ours_down_meanwhile(held: Desk) -> None:
    held.fault(FaultKind.ERROR, on="delete")
    decide(held, Word(Keep.OURS))
    receipt = held.only().receipt
    assert receipt is not None
    with held.context() as ctx:
        ctx.channels.open("a/x").delete(receipt.remote_id)  # type: ignore[attr-defined]
        held.clock.forward(minutes=2)
        (kept,) = take_down(ctx)
        assert not kept.gone
        assert "does not stand any more" in kept.why
    assert standing(held) == [HIS]


def test_a_text_of_the_queue_makes_way_without_the_network(desk: Desk) -> None:
    desk.write(
        {"id": "first", "text": HIS, "channels": ["x"], "in": 30},
        {"id": "second", "text": NEWS, "channels": ["x"], "in": 60},
    )
    desk.turn()
    with desk.context() as ctx:
        second = ctx.store.delivery(2)
        assert second is not None
        outcome = resolve(ctx, case_of(ctx, second), Word(Keep.OURS))
        assert outcome.delivery.state is State.PLANNED
        assert outcome.delivery.due > desk.clock.at
    assert [one.state for one in desk.deliveries()] == [State.CANCELLED, State.PLANNED]


class _Undeletable:
    """A network that lists and publishes, and cannot delete."""

    def __init__(self, channel: object) -> None:
        for name in ("publish", "timeline", "problems", "close", "capabilities"):
            setattr(self, name, getattr(channel, name))


def test_what_the_network_cannot_delete_is_refused_before_anything_happens(held: Desk) -> None:
    with held.context() as ctx:
        real = ctx.channels

        class Channels:
            open = staticmethod(lambda name: _Undeletable(real.open(name)))
            checker, close = real.checker, real.close

        case = case_of(ctx, held.only())
        without: Context = replace(ctx, channels=Channels())  # type: ignore[arg-type]
        with pytest.raises(CmctlError, match="its network does not allow it"):
            resolve(without, case, Word(Keep.OURS))
        assert ctx.store.rulings() == []
    hold = held.only().hold
    assert hold is not None
    assert hold.reason is HoldReason.DUPLICATE
    assert standing(held) == [HIS]


def test_a_decision_made_after_the_slot_is_not_held_for_being_late(held: Desk) -> None:
    held.clock.forward(hours=9)
    outcome = decide(held, Word(Keep.BOTH, "elle le veut"))
    assert outcome.delivery.waives(HoldReason.MISSED)
    held.turn()
    assert held.only().state is State.PUBLISHED


def test_who_drops_one_of_two_says_that_they_are_the_same_news(held: Desk) -> None:
    decide(held, Word(Keep.THEIRS))
    with held.context() as ctx:
        (word,) = ctx.store.rulings()
        assert (word.keep, word.same, word.source) == ("theirs", True, "timeline")
