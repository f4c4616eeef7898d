"""The windows of faults.md in which a worker can die or an answer be lost: one copy, or held."""

import signal
from zoneinfo import ZoneInfo

import pytest

from cmctl.app.guard.watch import refresh
from cmctl.app.publishing.outgoing import outgoing
from cmctl.app.publishing.points import Point
from cmctl.core.model import HoldReason, State
from cmctl.testing.sandbox import FaultKind

from .desk import Desk, violations

TEXT = "🚚 Notre nouvel entrepôt ouvre à Rennes le 1er décembre !"
KILLED = -signal.SIGKILL


def due_post(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": TEXT, "channels": ["x"], "in": -1})


@pytest.mark.parametrize("point", [Point.BEFORE_INTAKE, Point.AFTER_INTAKE])
def test_w1_a_kill_while_files_are_taken_in_changes_nothing(desk: Desk, point: Point) -> None:
    due_post(desk)
    assert desk.turn_and_die(point) == KILLED
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


@pytest.mark.parametrize("point", [Point.BEFORE_CLAIM, Point.AFTER_CLAIM, Point.BEFORE_INTENT])
def test_w2_a_kill_before_the_intent_sends_nothing_and_loses_nothing(
    desk: Desk, point: Point
) -> None:
    due_post(desk)
    assert desk.turn_and_die(point) == KILLED
    assert not desk.copies()
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def test_w3_a_kill_after_the_intent_is_looked_into_and_sent_with_the_same_key(desk: Desk) -> None:
    due_post(desk)
    assert desk.turn_and_die(Point.AFTER_INTENT) == KILLED
    assert desk.only().state is State.SENDING
    desk.turn()
    assert desk.only().state is State.UNCERTAIN
    desk.settle()
    delivery = desk.only()
    assert delivery.state is State.PUBLISHED
    assert delivery.attempts == 2
    assert desk.copies() == {TEXT: 1}


def test_w3_where_the_network_has_no_memory_for_keys_a_person_decides(desk: Desk) -> None:
    """The key is over, so that sending again could double: the delivery is held, not sent."""
    due_post(desk)
    assert desk.turn_and_die(Point.AFTER_INTENT) == KILLED
    desk.clock.forward(hours=3)
    desk.settle()
    delivery = desk.only()
    assert delivery.state is State.HELD
    assert delivery.hold is not None
    assert delivery.hold.reason is HoldReason.UNCERTAIN
    assert not desk.copies()


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.DROP,
        FaultKind.RESET,
        FaultKind.ERROR_STORED,
        FaultKind.TIMEOUT_STORED,
        FaultKind.HTML,
        FaultKind.CUT,
        FaultKind.NO_ID,
        FaultKind.BOMB,
    ],
)
def test_w4_w5_an_answer_that_is_lost_or_spoilt_ends_in_one_copy(
    desk: Desk, kind: FaultKind
) -> None:
    due_post(desk)
    desk.fault(kind)
    desk.turn()
    assert desk.only().state is State.UNCERTAIN
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


@pytest.mark.parametrize("kind", [FaultKind.ERROR, FaultKind.BAD_GATEWAY])
def test_w5_a_server_error_that_stored_nothing_is_sent_again(desk: Desk, kind: FaultKind) -> None:
    due_post(desk)
    desk.fault(kind)
    desk.turn()
    assert desk.only().state is State.UNCERTAIN
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def test_w5_a_server_that_ignores_keys_still_gets_one_copy(desk: Desk) -> None:
    """Looking comes before repeating, so that a key is never trusted alone."""
    due_post(desk)
    desk.fault(FaultKind.IGNORE_KEYS, count=0)
    desk.fault(FaultKind.DROP)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def test_w5_a_kill_after_the_answer_is_settled_by_evidence(desk: Desk) -> None:
    due_post(desk)
    assert desk.turn_and_die(Point.AFTER_ANSWER) == KILLED
    assert desk.copies() == {TEXT: 1}
    desk.settle()
    delivery = desk.only()
    assert delivery.state is State.PUBLISHED
    assert delivery.receipt is not None
    assert delivery.attempts == 1
    assert desk.copies() == {TEXT: 1}


