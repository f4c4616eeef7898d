"""Take in what one reading of a client's files changes; runs inside one commit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cmctl.core.ledger import Add, Alter, Change, Drop, Intake, MarkEdited
from cmctl.core.model import State
from cmctl.store.base import ClientRow, Source
from cmctl.store.sql import rows
from cmctl.store.sql.instants import milliseconds
from cmctl.store.sql.log import Line, add_event
from cmctl.store.sql.moves import Step
from cmctl.store.sql.session import Session


def take_in(db: Session, intake: Intake) -> None:
    """Execute every operation; one that has been overtaken is left out."""
    at = milliseconds(intake.at)
    added = [item for item in intake.operations if isinstance(item, Add)]
    for operation in intake.operations:
        if not isinstance(operation, Add):
            _execute(db, operation, at)
    _add(db, added, at)
    lanes = {item.planned.key.channel for item in added}
    db.many("add_lane", [(lane,) for lane in lanes])
    db.run("wake")


def set_sources(
    db: Session,
    sources: Mapping[str, Source],
    clients: Sequence[ClientRow],
    at: datetime,
) -> None:
    """Replace the files and clients known."""
    db.run("set_taken_at", (milliseconds(at),))
    db.run("clear_sources")
    db.many("add_source", [(path, *source) for path, source in sources.items()])
    db.run("clear_clients")
    db.many("add_client", [(i, *row) for i, row in enumerate(clients)])


def _execute(db: Session, operation: Alter | Drop | MarkEdited | Change, at: int) -> None:
    match operation:
        case Alter():
            _alter(db, operation, at)
        case Drop():
            _drop(db, operation.number, at)
        case MarkEdited():
            _mark(db, operation, at)
        case Change():
            Step(operation)(db)


def _add(db: Session, added: Sequence[Add], at: int) -> None:
    """Add what is new: by the ten thousand, where all else comes in ones."""
    db.many("add_delivery", [_new_row(add) for add in added])
    db.many("log_added", [_new_line(add, at) for add in added])


def _new_row(add: Add) -> Mapping[str, object]:
    planned = add.planned
    return {
        **planned.key._asdict(),
        "state": State.HELD if planned.hold else State.PLANNED,
        **rows.hold_columns(planned.hold),
        **rows.planned_columns(planned, add.digest),
    }


def _new_line(add: Add, at: int) -> Mapping[str, object]:
    data = {"due": add.planned.due.isoformat(), "digest": add.digest}
    return {**add.planned.key._asdict(), "at": at, "data": rows.as_json(data)}


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
