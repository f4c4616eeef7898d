"""What persons decided, and what is to be taken down for it."""

from collections.abc import Sequence
from datetime import datetime

from cmctl.core.ledger import Notice, Removal, Ruling
from cmctl.core.text import wording
from cmctl.store.sql import rows
from cmctl.store.sql.instants import milliseconds
from cmctl.store.sql.part import SqlPart


class SqlRulings(SqlPart):
    """What a person decided about two texts; see `Change.ruling` too."""

    def rulings(self, client: str = "") -> Sequence[Ruling]:
        """Return what persons decided, oldest first."""
        return [rows.ruling(row) for row in self._fetch("rulings", {"client": client})]

    def rulings_about(self, text: str) -> Sequence[Ruling]:
        """Return the rulings in which a text, or one of its words, is one of the two."""
        found = self._fetch("rulings_about", {"wording": wording(text)})
        return [rows.ruling(row) for row in found]

    def rule(self, ruling: Ruling, removal: Removal | None = None) -> None:
        """Write down a ruling that moves no delivery."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - a listing writes nothing
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        data = {"keep": ruling.keep, "reason": ruling.reason, "ref": ruling.ref}
        line = Line(milliseconds(ruling.at), ruling.number, "rule", "", "", 0, data)
        self._write(lambda db: moves.rule(db, line, ruling, removal))


class SqlRemovals(SqlPart):
    """Statuses to be taken down, each until it is proved to be gone."""

    def removals(self) -> Sequence[Removal]:
        """Return what is still to be taken down, the first due first."""
        return [rows.removal(row) for row in self._fetch("removals")]

    def end_removal(
        self, removal: Removal, *, gone: bool, why: str, at: datetime, notice: Notice
    ) -> bool:
        """End a removal, proved or given up."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        kind = "removed" if gone else "not-removed"
        data = {"remote_id": removal.remote_id, "why": why}
        line = Line(milliseconds(at), removal.number, kind, "", "", 0, data)
        return self._write(lambda db: moves.end_removal(db, removal, line, notice, gone=gone))

    def put_off_removal(
        self, removal: Removal, *, until: datetime, at: datetime, notice: Notice | None
    ) -> None:
        """Write down why the last try did not do."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        data = {"remote_id": removal.remote_id, "why": removal.problem}
        line = Line(milliseconds(at), removal.number, "removal-failed", "", "", 0, data)
        later = milliseconds(until)
        self._write(lambda db: moves.put_off_removal(db, removal, later, line, notice))
