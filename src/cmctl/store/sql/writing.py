"""Group commit: what many threads write at once costs one flush of the disk."""

from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, TypeVar

from cmctl.store.errors import StoreError
from cmctl.store.sql.moves import Step, together
from cmctl.store.sql.session import Connection, Session

T = TypeVar("T")
Work = Callable[[Session], T]

#: So many units in one commit at most, to bound how long the first one waits.
_BATCH = 512
#: So often a unit is run that meets what another process does at the same moment.
_TRIES = 5
#: Who was just answered comes back in a moment: a wait of this part of the last commit, in seconds
#: at most, has the next commit serve them too.
_GATHERING, _LONGEST = 0.1, 0.005


class _Unit:
    """What one caller wants written, and how it went once `done` is released."""

    __slots__ = ("done", "problem", "result", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.result: Any = None
        self.problem: Exception | None = None
        self.done = Lock()
        self.done.acquire()


class Writer:
    """The one thread that commits.

    Each unit is written whole or not at all: one that fails is rolled back alone, and a commit that
    fails fails them all. A caller gets its answer only when the commit is on the disk.
    """

    def __init__(self, connection: Connection, path: str) -> None:
        self._connection = connection
        self._path = path
        self._queue: SimpleQueue[_Unit | None] = SimpleQueue()
        self._gate = Lock()
        self._closed = False
        self._thread = Thread(target=self._run, name="cmctl-store", daemon=True)
        self._thread.start()

    def write(self, work: Work[T]) -> T:
        """Run `work` on the connection, committed when this returns.

        Raises:
            StoreError: it is not written, and neither is anything else of this unit.
        """
        unit = _Unit(work)
        with self._gate:
            if self._closed:
                message = f"the store {self._path} is closed"
                raise StoreError(message)
            self._queue.put(unit)
        unit.done.acquire()
        if unit.problem is not None:
            raise unit.problem
        result: T = unit.result
        return result

    def close(self) -> None:
        """Commit what waits and end; safe to call twice."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_, pause = True, 0.0
        while open_:
            units = [self._queue.get()]
            if pause:
                sleep(pause)
            while len(units) < _BATCH:
                try:
                    units.append(self._queue.get_nowait())
                except Empty:
                    break
            open_ = None not in units
            began = monotonic()
            self._commit([unit for unit in units if unit is not None])
            # Who writes alone waits for nobody.
            took = monotonic() - began if len(units) > 1 else 0.0
            pause = min(took * _GATHERING, _LONGEST)
        self._connection.close()

    def _commit(self, units: Sequence[_Unit]) -> None:
        try:
            if units and not self._together(units):
                self._apart(units)
        except Exception as problem:  # noqa: BLE001 - every caller must get its answer
            self._connection.rollback()
            for unit in units:
                unit.problem = self._connection.told(problem)
        for unit in units:
            unit.done.release()

    def _together(self, units: Sequence[_Unit]) -> bool:
        """Commit all units; False where one of them fails and nothing is written yet."""
        self._connection.begin()
        for run in _runs(units):
            try:
                self._run_all(run)
            except Exception as problem:
                if self._connection.is_common(problem):
                    raise
                self._connection.rollback()
                return False  # told to its caller by the second pass
        self._connection.commit()
        return True

    def _run_all(self, units: Sequence[_Unit]) -> None:
        """Run one unit, or several that are steps about different things."""
        steps = [unit.work for unit in units if isinstance(unit.work, Step)]
        results = together(self._connection, steps) or [units[0].work(self._connection)]
        for unit, result in zip(units, results, strict=True):
            unit.result = result

    def _apart(self, units: Sequence[_Unit]) -> None:
        """Commit all units but those that fail; a savepoint each would slow down every commit."""
        self._connection.begin()
        for unit in units:
            self._attempt(unit, _TRIES)
        self._connection.commit()

    def _attempt(self, unit: _Unit, tries: int) -> None:
        self._connection.mark()
        try:
            unit.result = unit.work(self._connection)
            self._connection.keep()
        except Exception as problem:
            if self._connection.is_common(problem):
                raise
            self._connection.undo()
            if tries > 1 and self._connection.is_passing(problem):
                self._attempt(unit, tries - 1)
            else:
                unit.problem = self._connection.told(problem)


def _runs(units: Sequence[_Unit]) -> Iterator[Sequence[_Unit]]:
    """Cut units into those that can be run together: steps, no two about the same thing."""
    run: list[_Unit] = []
    about: set[int | str] = set()
    for unit in units:
        own = unit.work.about() if isinstance(unit.work, Step) else None
        if run and (own is None or about & own):
            yield run
            run, about = [], set()
        if own is None:
            yield [unit]
        else:
            run.append(unit)
            about |= own
    if run:
        yield run
