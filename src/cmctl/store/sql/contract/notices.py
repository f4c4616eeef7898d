"""What persons are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cmctl.core.ledger import Notice
from cmctl.store.contract.values import Posted
from cmctl.store.sql.instants import instant, milliseconds
from cmctl.store.sql.part import SqlPart


class SqlNotices(SqlPart):
    """The outbox, and what is written down to be told."""

    def note(
        self,
        number: int,
        *,
        kind: str,
        data: Mapping[str, object],
        at: datetime,
        notice: Notice | None = None,
    ) -> None:
        """Write a line about a delivery, or about none, that changes nothing."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - a listing writes nothing
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        line = Line(milliseconds(at), number, kind, "", "", 0, data)
        self._write(lambda db: moves.note(db, line, notice))

    def tell_once(self, what: str, *, at: datetime, notice: Notice) -> bool:
        """Tell a person of something, once for ever."""
        from cmctl.store.sql import moves  # noqa: PLC0415 - as above
        from cmctl.store.sql.log import Line  # noqa: PLC0415 - as above

        data = {"channel": notice.channel, "what": what}
        line = Line(milliseconds(at), notice.number, notice.kind, "", "", 0, data)
        return self._write(lambda db: moves.tell_once(db, what, line, notice))

    def outbox(self, *, now: datetime, limit: int) -> Sequence[Posted]:
        """Return notices that are to be delivered now."""
        values = {"now": milliseconds(now), "limit": limit}
        found = self._fetch("outbox", values)
        return [Posted(row[0], Notice(*row[1:5]), instant(row[5]), row[6]) for row in found]

    def delivered(self, ids: Sequence[int]) -> None:
        """Take notices out of the outbox."""
        self._run("delivered", [(number,) for number in ids])

    def postpone(self, id: int, *, until: datetime) -> None:  # noqa: A002 - the row's own name
        """Try a notice again later."""
        self._run("postpone", [{"id": id, "until": milliseconds(until)}])
