"""Many rows for one statement, as JSON; and those that can wait for the commit."""

from collections.abc import Callable, Sequence
from itertools import groupby
from json import JSONEncoder

from cmctl.store.sql.session import Given

_ENCODER = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def as_rows(given: Sequence[Given]) -> str:
    """Return rows as a JSON array of objects, without the one character that no database keeps."""
    text = _ENCODER.encode(given)
    if "\\u0000" not in text:
        return text
    return _ENCODER.encode([{name: _kept(value) for name, value in row.items()} for row in given])


def _kept(value: str | int | None) -> str | int | None:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


class Later:
    """Rows that wait for the commit, so that one statement writes those of many callers."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, Given]] = []
        self._marked = 0

    def add(self, name: str, given: Sequence[Given]) -> None:
        """Leave rows for a statement."""
        self._rows += [(name, row) for row in given]

    def mark(self) -> None:
        """Begin a part that can be forgotten alone."""
        self._marked = len(self._rows)

    def undo(self) -> None:
        """Forget the rows of the part."""
        del self._rows[self._marked :]

    def clear(self) -> None:
        """Forget all rows."""
        self._rows.clear()

    def flush(self, each: Callable[[str, Sequence[Given]], object]) -> None:
        """Give all rows to their statements, each with its place among them."""
        rows, self._rows = self._rows, []
        rows.sort(key=lambda row: row[0])
        for name, found in groupby(rows, key=lambda row: row[0]):
            each(name, [{**row, "place": place} for place, (_, row) in enumerate(found)])
