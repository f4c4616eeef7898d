"""Write down what a reading of a timeline told; runs inside one commit."""

from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from cmctl.core.ledger import Notice
from cmctl.core.model import Status
from cmctl.store.base import Collision, Observed, Reading
from cmctl.store.errors import ReadingLostError
from cmctl.store.sql import moves, rows
from cmctl.store.sql.instants import milliseconds
from cmctl.store.sql.log import Line
from cmctl.store.sql.retrieval import lose
from cmctl.store.sql.rows import as_json
from cmctl.store.sql.session import Given, Session


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
    #: What it cost in its month (`2026-11`), in millionths of a US dollar.
    charge: int
    month: str


def begin(db: Session, wish: Mapping[str, object]) -> Reading:
    """Take the right to read, where it can be had; return who has it."""
    db.run("begin_reading", wish)
    return _reading(db, str(wish["channel"]))


def observe(db: Session, read: Read) -> Observed:
    """Write down a reading.

    Raises:
        ReadingLostError: its reader has not the right any more.
    """
    if read.reader and _reading(db, read.channel).reader != read.reader:
        message = f"another reader has the timeline of {read.channel} by now"
        raise ReadingLostError(message)
    new, changed, kept = [], [], list[Given]()
    own, standing = _known(db, read)
    for remote_id, status in read.statuses.items():
        if remote_id in own:
            continue
        columns = rows.status_columns(status)
        before = standing.get(remote_id)
        if before is None:
            new.append(status)  # one that was gone and stands again is news again
        elif before["text"] != columns["text"]:
            changed.append(status)
        if before is None or _differs(before, columns):
            kept.append({"channel": read.channel, **columns})
    db.each("keep_status", kept)
    gone = _lose(db, read)
    _mark(db, read)
    return Observed(new=new, changed=changed, gone=gone)


def blind(db: Session, channel: str, problem: str, at: int, notice: Notice | None) -> None:
    """Write down that a timeline could not be read, told where it could be before."""
    known = bool(db.rows("is_blind", (channel,)))
    db.run("timeline_blind", {"channel": channel, "problem": problem, "at": at})
    if notice is not None and not known:
        data = {"channel": channel, "problem": problem}
        moves.note(db, Line(at, 0, "blind", "", "", 0, data), notice)


def collide(db: Session, found: Collision, text: str, notice: Notice) -> bool:
    """Write down a collision, told once; False where it is known."""
    at = milliseconds(found.at)
    key = {"number": found.number, "remote_id": found.remote_id}
    what = {"text": text, "evidence": as_json(dict(found.evidence))}
    if not db.run("collide", key | what | {"at": at}):
        db.run("collide_again", key | what)
        return False
    data = {"evidence": dict(found.evidence)}
    moves.note(db, Line(at, found.number, "collision", "", "", 0, data), notice)
    return True


def _reading(db: Session, channel: str) -> Reading:
    found = db.rows("reading", (channel,))
    return rows.reading(found[0]) if found else Reading()


def _mark(db: Session, read: Read) -> None:
    values = {"channel": read.channel, "at": read.at, "since": read.since, "reader": read.reader}
    db.run("timeline_read", values)
    if read.whole:
        db.run("timeline_read_whole", values)
    if read.charge:
        charged = {"channel": read.channel, "charge": read.charge, "month": read.month}
        db.run("timeline_charged", charged)
    db.run("end_reading", values)


def _differs(before: Given, now: Given) -> bool:
    """Tell whether a status is to be written again; who saw no picture takes none away."""
    return any(before[name] != value for name, value in now.items() if value or name != "pictures")


def _known(db: Session, read: Read) -> tuple[Set[str], Mapping[str, Given]]:
    """Return which of the statuses are our own, and of the others those that stood, as kept."""
    given: list[Given] = [{"channel": read.channel, "remote_id": one} for one in read.statuses]
    found = db.each("known_statuses", given)
    standing = {
        row[0]: rows.status_columns(rows.status(row[3:]))
        for row in found
        if row[2] and row[4] is not None
    }
    return {row[0] for row in found if row[1]}, standing


def _lose(db: Session, read: Read) -> Sequence[Status]:
    window = {"channel": read.channel, "since": read.since}
    standing = map(rows.status, db.rows("statuses", window))
    gone = [status for status in standing if status.remote_id not in read.statuses]
    lose(db, read.channel, [one.remote_id for one in gone], read.at)
    return gone
