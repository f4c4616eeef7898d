"""Take in what one reading of a client's files changes; runs inside one commit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cmctl.core.ledger import Add, Alter, Change, Drop, Intake, MarkEdited, Operation
from cmctl.core.model import State
from cmctl.store.base import ClientRow, Source
from cmctl.store.sql import rows
from cmctl.store.sql.instants import milliseconds
from cmctl.store.sql.log import Line, add_event
from cmctl.store.sql.moves import apply
from cmctl.store.sql.session import Session


def take_in(db: Session, intake: Intake) -> None:
    """Execute every operation; one that has been overtaken is left out."""
    at = milliseconds(intake.at)
    for operation in intake.operations:
        _execute(db, operation, at)
    added = (item.planned for item in intake.operations if isinstance(item, Add))
    lanes = {planned.key.channel for planned in added}
    db.later("add_lane", [(lane,) for lane in lanes])


def set_sources(
    db: Session,
    sources: Mapping[str, Source],
    clients: Sequence[ClientRow],
    at: datetime,
) -> None:
    """Replace the files and clients known."""
    db.run("set_taken_at", (milliseconds(at),))
    db.run("clear_sources")
    db.later("add_source", [(path, *source) for path, source in sources.items()])
    db.run("clear_clients")
    db.later("add_client", [(i, *row) for i, row in enumerate(clients)])


def _execute(db: Session, operation: Operation, at: int) -> None:
    match operation:
        case Add():
            _add(db, operation, at)
        case Alter():
            _alter(db, operation, at)
        case Drop():
            _drop(db, operation.number, at)
        case MarkEdited():
            _mark(db, operation, at)
        case Change():
            apply(db, operation)


def _add(db: Session, add: Add, at: int) -> None:
    planned = add.planned
    state = State.HELD if planned.hold else State.PLANNED
    values = {
        **planned.key._asdict(),
        "state": state,
        **rows.hold_columns(planned.hold),
        **rows.planned_columns(planned, add.digest),
    }
    for (number,) in db.rows("add_delivery", values):
        data = {"due": planned.due.isoformat(), "digest": add.digest}
        add_event(db, Line(at, number, "add", "", state, 0, data))


def _alter(db: Session, alter: Alter, at: int) -> None:
    planned = alter.planned
    values = {"number": alter.number, **rows.planned_columns(planned, alter.digest)}
    data = {"due": planned.due.isoformat(), "digest": alter.digest}
    for state, fence in db.rows("alter_delivery", values):
        add_event(db, Line(at, alter.number, "alter", state, state, fence, data))


def _drop(db: Session, number: int, at: int) -> None:
    for (fence,) in db.rows("drop_planned", (number,)):
        add_event(db, Line(at, number, "drop", State.PLANNED, "", fence, {}))
    for (fence,) in db.rows("cancel_held", (number,)):
        add_event(db, Line(at, number, "drop", State.HELD, State.CANCELLED, fence, {}))


def _mark(db: Session, mark: MarkEdited, at: int) -> None:
    values = {"number": mark.number, "edited": int(mark.edited)}
    for state, fence in db.rows("mark_edited", values):
        add_event(db, Line(at, mark.number, "edited", state, state, fence, {"edited": mark.edited}))
