"""One wrong byte in the write-ahead log: SQLite drops what follows; cmctl notices, and holds."""

import signal
from pathlib import Path

import pytest

from cmctl.app.publishing import restored
from cmctl.app.publishing.points import Point
from cmctl.app.run import turn
from cmctl.core.model import HoldReason, State
from cmctl.testing.sandbox import FaultKind

from .desk import Desk, violations

TEXT = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre !"
#: Of the log and of each of its frames, as SQLite's file format has them.
HEAD, FRAME = 32, 24 + 4096


def write_ahead_log(desk: Desk) -> Path:
    return desk.config.parent / ".cmctl" / "cmctl.db-wal"


def spoil(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x40
    path.write_bytes(data)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("point", [Point.AFTER_ANSWER, Point.AFTER_SETTLE])
def test_a_wrong_byte_in_the_write_ahead_log_never_makes_a_second_copy(
    desk: Desk, point: Point, share: float
) -> None:
    """Neither keys nor the guard help here: what is lost must be noticed."""
    desk.fault(FaultKind.IGNORE_KEYS, count=0)
    post = {"id": "rennes", "text": TEXT, "channels": ["x"], "in": -1, "guard": False}
    desk.write(post)
    assert desk.turn_and_die(point) == -signal.SIGKILL
    log = write_ahead_log(desk)
    frames = (log.stat().st_size - HEAD) // FRAME
    spoil(log, HEAD + int(frames * share) * FRAME + 100)
    for _ in range(12):
        with desk.context() as ctx:
            turn(ctx, lambda *_: None)
        desk.clock.forward(minutes=2)
    assert violations(desk) == []
    delivery = desk.only()
    held = delivery.hold is not None and delivery.hold.reason is HoldReason.UNCERTAIN
    assert delivery.state is State.PUBLISHED or held
    with desk.context() as ctx:
        list(restored.reconcile(ctx))
        turn(ctx, lambda *_: None)
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def test_a_store_that_lost_its_last_commits_says_so(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": TEXT, "channels": ["x"], "in": -1})
    assert desk.turn_and_die(Point.AFTER_ANSWER) == -signal.SIGKILL
    spoil(write_ahead_log(desk), HEAD + 100)
    with desk.context() as ctx:
        turn(ctx, lambda *_: None)
    hold = desk.only().hold
    assert hold is not None
    assert hold.detail.startswith("the store lost what was committed last")
    assert "cmctl store reconcile" in hold.detail
