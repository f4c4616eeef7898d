"""Write down what a reading of a timeline told; runs inside one commit."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cmctl.core.ledger import Notice
from cmctl.core.model import Status
from cmctl.store.base import Collision, Observed, Reading
from cmctl.store.errors import ReadingLostError
from cmctl.store.sqlite import moves, rows
from cmctl.store.sqlite.instants import milliseconds
from cmctl.store.sqlite.log import Line
from cmctl.store.sqlite.rows import as_json
from cmctl.store.sqlite.sql import queries


class Read(NamedTuple):
    """A reading: complete from `since` on, as it was when it began, `at`."""

    channel: str
    #: By remote id.
    statuses: Mapping[str, Status]
    since: int
    at: int
    #: As far back as anybody wants to know.
    whole: bool
    #: Who must have the right to read; empty: anybody.
    reader: str


def begin(db: sqlite3.Connection, wish: Mapping[str, object]) -> Reading:
    """Take the right to read, where it can be had; return who has it."""
    db.execute(queries()["begin_reading"], wish)
    return _reading(db, str(wish["channel"]))


def observe(db: sqlite3.Connection, read: Read) -> Observed:
    """Write down a reading.

    Raises:
        ReadingLostError: its reader has not the right any more.
    """
    if read.reader and _reading(db, read.channel).reader != read.reader:
        message = f"another reader has the timeline of {read.channel} by now"
        raise ReadingLostError(message)
    new, changed = [], []
    for remote_id, status in read.statuses.items():
        if db.execute(queries()["is_own"], (read.channel, remote_id)).fetchone()[0]:
            continue
        before = _standing(db, read.channel, remote_id)
        if before is None:
            new.append(status)  # one that was gone and stands again is news again
        elif before.text != status.text:
            changed.append(status)
        values = {"channel": read.channel, **rows.status_columns(status)}
        db.execute(queries()["keep_status"], values)
    gone = _lose(db, read)
    _mark(db, read)
    return Observed(new=new, changed=changed, gone=gone)


def collide(db: sqlite3.Connection, found: Collision, text: str, notice: Notice) -> bool:
    """Write down a collision, told once; False where it is known."""
    at = milliseconds(found.at)
    key = {"number": found.number, "remote_id": found.remote_id}
    what = {"text": text, "evidence": as_json(dict(found.evidence))}
    if not db.execute(queries()["collide"], key | what | {"at": at}).rowcount:
        db.execute(queries()["collide_again"], key | what)
        return False
    data = {"evidence": dict(found.evidence)}
    moves.note(db, Line(at, found.number, "collision", "", "", 0, data), notice)
    return True


def _reading(db: sqlite3.Connection, channel: str) -> Reading:
    row = db.execute(queries()["reading"], (channel,)).fetchone()
    return rows.reading(row) if row else Reading()


def _mark(db: sqlite3.Connection, read: Read) -> None:
    values = {"channel": read.channel, "at": read.at, "since": read.since, "reader": read.reader}
    db.execute(queries()["timeline_read"], values)
    if read.whole:
        db.execute(queries()["timeline_read_whole"], values)
    db.execute(queries()["end_reading"], values)


def _standing(db: sqlite3.Connection, channel: str, remote_id: str) -> Status | None:
    row = db.execute(queries()["known_status"], (channel, remote_id)).fetchone()
    return rows.status(row[:-1]) if row and row[-1] else None


def _lose(db: sqlite3.Connection, read: Read) -> Sequence[Status]:
    window = {"channel": read.channel, "since": read.since}
    standing = map(rows.status, db.execute(queries()["statuses"], window).fetchall())
    gone = [status for status in standing if status.remote_id not in read.statuses]
    values = [{"channel": read.channel, "remote_id": s.remote_id, "at": read.at} for s in gone]
    db.executemany(queries()["lose_status"], values)
    return gone
