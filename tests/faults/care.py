"""Kills inside what looks after a store: making, migrating, copying it, and its backup.

    cd tests && python -m faults.care make|migrate|copy|backup FOLDER POSTGRES-ADDRESS

Each is done in a process that kills itself just before it calls SQLite, PostgreSQL or the system:
once at every place of the code that does so; then from outside at random times. After each kill the
source must be as it was, the target whole or not there, and the same done again must end well.
"""

import argparse
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from cmctl.app.health.store_care import back_up
from cmctl.core.model import State
from cmctl.store import opening
from cmctl.store.copying import copy
from cmctl.store.copying.tables import tables
from cmctl.store.errors import StoreError
from cmctl.store.postgres import opening as postgres_opening
from cmctl.store.postgres.connecting import Address
from cmctl.store.sqlite import opening as sqlite_opening
from cmctl.testing.store_contract.base import brought_to
from faults.outside import some_of, watching
from faults.processes import ended_in_time, fork

#: What a later version's first step would be.
STEP = "ALTER TABLE lanes ADD COLUMN colour TEXT;\nALTER TABLE lanes ADD COLUMN shade TEXT;"
#: What is done, and on which engines: from where, to where.
CASES = {
    "make": ("sqlite", "postgres"),
    "migrate": ("sqlite", "postgres"),
    "copy": ("sqlite sqlite", "sqlite postgres", "postgres sqlite"),
    "backup": ("sqlite sqlite", "postgres sqlite"),
}
AT = 1_764_000_000_000
RANDOM_KILLS = 2
#: Events that make the store so large that a kill from outside meets it half done.
LARGE = 8_000
Work = Callable[[], object]
#: What stands somewhere: every row, by table; None: no store.
Facts = dict[str, list[tuple[object, ...]]] | None


def facts(where: str) -> Facts:
    """Return what stands at a path or an address, seen as by any reader."""
    if where.startswith("postgresql"):
        with psycopg.connect(where) as raw:
            if not postgres_opening.version(raw, where):
                return None
    elif not Path(where).exists():
        return None
    with opening.place(where).read() as source:
        return {table.name: list(source.rows(table)) for table in tables()}


@dataclass
class Case:
    """One thing that is done to stores."""

    #: Bring both places to where they were before it.
    prepare: Work
    work: Work
    #: Say what is wrong after a kill, before and after it is done again.
    check: Callable[[], Iterator[str]]


