"""Write down what a reading of a timeline told; runs inside one commit."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from cmctl.core.model import Status
from cmctl.store.base import Observed
from cmctl.store.sqlite import rows
from cmctl.store.sqlite.instants import milliseconds
from cmctl.store.sqlite.sql import queries


def observe(
    db: sqlite3.Connection,
    channel: str,
    read: Mapping[str, Status],
    *,
    since: datetime,
    at: datetime,
) -> Observed:
    """Write down a complete reading, by remote id, from `since` on."""
    new, changed = [], []
    for remote_id, status in read.items():
        if db.execute(queries()["is_own"], (channel, remote_id)).fetchone()[0]:
            continue
        before = _standing(db, channel, remote_id)
        if before is None:
            new.append(status)  # one that was gone and stands again is news again
        elif before.text != status.text:
            changed.append(status)
        values = {"channel": channel, **rows.status_columns(status)}
        db.execute(queries()["keep_status"], values)
    gone = _lose(db, channel, read, milliseconds(since), milliseconds(at))
    db.execute(queries()["timeline_read"], {"channel": channel, "at": milliseconds(at)})
    return Observed(new=new, changed=changed, gone=gone)


def _standing(db: sqlite3.Connection, channel: str, remote_id: str) -> Status | None:
    row = db.execute(queries()["known_status"], (channel, remote_id)).fetchone()
    return rows.status(row[:-1]) if row and row[-1] else None


def _lose(
    db: sqlite3.Connection, channel: str, read: Mapping[str, Status], since: int, at: int
) -> Sequence[Status]:
    standing = db.execute(queries()["statuses"], {"channel": channel, "since": since}).fetchall()
    gone = [status for status in map(rows.status, standing) if status.remote_id not in read]
    values = [{"channel": channel, "remote_id": status.remote_id, "at": at} for status in gone]
    db.executemany(queries()["lose_status"], values)
    return gone
