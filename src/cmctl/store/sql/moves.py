"""The right to send, and every other change of one delivery; each runs inside a commit."""

from collections.abc import Mapping

from cmctl.core.ledger import Change, Notice, Removal, Ruling
from cmctl.core.model import Receipt, State
from cmctl.core.state import Move, after
from cmctl.store.base import Claim
from cmctl.store.errors import ReceiptTakenError
from cmctl.store.sql.instants import maybe_milliseconds, milliseconds, span
from cmctl.store.sql.log import Line, add_event
from cmctl.store.sql.rows import as_json, hold_columns, removal_columns, ruling_columns
from cmctl.store.sql.session import Row, Session

#: Where `{delivery}` has the columns that events need.
_CHANNEL, _FENCE = 3, 14


def claim(db: Session, wish: Claim) -> Row | None:
    """Claim the channel's earliest delivery, if anything can be claimed now."""
    at = milliseconds(wish.now)
    values = {
        "channel": wish.channel,
        "client": wish.channel.partition("/")[0],
        "at": at,
        "only": wish.only,
        "owner": wish.owner,
        "lease": span(wish.lease),
    }
    row = _one(db, "claim", values)
    if row is not None:
        data = {"owner": wish.owner}
        line = Line(at, row[0], Move.CLAIM, State.PLANNED, State.CLAIMED, row[_FENCE], data)
        add_event(db, line)
    return row


def apply(db: Session, change: Change) -> Row | None:
    """Execute a change with its event and its notice; None where it does not hold any more.

    Raises:
        IllegalMoveError: there is no such move.
        ReceiptTakenError: its receipt proves another delivery.
        ValueError: a claim, a hold without its reason, or a publication without its receipt.
    """
    target = after(change.state, change.move)
    row = _one(db, _STATEMENTS.get(change.move, "move"), _values(change, target))
    if row is None:
        return None
    if change.receipt is not None and target is State.PUBLISHED:
        _add_receipt(db, row, change.receipt)
    if change.lane_ready_at is not None:
        lane = {"channel": row[_CHANNEL], "ready_at": milliseconds(change.lane_ready_at)}
        db.run("set_lane", lane)
    _rule(db, change.ruling, change.removal)
    _tell(db, change, target, row[_FENCE])
    if change.move in _WAKING:
        db.run("wake")
    return row


def seen(db: Session, at: int, *, is_set_back: bool) -> None:
    """Remember the time; where the clock was set back, end the waits reckoned from a later one."""
    if is_set_back:
        db.run("set_back_waits", {"at": at})
        db.run("set_back_lanes", {"at": at})
    db.run("set_seen_at", (str(at),))


def pause(db: Session, scope: str, reason: str, at: int) -> None:
    """Stop a scope and say so in the log, where it is of no delivery."""
    db.run("pause", {"scope": scope, "reason": reason, "since": at})
    db.run("let_sends_end")
    add_event(db, Line(at, 0, "pause", "", "", 0, {"scope": scope, "reason": reason}))


def resume(db: Session, scope: str, at: int) -> bool:
    """End a pause and say so in the log; False where there was none."""
    ended = db.rows("resume", (scope,))
    if ended:
        db.run("wake")
        add_event(db, Line(at, 0, "resume", "", "", 0, {"scope": scope}))
    return bool(ended)


def note(db: Session, line: Line, notice: Notice | None) -> None:
    """Write a line that changes no state, and what it tells a person."""
    for state, fence in db.rows("state_of", (line.number,)):
        line = line._replace(before=state, after=state, fence=fence)
    add_event(db, line)
    if notice is not None:
        _add_notice(db, notice, line.at)


def rule(db: Session, line: Line, ruling: Ruling, removal: Removal | None) -> None:
    """Write down a person's word that moves no delivery."""
    _rule(db, ruling, removal)
    note(db, line, None)