@dataclass
class Bench:
    """A folder and a server on which the cases are played."""

    folder: Path
    address: str
    steps: Path = field(init=False)
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log, self.steps = self.folder / "log", self.folder / "steps"
        self.steps.mkdir()
        (self.steps / "0002_colour.sql").write_text(STEP, encoding="utf-8")
        self.file, self.target = str(self.folder / "cmctl.db"), str(self.folder / "new.db")

    # --- the cases ---

    def case(self, name: str, *, large: bool = False) -> Case:
        """Return what `name` says, such as `copy sqlite postgres`; its source is filled."""
        verb, *engines = name.split()
        places = {"sqlite": self.file, "postgres": self.address}
        source = places[engines[0]]
        if verb in {"make", "migrate"}:
            return self._made(source) if verb == "make" else self._migrated(source)
        target = self.target if engines[-1] == "sqlite" else self.address
        self._fill(source)
        if large:
            self._enlarge(source)
        if verb == "backup":
            return self._backup(source)
        return self._copy(source, target)

    def _copy(self, source: str, target: str) -> Case:
        before = facts(source)
        work = lambda: copy(opening.place(source), opening.place(target))  # noqa: E731

        def check() -> Iterator[str]:
            if facts(target) not in (None, before):
                yield "the target is half a store"
            work()
            if facts(target) != before:
                yield "done again, the target is another store"
            yield from self._unchanged(source, before)

        return Case(lambda: self._remove(target), work, check)

    def _backup(self, source: str) -> Case:
        before = facts(source)
        assert before is not None
        marked = {**before, "meta": sorted([*before["meta"], ("backup_at", str(AT))])}
        file = None if source == self.address else Path(source)
        work = lambda: back_up(file, opening.place(source), Path(self.target), AT)  # noqa: E731

        def check() -> Iterator[str]:
            was_done = facts(self.target) is not None
            try:
                work()
            except StoreError as problem:
                if not was_done or "left as it was" in str(problem):
                    yield f"it cannot be done again: {problem}"
            if facts(self.target) != marked:
                yield "the backup is not whole, or does not know that it is one"
            yield from self._unchanged(source, before)

        return Case(lambda: self._remove(self.target), work, check)

    def _made(self, where: str) -> Case:
        def check() -> Iterator[str]:
            yield from self._again_in_a_process(lambda: opening.migrate(where, epoch="e1"))
            if self._deliveries(where):
                yield "a new store has deliveries"
            if where == self.file and Path(where).stat().st_mode & 0o077:
                yield "others can read the store"

        work = lambda: opening.migrate(where, epoch="e1")  # noqa: E731
        return Case(lambda: self._remove(where), work, check)

    def _migrated(self, where: str) -> Case:
        def work() -> None:
            for one in (sqlite_opening, postgres_opening):
                one.VERSION, one.MIGRATIONS = 2, self.steps
            opening.migrate(where, epoch="e1")

        def check() -> Iterator[str]:
            if len(self._deliveries(where)) != len(State):
                yield "deliveries are missing"
            yield from self._again_in_a_process(work)
            if {"colour", "shade"} - set(self._lanes(where)):
                yield "the migration is not whole"
            if len(self._deliveries(where)) != len(State):
                yield "deliveries are missing after it was done again"

        return Case(lambda: self._fill(where), work, check)

    def _again_in_a_process(self, work: Work) -> Iterator[str]:
        if (status := ended_in_time(fork(work, self.log), 60)) != 0:
            yield f"done again, it ends with {status}"

    # --- the places ---

    def _unchanged(self, source: str, before: Facts) -> Iterator[str]:
        if facts(source) != before:
            yield "the source is another one"
        left = [one.name for one in self.folder.glob(".*")]
        if left:
            yield f"left over: {left}"

    def _fill(self, where: str) -> None:
        self._remove(where)
        with closing(opening.open_store(where, epoch="e1")) as store:
            for number, state in enumerate(State):
                brought_to(store, state, f"p{number}", f"atlas/c{number}")

    def _remove(self, where: str) -> None:
        if where == self.address:
            with psycopg.connect(where, autocommit=True) as raw:
                raw.execute("SET client_min_messages = error; DROP SCHEMA IF EXISTS cmctl CASCADE")
        for ending in ("", "-wal", "-shm") if where != self.address else ():
            Path(where + ending).unlink(missing_ok=True)

    def _asked(self, where: str, statement: str) -> list[tuple[object, ...]]:
        if where == self.address:
            with Address(where).connect() as raw:
                return raw.execute(statement.encode()).fetchall()
        with closing(sqlite3.connect(where)) as raw:
            return raw.execute(statement).fetchall()

    def _deliveries(self, where: str) -> list[tuple[object, ...]]:
        return self._asked(where, "SELECT number FROM deliveries")

    def _lanes(self, where: str) -> list[object]:
        if where == self.address:
            statement = "SELECT column_name FROM information_schema.columns"
        else:
            statement = "SELECT name FROM pragma_table_info('lanes')"
        return [name for (name,) in self._asked(where, statement)]

    def _enlarge(self, where: str) -> None:
        many = (
            f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {LARGE}) "
            "INSERT INTO events (at, number, kind, before, after, fence, data) "
            "SELECT i, 0, 'note', '', '', 0, '{}' FROM n"
        )
        if where == self.address:
            with Address(where).connect() as raw:
                raw.execute(many.encode())
        else:
            with closing(sqlite3.connect(where)) as raw, raw:
                raw.execute(many)

    # --- the kills ---

    def play(self, name: str, most: int) -> Iterator[str]:
        """Kill at so many places, one after the other; yield what went wrong."""
        case = self.case(name)
        found = some_of(self._places(case), most)
        for place in found:
            if (status := self._killed(case, place)) != -signal.SIGKILL:
                yield f"{name}, before {place}: it ended with {status}"
            for wrong in case.check():
                yield f"{name}, killed before {place}: {wrong}"
        sys.stdout.write(f"{name}: killed at {len(found)} places\n")

    def play_at_random(self, name: str) -> Iterator[str]:
        """Kill at random times on a larger store; yield what went wrong."""
        case = self.case(name, large=True)
        case.prepare()
        began = time.monotonic()
        ended_in_time(fork(case.work, self.log), 60)
        took = time.monotonic() - began
        dice = random.Random(name)
        for _ in range(RANDOM_KILLS):
            case.prepare()
            pid = fork(case.work, self.log)
            time.sleep(dice.uniform(0, took))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            for wrong in case.check():
                yield f"{name}, killed at a random time: {wrong}"

    def _places(self, case: Case) -> list[str]:
        """Return the places of the code that call out, in the order of the first time."""
        case.prepare()
        record = self.folder / "places"

        def recorded() -> None:
            places: dict[str, None] = {}
            sys.setprofile(watching(places.setdefault))
            case.work()
            sys.setprofile(None)
            record.write_text("\n".join(places), encoding="utf-8")

        assert ended_in_time(fork(recorded, self.log), 60) == 0
        return record.read_text(encoding="utf-8").splitlines()

    def _killed(self, case: Case, place: str) -> int | None:
        case.prepare()

        def dying() -> None:
            sys.setprofile(watching(lambda one: one == place and os.kill(os.getpid(), 9)))
            case.work()

        return ended_in_time(fork(dying, self.log), 60)


def main() -> None:
    """Play the cases of one kind, and end with 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("verb", choices=CASES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("address")
    parser.add_argument("--places", type=int, default=1000, help="so many at most")
    asked = parser.parse_args()
    bench, wrong = Bench(asked.folder, asked.address), []
    for engines in CASES[asked.verb]:
        name = f"{asked.verb} {engines}"
        wrong += bench.play(name, asked.places)
        if asked.verb in {"copy", "backup"}:
            wrong += bench.play_at_random(name)
    for one in wrong:
        sys.stderr.write(one + "\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
