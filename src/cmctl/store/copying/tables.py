"""The tables of a store: every engine has the same, column by column."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from functools import cache
from typing import NamedTuple, Protocol

Row = tuple[object, ...]


class Table(NamedTuple):
    """One table: what is copied of it, and in which order it is read."""

    name: str
    columns: Sequence[str]
    key: Sequence[str]
    #: The column whose values the engine counts up by itself; empty: there is none.
    counted: str

    @property
    def where(self) -> str:
        """Return the condition for rows that are facts, and not of the place where they stand."""
        return " WHERE key NOT IN ('version', 'place')" if self.name == "meta" else ""

    @property
    def select(self) -> str:
        """Return the statement that reads the rows in the order of the key."""
        columns, key = ", ".join(self.columns), ", ".join(self.key)
        return f"SELECT {columns} FROM {self.name}{self.where} ORDER BY {key}"  # noqa: S608


class Source(Protocol):
    """A store that is read as it was at one instant."""

    label: str

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield all rows of a table in the order of its key."""
        ...


class Target(Source, Protocol):
    """A store in the making; nothing of it is seen before its end."""

    def is_new(self) -> bool:
        """Tell whether no store stands there yet, and this one is being made."""
        ...

    def fill(self, table: Table, rows: Iterable[Row]) -> None:
        """Write the rows of a table."""
        ...

    def keep(self) -> None:
        """Make what was filled the store."""
        ...


class Place(Protocol):
    """Where a store is, or will be."""

    def read(self) -> AbstractContextManager[Source]:
        """Open it to be read as it is now."""
        ...

    def make(self) -> AbstractContextManager[Target]:
        """Open it to be made; without `keep`, nothing is there afterwards."""
        ...


@cache
def tables() -> Sequence[Table]:
    """Return the tables in an order in which every row finds what it refers to."""
    from cmctl.store.sqlite.opening import empty  # noqa: PLC0415 - its schema is the one of all

    with closing(empty()) as model:
        found = model.execute(
            "SELECT name, sql FROM sqlite_schema "
            "WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid"
        ).fetchall()
        info = {name: model.execute(f"PRAGMA table_info({name})").fetchall() for name, _ in found}
        return [_table(name, sql, info[name]) for name, sql in found]


def _table(name: str, sql: str, found: Iterable[Row]) -> Table:
    info = list(found)
    keys = {int(str(row[5])): str(row[1]) for row in info if row[5]}
    key = [keys[place] for place in sorted(keys)]
    return Table(
        name=name,
        columns=[str(row[1]) for row in info],
        key=key,
        counted=key[0] if "AUTOINCREMENT" in sql else "",
    )
