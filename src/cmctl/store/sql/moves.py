"""The right to send, and every other change of one delivery; each runs inside a commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from cmctl.core.ledger import Change, Notice, Removal, Ruling
from cmctl.core.model import State
from cmctl.core.state import Move, after
from cmctl.store.base import Claim
from cmctl.store.errors import ReceiptTakenError
from cmctl.store.sql.instants import maybe_milliseconds, milliseconds, span
from cmctl.store.sql.log import Line, add_event
from cmctl.store.sql.retrieval import lose
from cmctl.store.sql.rows import as_json, hold_columns, removal_columns, ruling_columns
from cmctl.store.sql.session import Given, Row, Session

#: Where `{delivery}` has the columns that events need.
_CHANNEL, _FENCE = 3, 14


@dataclass(frozen=True, slots=True)
class Step:
    """A change, a claim after it, or both; done with those of other callers where it can be."""

    change: Change | None = None
    wish: Claim | None = None

    def __call__(self, db: Session) -> tuple[Row | None, Row | None]:
        """Do it alone; see `together`."""
        (done,) = together(db, [self])
        return done

    def about(self) -> set[int | str]:
        """Return what no other step of the same statement may be about."""
        found: set[int | str] = set()
        if self.change is not None:
            found.add(self.change.number)
        if self.wish is not None:
            found.add(self.wish.channel)
        return found


def together(db: Session, steps: Sequence[Step]) -> list[tuple[Row | None, Row | None]]:
    """Do steps that are about different things: all changes, then all claims.

    Returns of each the row after its change and the row that it claimed; None where the change does
    not hold any more, and where nothing can be claimed.

    Raises:
        IllegalMoveError: there is no such move.
        ReceiptTakenError: a receipt proves another delivery.
        ValueError: a claim, a hold without its reason, or a publication without its receipt.
    """
    changed = _apply(db, [step.change for step in steps if step.change is not None])
    claimed = _claim(db, [step.wish for step in steps if step.wish is not None])
    return [
        (
            None if step.change is None else changed.get(step.change.number),
            None if step.wish is None else claimed.get(step.wish.channel),
        )
        for step in steps
    ]


def _claim(db: Session, wishes: Sequence[Claim]) -> Mapping[str, Row]:
    """Claim the earliest delivery of each channel that can be claimed now."""
    given: list[Given] = [
        {
            "channel": wish.channel,
            "client": wish.channel.partition("/")[0],
            "at": milliseconds(wish.now),
            "one": wish.only,
            "owner": wish.owner,
            "lease": span(wish.lease),
        }
        for wish in wishes
    ]
    found = {row[_CHANNEL]: row for row in db.each("claim", given)}
    for wish in wishes:
        if row := found.get(wish.channel):
            at, data = milliseconds(wish.now), {"owner": wish.owner}
            line = Line(at, row[0], Move.CLAIM, State.PLANNED, State.CLAIMED, row[_FENCE], data)
            add_event(db, line)
    return found


def _apply(db: Session, changes: Sequence[Change]) -> Mapping[int, Row]:
    """Execute changes with their events and notices; return the rows of those that held."""
    found: dict[int, Row] = {}
    for name, of_kind in groupby(sorted(changes, key=_statement), key=_statement):
        given = [_given(change, after(change.state, change.move)) for change in of_kind]
        found |= {row[0]: row for row in db.each(name, given)}
    done = [(change, found[change.number]) for change in changes if change.number in found]
    _add_receipts(db, done)
    _set_lanes(db, done)
    for change, row in done:
        _rule(db, change.ruling, change.removal)
        _tell(db, change, after(change.state, change.move), row[_FENCE])
    if any(change.move in _WAKING for change, _ in done):
        db.run("wake")
    return found


def _set_lanes(db: Session, done: Iterable[tuple[Change, Row]]) -> None:
    ready: dict[str, int] = {}
    for change, row in done:
        if change.lane_ready_at is not None:
            at = milliseconds(change.lane_ready_at)
            ready[row[_CHANNEL]] = max(at, ready.get(row[_CHANNEL], at))
    db.each("set_lane", [{"channel": name, "ready_at": at} for name, at in ready.items()])


def seen(db: Session, at: int, *, is_set_back: bool) -> None:
    """Remember the time; where the clock was set back, end the waits reckoned from a later one.

    A wait that is longer than any can be ends in any case.
    """
    db.run("end_far_waits", {"at": at})
    db.run("end_far_lanes", {"at": at})
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


def tell_once(db: Session, what: str, line: Line, notice: Notice) -> bool:
    """Tell a person of something, once for ever; False where that was done."""
    if not db.run("tell_once", {"what": what, "at": line.at}):
        return False
    note(db, line, notice)
    return True


def lease(db: Session, wish: Mapping[str, object]) -> str:
    """Take a right, where it can be had; return who has it."""
    db.run("lease", wish)
    return str(db.rows("leased", wish)[0][0])


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
        parts = sorted({removal.remote_id, *removal.parts})
        lose(db, removal.channel, parts, line.at)
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
_STATEMENTS = {
    Move.KEEP: "keep",
    Move.SEND: "send",
    Move.RESEND: "resend",
    Move.PUBLISH: "publish",
}


def _statement(change: Change) -> str:
    return _STATEMENTS.get(change.move, "move")


def _given(change: Change, target: State) -> Given:
    """Return what the statement of a change is given."""
    if change.move is Move.CLAIM:
        message = "a claim is had by `claim`, which knows what may be claimed"
        raise ValueError(message)
    if target is State.HELD and change.hold is None:
        message = "a hold needs its reason"
        raise ValueError(message)
    given: Given = {"number": change.number, "before": change.state, "fence": change.fence}
    if target is State.PUBLISHED:
        return {**given, **_of_publication(change)}
    if target in {State.CLAIMED, State.SENDING}:
        lease = None if change.lease is None else span(change.lease)
        return {**given, "at": milliseconds(change.at), "owner": change.owner, "lease": lease}
    return {
        **given,
        "after": target,
        "not_before": maybe_milliseconds(change.not_before),
        "override": change.override,
        "due": maybe_milliseconds(change.due),
        **hold_columns(change.hold if target is State.HELD else None),
    }


def _of_publication(change: Change) -> Given:
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


def _add_receipts(db: Session, done: Iterable[tuple[Change, Row]]) -> None:
    given: list[Given] = [
        {"channel": row[_CHANNEL], "remote_id": remote_id, "number": row[0]}
        for change, row in done
        if change.receipt is not None and change.move is Move.PUBLISH
        for remote_id in {change.receipt.remote_id, *change.receipt.parts} - {""}
    ]
    added = set(db.each("add_receipt", given))
    for key in given:
        if tuple(key.values()) not in added:
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
    db.later("add_notice", [{**notice._asdict(), "at": at}])
