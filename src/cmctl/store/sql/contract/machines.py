"""The processes that share a store, and the care of it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cmctl.store.contract.values import Daemon
from cmctl.store.sql.instants import instant, milliseconds, span
from cmctl.store.sql.part import SqlPart
from cmctl.store.sql.session import Session


class SqlLeases(SqlPart):
    """Rights that one process has at a time, on whatever machine."""

    def lease(
        self, name: str, *, owner: str, at: datetime, life: timedelta, instead_of: str = ""
    ) -> str:
        """Take a right, where nobody has it."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - a listing writes nothing

        wish: dict[str, object] = {"name": name, "owner": owner, "instead_of": instead_of}
        wish |= {"at": milliseconds(at), "lease": span(life)}
        return self._write(lambda db: moves.lease(db, wish))

    def end_lease(self, name: str, *, owner: str) -> None:
        """Give a right back."""
        self._run("end_lease", [{"name": name, "owner": owner}])


class SqlDaemons(SqlPart):
    """Who works on the store, and how they are woken."""

    def listen(self, ring: Callable[[], None]) -> None:
        """Do nothing: who looks every second is woken soon enough by that."""

    def beat(self, name: str, *, version: str, at: datetime, files: str = "") -> None:
        """Say that a daemon works on this store."""
        now = {"at": milliseconds(at)}

        def work(db: "Session") -> None:
            db.run("beat", {"name": name, "version": version, "files": files, **now})
            db.run("forget_daemons", now)

        self._write(work)

    def rest(self, name: str) -> None:
        """Say that a daemon has ended."""
        self._run("rest", [(name,)])

    def daemons(self) -> Sequence[Daemon]:
        """Return those that did not say that they ended."""
        return [
            Daemon(name, version, instant(began), instant(beat), files)
            for name, version, began, beat, files in self._fetch("daemons")
        ]


class SqlCare(SqlPart):
    """What the store is, whether it is sound, and what a backup does not know."""

    def forget_backup(self, *, at: datetime) -> None:
        """Take it that what a backup does not know is dealt with."""

        def work(db: "Session") -> None:
            db.run("forget_backup")
            db.run("settle", {"at": milliseconds(at)})
            db.run("set_place")

        self._write(work)
