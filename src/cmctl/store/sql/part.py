"""What every part of the store asks its engine by: named statements, read or committed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cmctl.store.sql.listings import SqlListings
from cmctl.store.sql.session import Values

if TYPE_CHECKING:
    from cmctl.store.sql.writing import T, Work


class SqlPart(SqlListings):
    """Reads as listings do, and writes."""

    def _run(self, name: str, values: Sequence[Values]) -> None:
        """Commit one statement, once for each of `values`."""
        if values:
            self._write(lambda db: db.many(name, values))

    def _write(self, work: "Work[T]") -> "T":
        """Run `work`, committed when this returns."""
        raise NotImplementedError
