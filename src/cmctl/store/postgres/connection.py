"""The one connection that commits to PostgreSQL, made again whenever it is lost."""

from collections.abc import Callable, Sequence
from time import monotonic, sleep

import psycopg
from psycopg import errors

from cmctl.store.errors import StoreError
from cmctl.store.postgres.connecting import PATIENCE, Raw
from cmctl.store.postgres.errors import translated
from cmctl.store.postgres.sql import queries
from cmctl.store.sql.given import Later, as_rows
from cmctl.store.sql.session import Given, Rows, Values

#: Two processes met; the same transaction, run again, sees what the other one wrote.
_PASSING = (errors.DeadlockDetected, errors.SerializationFailure)
_CLAIMED_BESIDE = "one_in_flight"


class PostgresConnection:
    """Named statements and transactions; see `sql/session.py`."""

    def __init__(self, connect: Callable[[], Raw], label: str) -> None:
        self._connect = connect
        self._label = label
        self._use(connect())
        self._later = Later()

    def rows(self, name: str, values: Values = ()) -> Rows:
        """Run a statement and return all its rows."""
        return self._cursor.execute(queries()[name], values).fetchall()

    def run(self, name: str, values: Values = ()) -> int:
        """Run a statement and return how many rows it wrote."""
        return self._cursor.execute(queries()[name], values).rowcount

    def many(self, name: str, values: Sequence[Values]) -> None:
        """Run a statement once for each of `values`."""
        if values:
            self._cursor.executemany(queries()[name], values)

    def each(self, name: str, given: Sequence[Given]) -> Rows:
        """Run a statement over many rows at once: one way to the server and back for all."""
        if not given:
            return []
        cursor = self._cursor.execute(queries()[name], {"rows": as_rows(given)})
        return cursor.fetchall() if cursor.description else []

    def later(self, name: str, given: Sequence[Given]) -> None:
        """Run a statement over many rows when the transaction ends."""
        self._later.add(name, given)

    def begin(self) -> None:
        """Open a transaction; a connection that was lost meanwhile is made again."""
        self._later.clear()
        if not self.raw.closed:
            try:
                self.raw.execute("BEGIN")
            except psycopg.OperationalError:
                self.raw.close()  # it was idle: nothing is lost with it
            else:
                return
        self._use(self._connect())
        self.raw.execute("BEGIN")

    def commit(self) -> None:
        """Return when it is on the server's disk, also where its answer got lost on the way."""
        self._later.flush(self.each)
        ((transaction,),) = self.rows("transaction")
        try:
            self.raw.execute("COMMIT")
        except psycopg.OperationalError as problem:
            if transaction is None or not self._is_committed(transaction, problem):
                raise

    def rollback(self) -> None:
        """Undo the whole transaction; the server does so for a connection that is lost."""
        self._later.clear()
        if not self.raw.closed:
            try:
                self.raw.execute("ROLLBACK")
            except psycopg.Error:
                self.raw.close()

    def mark(self) -> None:
        """Begin a part that can be undone alone."""
        self._later.mark()
        self.raw.execute("SAVEPOINT unit")

    def keep(self) -> None:
        """End the part, which stays."""
        self.raw.execute("RELEASE unit")

    def undo(self) -> None:
        """Undo the part, and end it."""
        self._later.undo()
        self.raw.execute("ROLLBACK TO unit")
        self.raw.execute("RELEASE unit")

    def close(self) -> None:
        """Let go of the connection."""
        self.raw.close()

    def is_common(self, problem: Exception) -> bool:
        """Tell whether it is the server or the way to it: other transactions would meet it too."""
        alone = (*_PASSING, errors.LockNotAvailable)
        return isinstance(problem, psycopg.OperationalError) and not isinstance(problem, alone)

    def is_passing(self, problem: Exception) -> bool:
        """Tell whether another process was at the same rows, and has committed by now."""
        if isinstance(problem, errors.UniqueViolation):
            return problem.diag.constraint_name == _CLAIMED_BESIDE
        return isinstance(problem, _PASSING)

    def told(self, problem: Exception) -> Exception:
        """Return the problem in the words of the contract."""
        return translated(problem, self._label) if isinstance(problem, psycopg.Error) else problem

    def _use(self, raw: Raw) -> None:
        self.raw = raw
        # One for all statements: making one costs as much as a small statement does.
        self._cursor = raw.cursor()

    def _is_committed(self, transaction: object, problem: psycopg.Error) -> bool:
        """Ask what became of a transaction whose answer was lost, see `pg_xact_status`.

        Raises:
            StoreError: nobody could be asked in time.
        """
        until = monotonic() + PATIENCE
        while monotonic() < until:
            try:
                self.raw.close()
                self._use(self._connect())
                ((outcome,),) = self.rows("outcome", {"id": transaction})
            except (psycopg.Error, StoreError):
                outcome = None
            if outcome in {"committed", "aborted"}:
                return bool(outcome == "committed")
            sleep(0.1)
        message = f"the store {self._label} was lost in a commit, and nobody knows whether it holds"
        hint = "look at cmctl queue and cmctl history when it is there again"
        raise StoreError(message, hint=hint) from problem
