"""What a text is compared with."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cmctl.core.model import Delivery, Seen
from cmctl.core.text import wording
from cmctl.store.contract.values import Around, Sketched
from cmctl.store.sql import rows
from cmctl.store.sql.instants import maybe_instant, milliseconds
from cmctl.store.sql.part import SqlPart
from cmctl.store.sql.session import Row, Values

_STALE = ("stale_statuses", "stale_deliveries")


class SqlTexts(SqlPart):
    """Every text of an account around an instant: queue, history, timeline, and their pictures."""

    def seen(self, channel: str, *, since: datetime, until: datetime) -> Sequence[Seen]:
        """Return the corpus of a channel in a window: queue, history and foreign statuses."""
        return self.around(channel, since=since, until=until).seen

    def around(
        self,
        channel: str,
        *,
        since: datetime,
        until: datetime,
        latest: int | None = None,
        text: str = "",
    ) -> Around:
        """Return what a delivery is judged against, in one reading."""
        values = {
            "channel": channel,
            "since": milliseconds(since),
            "until": milliseconds(until),
            "bounded": int(latest is not None),
            "latest": latest or 0,
            "wording": wording(text) if text else None,
        }
        ((edge, ours, theirs, rulings),) = self._fetch("around", values)
        return Around(
            seen=sorted(rows.seen(ours) + rows.seen(theirs), key=lambda seen: seen.at),
            edge=maybe_instant(edge),
            rulings=rows.rulings(rulings),
        )

    def worded(
        self, text: str, *, since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Seen]]:
        """Return where the words of a text stand or are queued, by channel, in order of time."""
        found: dict[str, list[Seen]] = {}
        if not (key := wording(text)):
            return found
        window = {"since": milliseconds(since), "until": milliseconds(until)}
        for channel, *row in self._fetch("worded", {"wording": key, **window}):
            found.setdefault(channel, []).append(rows.seen_of(tuple(row)))
        return {name: sorted(seen, key=lambda one: one.at) for name, seen in found.items()}

    def keep_status_pictures(self, channel: str, pictures: Mapping[str, Sequence[str]]) -> None:
        """Remember what the pictures of statuses look like."""
        values = [
            {"channel": channel, "remote_id": remote_id, "pictures": " ".join(found)}
            for remote_id, found in pictures.items()
        ]
        self._run("keep_status_pictures", values)

    def keep_pictures(self, pictures: Mapping[int, Sequence[str]]) -> None:
        """Remember what the pictures of deliveries look like."""
        values = [{"number": n, "pictures": " ".join(found)} for n, found in pictures.items()]
        self._run("keep_pictures", values)


class SqlSketches(SqlPart):
    """What finds the like of a text in a long history; see `core/guard/retrieval.py`."""

    def unindexed(self, channel: str, *, version: str, limit: int) -> Sequence[Seen]:
        """Return statuses and published deliveries that cannot be found by their words yet."""
        found: list[Row] = []
        for part in ("unindexed_statuses", "unindexed_deliveries", *_STALE):
            if len(found) < limit:
                left = {"channel": channel, "limit": limit - len(found)}
                found += self._fetch(part, left | {"version": version} if part in _STALE else left)
        return [rows.seen_of(row) for row in found]

    def index(self, channel: str, version: str, sketches: Mapping[Seen, str]) -> None:
        """Let texts be found by their sketches."""
        from cmctl.store.sql import retrieval  # noqa: PLC0415 - a listing writes nothing

        self._write(lambda db: retrieval.index(db, channel, version, sketches))

    def stale(self, version: str) -> Mapping[str, int]:
        """Return how many sketches are of another version, by channel."""
        return dict(self._fetch("stale", (version,)))

    def sketches(self, channel: str, *, version: str, after: int, limit: int) -> Sequence[Sketched]:
        """Return what is indexed and has a later id, in their order."""
        values = {"channel": channel, "version": version, "after": after, "limit": limit}
        return [Sketched(*row) for row in self._fetch("sketches", values)]

    def indexed(self, ids: Sequence[int], *, since: datetime, until: datetime) -> Sequence[Seen]:
        """Return the indexed texts of a window that still stand, in the order of `ids`."""
        window = {"since": milliseconds(since), "until": milliseconds(until)}
        known = (self._indexed({"id": number, **window}) for number in ids)
        return [seen for seen in known if seen is not None]

    def _indexed(self, values: Values) -> Seen | None:
        found = self._fetch("indexed_status", values) or self._fetch("indexed_delivery", values)
        return rows.seen_of(found[0]) if found else None


class SqlJudgements(SqlPart):
    """What the guard has looked at as it is."""

    def unjudged(self, client: str, *, limit: int) -> Sequence[Delivery]:
        """Return planned deliveries that the guard has not looked at since they changed."""
        values = {"client": client, "limit": limit}
        return [rows.delivery(row) for row in self._fetch("unjudged", values)]

    def count_unjudged(self, client: str) -> int:
        """Return how many deliveries `unjudged` would return without a limit."""
        return int(self._fetch("count_unjudged", {"client": client})[0][0])

    def judged(self, numbers: Sequence[int]) -> None:
        """Remember that the guard has looked at these as they are."""
        self._run("judged", [(number,) for number in numbers])
