"""The append-only log: one line for everything that happens."""

from collections.abc import Mapping
from typing import NamedTuple

from cmctl.store.sql.rows import as_json
from cmctl.store.sql.session import Session


class Line(NamedTuple):
    """One line, before the store gives it a number."""

    at: int
    #: The delivery's; 0 for what is of none.
    number: int
    kind: str
    before: str
    after: str
    fence: int
    data: Mapping[str, object]


def add_event(db: Session, line: Line) -> None:
    """Write a line."""
    data = as_json(dict(line.data)) if line.data else "{}"
    db.later("add_event", [{**line._asdict(), "data": data}])