def end_removal(db: Session, removal: Removal, line: Line, notice: Notice, *, gone: bool) -> bool:
    """End a removal; False where another process has."""
    key = (removal.channel, removal.remote_id)
    if not db.rows("end_removal", key):
        return False
    if gone:
        db.many("take_down", [{"number": removal.loser, "at": line.at}])
        for part in {removal.remote_id, *removal.parts}:
            values = {"channel": removal.channel, "remote_id": part, "at": line.at}
            db.many("lose_status", [values])
    note(db, line, notice)
    return True


def put_off_removal(
    db: Session, removal: Removal, until: int, line: Line, notice: Notice | None
) -> None:
    """Write down why a removal did not do, and when it is tried again."""
    values = {
        "channel": removal.channel,
        "remote_id": removal.remote_id,
        "problem": removal.problem,
        "until": until,
    }
    if db.rows("put_off_removal", values):
        note(db, line, notice)


def _rule(db: Session, ruling: Ruling | None, removal: Removal | None) -> None:
    if ruling is not None:
        db.many("add_ruling", [ruling_columns(ruling)])
    if removal is not None:
        db.many("add_removal", [removal_columns(removal)])


#: The moves of a person that may make something due at once.
_WAKING = frozenset({Move.RELEASE, Move.RETRY})
#: The moves that need more than the general statement.
_STATEMENTS = {Move.SEND: "send", Move.RESEND: "resend", Move.PUBLISH: "publish"}


def _values(change: Change, target: State) -> dict[str, object]:
    if change.move is Move.CLAIM:
        message = "a claim is had by `claim`, which knows what may be claimed"
        raise ValueError(message)
    if target is State.HELD and change.hold is None:
        message = "a hold needs its reason"
        raise ValueError(message)
    values = {
        "number": change.number,
        "before": change.state,
        "fence": change.fence,
        "after": target,
        "at": milliseconds(change.at),
        "owner": change.owner,
        "lease": None if change.lease is None else span(change.lease),
        "not_before": maybe_milliseconds(change.not_before),
        "override": change.override,
        "due": maybe_milliseconds(change.due),
        **hold_columns(change.hold if target is State.HELD else None),
    }
    return values | _receipt_values(change) if target is State.PUBLISHED else values


def _receipt_values(change: Change) -> dict[str, object]:
    receipt = change.receipt
    if receipt is None:
        message = "a publication needs its receipt"
        raise ValueError(message)
    return {
        "published_at": milliseconds(receipt.at or change.at),
        "remote_id": receipt.remote_id,
        "url": receipt.url,
        "parts": as_json(receipt.parts),
        "altered": receipt.altered,
    }


def _add_receipt(db: Session, row: Row, receipt: Receipt) -> None:
    for remote_id in {receipt.remote_id, *receipt.parts} - {""}:
        key = {"channel": row[_CHANNEL], "remote_id": remote_id, "number": row[0]}
        if not db.run("add_receipt", key):
            _check_receipt(db, key)


def _check_receipt(db: Session, key: Mapping[str, object]) -> None:
    for (number,) in db.rows("receipt_of_another", key):
        what = f"{key['remote_id']} on {key['channel']}"
        message = f"{what} is the proof of delivery {number} already"
        hint = f"look at the account and at cmctl queue show {number}"
        raise ReceiptTakenError(message, hint=hint)


def _tell(db: Session, change: Change, target: State, fence: int) -> None:
    at = milliseconds(change.at)
    line = Line(at, change.number, change.move, change.state, target, fence, change.data)
    add_event(db, line)
    if change.notice is not None:
        _add_notice(db, change.notice, at)


def _add_notice(db: Session, notice: Notice, at: int) -> None:
    values = (notice.kind, notice.channel, notice.number, notice.message, at, at)
    db.later("add_notice", [values])


def _one(db: Session, name: str, values: Mapping[str, object]) -> Row | None:
    rows = db.rows(name, values)
    return rows[0] if rows else None