@pytest.mark.parametrize("point", [Point.AFTER_SETTLE, Point.BEFORE_NOTICE])
def test_w7_a_kill_before_the_notice_neither_loses_it_nor_posts_again(
    desk: Desk, point: Point
) -> None:
    due_post(desk)
    assert desk.turn_and_die(point) == KILLED
    assert desk.only().state is State.PUBLISHED
    with desk.context() as ctx:
        waiting = ctx.store.outbox(now=desk.clock.now(), limit=9)
        assert [posted.notice.kind for posted in waiting] == ["published"]
    desk.settle()
    assert desk.copies() == {TEXT: 1}


def test_w10_an_edit_while_it_is_sent_is_flagged_and_the_snapshot_stands(desk: Desk) -> None:
    due_post(desk)
    assert desk.turn_and_die(Point.AFTER_INTENT) == KILLED
    desk.write({"id": "rennes", "text": "Tout autre chose", "channels": ["x"], "in": -1})
    desk.settle()
    delivery = desk.only()
    assert delivery.state is State.PUBLISHED
    assert delivery.edited
    assert desk.copies() == {TEXT: 1}


def test_w10_a_post_deleted_while_it_is_sent_is_still_settled(desk: Desk) -> None:
    due_post(desk)
    assert desk.turn_and_die(Point.AFTER_ANSWER) == KILLED
    desk.write()
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


@pytest.mark.parametrize("kind", [FaultKind.THROTTLE, FaultKind.REFUSED])
def test_a_repeat_that_is_refused_proves_nothing_about_the_first_request(
    desk: Desk, kind: FaultKind
) -> None:
    due_post(desk)
    assert desk.turn_and_die(Point.AFTER_INTENT) == KILLED
    desk.turn()
    desk.clock.forward(minutes=2)
    desk.fault(kind)
    desk.turn()
    assert desk.only().state is State.UNCERTAIN
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def test_a_receipt_that_is_anothers_is_no_proof(desk: Desk) -> None:
    """Two rightly identical posts: one status cannot prove both of them."""
    desk.write({"id": "one", "text": TEXT, "channels": ["x"], "in": -2})
    desk.turn()
    desk.write({"id": "two", "text": TEXT, "channels": ["x"], "in": -1, "guard": False})
    desk.turn_and_die(Point.AFTER_INTENT)
    desk.clock.forward(hours=2)
    desk.settle()
    states = {one.key.post: one.state for one in desk.deliveries()}
    assert states == {"one": State.PUBLISHED, "two": State.HELD}


def test_what_is_going_out_is_not_taken_for_the_owners_post(desk: Desk) -> None:
    """The timeline read between the network's answer and its commit holds nothing."""
    text = {"text": TEXT, "channels": ["x"], "guard": True}
    desk.write({"id": "news", "every": f"daily {_local(desk)}", **text})
    desk.turn()
    desk.clock.forward(days=1)
    assert desk.turn_and_die(Point.AFTER_ANSWER) == KILLED
    with desk.context() as ctx:
        refresh(ctx, "a/x", newer_than=desk.clock.now())
    assert not [one for one in desk.deliveries() if one.state is State.HELD]


def _local(desk: Desk) -> str:
    return f"{desk.clock.at.astimezone(ZoneInfo('Europe/Paris')):%H:%M}"


def test_the_checker_sees_a_second_copy(desk: Desk) -> None:
    """The negative control: what retries on a timeout must be found out."""
    due_post(desk)
    desk.fault(FaultKind.IGNORE_KEYS, count=0)
    desk.turn()
    assert violations(desk) == []
    with desk.context() as ctx:
        channel = ctx.channels.open("a/x")
        again = desk.only()
        channel.publish(outgoing(ctx, again, desk.clock.now()))
    assert violations(desk) == ["1 is published and stands 2 times"]
