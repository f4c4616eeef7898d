"""A commit in the making, as the steps see it: statements by name, whatever the engine."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Values = Sequence[object] | Mapping[str, object]
Given = Mapping[str, str | int | None]
Row = tuple[Any, ...]
Rows = list[Row]


class Session(Protocol):
    """Named statements inside one transaction that is open."""

    def rows(self, name: str, values: Values = ()) -> Rows:
        """Run a statement and return all its rows."""
        ...

    def run(self, name: str, values: Values = ()) -> int:
        """Run a statement and return how many rows it wrote."""
        ...

    def many(self, name: str, values: Sequence[Values]) -> None:
        """Run a statement once for each of `values`, in this order."""
        ...

    def each(self, name: str, given: Sequence[Given]) -> Rows:
        """Run a statement of `{given: ...}` over many rows at once; return all that it returns.

        Text in them has no NUL afterwards.
        """
        ...

    def later(self, name: str, given: Sequence[Given]) -> None:
        """As `each`, with what else is left for later, when the transaction is committed.

        For what no transaction reads. Each row has its `place` in this order.
        """
        ...


class Connection(Session, Protocol):
    """The one connection of a writer."""

    def begin(self) -> None:
        """Open a transaction."""
        ...

    def commit(self) -> None:
        """Make it durable; returns only when it is."""
        ...

    def rollback(self) -> None:
        """Undo the whole transaction; without one, or without a connection, do nothing."""
        ...

    def mark(self) -> None:
        """Begin a part that can be undone alone."""
        ...

    def keep(self) -> None:
        """End the part, which stays."""
        ...

    def undo(self) -> None:
        """Undo the part, and end it."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...

    def is_common(self, problem: Exception) -> bool:
        """Tell whether every transaction would meet this problem now, not only this part."""
        ...

    def is_passing(self, problem: Exception) -> bool:
        """Tell whether the same part can succeed when it is run again at once."""
        ...

    def told(self, problem: Exception) -> Exception:
        """Return the problem in the words of the contract."""
        ...
