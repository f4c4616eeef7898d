"""What a listing reads of a store, cheap to import: no words of the model, no writer."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cmctl.store.listing import AHEAD, ClientRow, Listed, Pause, Query, Raw, Source
from cmctl.store.sqlite.instants import instant, maybe_instant, milliseconds
from cmctl.store.sqlite.reading import Onlooker, Read, Reader, Rows, Values
from cmctl.store.sqlite.sql import queries


def open_listings(path: Path) -> "SqliteListings":
    """Open what listings need of the store at `path`; writes nothing, not even beside the file.

    A missing file reads as an empty store.

    Raises:
        StoreError: by each method: see `open_store`.
    """
    return SqliteListings(path, Onlooker(path))


class SqliteListings:
    """The part of the store that needs neither whole deliveries nor writing."""

    def __init__(self, path: Path, reader: Reader) -> None:
        self._path = path
        self._reader = reader

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._reader.close()

    def sources(self) -> Mapping[str, Source]:
        """Return every file of the last intake by its path relative to the workspace."""
        return {path: Source(*rest) for path, *rest in self._fetch("sources")}

    def taken_at(self) -> datetime | None:
        """Return when the files were last taken in."""
        found = self._fetch("taken_at")
        return maybe_instant(found[0][0]) if found else None

    def clients(self) -> Sequence[ClientRow]:
        """Return the clients of the last intake."""
        return [ClientRow(*row) for row in self._fetch("clients")]

    def listing(self, query: Query) -> Sequence[Listed]:
        """Return light rows, in order of time."""
        text, values = filtered(query)
        return _listed(self._fetch("listing", values, text))

    def raw_listing(self, query: Query, read: Callable[[Iterable[Raw]], Read]) -> Read:
        """Return what `read` makes of the rows of a listing, as they are printed.

        Half of the time would go into decoding and encoding ten thousand texts, and a fifth of it
        into keeping them all at once.
        """
        text, values = filtered(query)
        return self._reader.read(queries()["raw_listing"] + text, values, read)

    def count(self, query: Query) -> int:
        """Return how many `listing` would give without its limit."""
        text, values = where(query)
        found: int = self._fetch("count", values, text)[0][0]
        return found

    def pauses(self) -> Sequence[Pause]:
        """Return the pauses in force."""
        found = self._fetch("pauses")
        return [Pause(scope, reason, instant(since)) for scope, reason, since in found]

    # Care.

    def info(self) -> Mapping[str, str]:
        """Return what `doctor` shows: engine, path, schema version, epoch, size."""
        found = self._fetch("epoch")
        size = self._path.stat().st_size if self._path.exists() else 0
        return {
            "engine": f"SQLite {sqlite3.sqlite_version}",
            "path": str(self._path),
            "version": str(self._reader.fetch("PRAGMA user_version")[0][0]),
            "epoch": found[0][0] if found else "",
            "bytes": str(size),
        }

    def verify(self) -> Sequence[str]:
        """Return what is wrong with the store's integrity, empty where nothing is."""
        wrong = [row[0] for row in self._reader.fetch("PRAGMA integrity_check") if row[0] != "ok"]
        for table, row, parent, _ in self._reader.fetch("PRAGMA foreign_key_check"):
            wrong.append(f"row {row} of {table} has lost its row of {parent}")
        for number, state in self._fetch("disagreements"):
            wrong.append(f"delivery {number} is {state}, its last event says otherwise")
        return wrong

    def _fetch(self, name: str, values: Values = (), more: str = "") -> Rows:
        return self._reader.fetch(queries()[name] + more, values)


#: Word for word the condition of the index `ahead`, so that SQLite knows that it has them all.
_IS_AHEAD = "state IN ('planned', 'held', 'claimed', 'sending', 'uncertain')"


def where(query: Query) -> tuple[str, dict[str, Any]]:
    """Return the conditions of a query, ` WHERE` included, and their values."""
    values: dict[str, Any] = {}
    conditions = []
    for column in ("client", "channel", "post"):
        if wanted := getattr(query, column):
            conditions.append(f"{column} = :{column}")
            values[column] = wanted
    if query.states == AHEAD:
        conditions.append(_IS_AHEAD)
    elif query.states:
        names = {f"state_{i}": state for i, state in enumerate(sorted(query.states))}
        conditions.append(f"state IN ({', '.join(f':{name}' for name in names)})")
        values |= names
    time = _time(query)
    if query.by_publication:
        conditions.append(f"{time} IS NOT NULL")
    for bound, sign in (("since", ">="), ("until", "<=")):
        if (instant := getattr(query, bound)) is not None:
            conditions.append(f"{time} {sign} :{bound}")
            values[bound] = milliseconds(instant)
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), values


def filtered(query: Query) -> tuple[str, dict[str, Any]]:
    """Return conditions, order and limit of a query, and their values."""
    conditions, values = where(query)
    if query.states == AHEAD and not (query.client or query.channel or query.post):
        conditions = f" INDEXED BY ahead{conditions}"
    direction = "DESC" if query.newest_first else "ASC"
    text = f"{conditions} ORDER BY {_time(query)} {direction}, number {direction}"
    if query.limit:
        text += " LIMIT :limit"
        values["limit"] = query.limit
    return text, values


def _listed(found: Iterable[tuple[Any, ...]]) -> list[Listed]:
    make = Listed._make
    return [
        make((*row[:10], row[10] == 1, *row[11:])) for row in found
    ]  # `edited` comes as a number


def _time(query: Query) -> str:
    return "published_at" if query.by_publication else "due"
