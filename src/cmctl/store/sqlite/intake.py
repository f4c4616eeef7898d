"""Take in what one reading of a client's files changes; runs inside one commit."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from cmctl.core.ledger import Add, Alter, Change, Drop, Intake, MarkEdited, Operation
from cmctl.core.model import State
from cmctl.store.base import ClientRow, Source
from cmctl.store.sqlite import rows
from cmctl.store.sqlite.instants import milliseconds
from cmctl.store.sqlite.log import Line, add_event
from cmctl.store.sqlite.moves import apply
from cmctl.store.sqlite.sql import queries


def take_in(db: sqlite3.Connection, intake: Intake) -> None:
    """Execute every operation; one that has been overtaken is left out."""
    at = milliseconds(intake.at)
    for operation in intake.operations:
        _execute(db, operation, at)
    added = (item.planned for item in intake.operations if isinstance(item, Add))
    lanes = {planned.key.channel for planned in added}
    db.executemany(queries()["add_lane"], [(lane,) for lane in lanes])


def set_sources(
    db: sqlite3.Connection,
    sources: Mapping[str, Source],
    clients: Sequence[ClientRow],
    at: datetime,
) -> None:
    """Replace the files and clients known."""
    db.execute(queries()["set_taken_at"], (milliseconds(at),))
    db.execute(queries()["clear_sources"])
    db.executemany(queries()["add_source"], [(path, *source) for path, source in sources.items()])
    db.execute(queries()["clear_clients"])
    db.executemany(queries()["add_client"], [(i, *row) for i, row in enumerate(clients)])


def _execute(db: sqlite3.Connection, operation: Operation, at: int) -> None:
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


def _add(db: sqlite3.Connection, add: Add, at: int) -> None:
    planned = add.planned
    state = State.HELD if planned.hold else State.PLANNED
    values = {
        **planned.key._asdict(),
        "state": state,
        **rows.hold_columns(planned.hold),
        **rows.planned_columns(planned, add.digest),
    }
    cursor = db.execute(queries()["add_delivery"], values)
    if cursor.rowcount:
        data = {"due": planned.due.isoformat(), "digest": add.digest}
        number = int(cursor.lastrowid or 0)
        add_event(db, Line(at, number, "add", "", state, 0, data))


def _alter(db: sqlite3.Connection, alter: Alter, at: int) -> None:
    planned = alter.planned
    values = {"number": alter.number, **rows.planned_columns(planned, alter.digest)}
    data = {"due": planned.due.isoformat(), "digest": alter.digest}
    for state, fence in db.execute(queries()["alter_delivery"], values).fetchall():
        add_event(db, Line(at, alter.number, "alter", state, state, fence, data))


def _drop(db: sqlite3.Connection, number: int, at: int) -> None:
    for (fence,) in db.execute(queries()["drop_planned"], (number,)).fetchall():
        add_event(db, Line(at, number, "drop", State.PLANNED, "", fence, {}))
    for (fence,) in db.execute(queries()["cancel_held"], (number,)).fetchall():
        add_event(db, Line(at, number, "drop", State.HELD, State.CANCELLED, fence, {}))


def _mark(db: sqlite3.Connection, mark: MarkEdited, at: int) -> None:
    values = {"number": mark.number, "edited": int(mark.edited)}
    for state, fence in db.execute(queries()["mark_edited"], values).fetchall():
        add_event(db, Line(at, mark.number, "edited", state, state, fence, {"edited": mark.edited}))
