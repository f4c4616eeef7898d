"""What a listing reads of a store, cheap to import: no words of the model, no writer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cmctl.store.listing import ClientRow, Listed, Pause, Query, Raw, Read, Source
from cmctl.store.sql.filters import filtered, where
from cmctl.store.sql.instants import instant, maybe_instant, milliseconds
from cmctl.store.sql.session import Rows, Values

if TYPE_CHECKING:
    from cmctl.core.money import Month


class SqlListings:
    """The part of the store that needs neither whole deliveries nor writing."""

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
        text, values = self._filtered(query)
        return _listed(self._fetch("listing", values, text))

    def raw_listing(self, query: Query, read: Callable[[Iterable[Raw]], Read]) -> Read:
        """Return what `read` makes of the rows of a listing, as they are printed.

        Half of the time would go into decoding and encoding ten thousand texts, and a fifth of it
        into keeping them all at once.
        """
        text, values = self._filtered(query)
        return self._read("raw_listing", values, text, read)

    def count(self, query: Query) -> int:
        """Return how many `listing` would give without its limit."""
        text, values = where(query)
        found: int = self._fetch("count", values, text)[0][0]
        return found

    def month(self, at: datetime) -> "Month | None":
        """Return what the month of `at` costs; None where nothing ever did."""
        if not self._fetch("is_charged")[0][0]:
            return None
        from cmctl.core.money import Month, month_key, month_of  # noqa: PLC0415 - few are charged

        since, until = map(milliseconds, month_of(at))
        costs = self._fetch("month_cost", {"since": since, "until": until})
        published = sum(cost for is_published, cost in costs if is_published)
        read = sum(charged for (charged,) in self._fetch("month_read", {"month": month_key(at)}))
        return Month(published, sum(cost for _, cost in costs) - published, read)

    def pauses(self) -> Sequence[Pause]:
        """Return the pauses in force."""
        found = self._fetch("pauses")
        return [Pause(scope, reason, instant(since)) for scope, reason, since in found]

    # How.

    def _meta(self, name: str) -> str:
        """Return what stands of the store itself under a name; empty: nothing."""
        found = self._fetch(name)
        return str(found[0][0]) if found else ""

    def _fetch(self, name: str, values: Values = (), more: str = "") -> Rows:
        """Return all rows of a statement that only reads, with `more` at its end."""
        raise NotImplementedError

    def _read(
        self, name: str, values: Values, more: str, read: Callable[[Iterable[Raw]], Read]
    ) -> Read:
        """Return what `read` makes of a statement's rows, one by one."""
        raise NotImplementedError

    def _filtered(self, query: Query) -> tuple[str, dict[str, Any]]:
        """Return conditions, order and limit of a query, and their values."""
        return filtered(query)


def _listed(found: Iterable[tuple[Any, ...]]) -> list[Listed]:
    make = Listed._make
    return [
        make((*row[:10], row[10] == 1, *row[11:])) for row in found
    ]  # `edited` comes as a number
