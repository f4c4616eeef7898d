"""What a text is compared with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cmctl.core.model import Delivery, Seen
from cmctl.store.contract.values import Around, Sketched


class Texts(Protocol):
    """Every text of an account around an instant: queue, history, timeline, and their pictures."""

    def seen(self, channel: str, *, since: datetime, until: datetime) -> Sequence[Seen]:
        """Return the corpus of a channel in a window: queue, history and foreign statuses.

        Queue: planned, held, claimed deliveries by due; history: sending, uncertain and published
        ones; cancelled and refused ones are not seen by followers and left out.
        """
        ...

    def around(
        self,
        channel: str,
        *,
        since: datetime,
        until: datetime,
        latest: int | None = None,
        text: str = "",
    ) -> Around:
        """Return what a delivery is judged against, in one reading: the corpus and its rulings.

        Of a history with more than `latest` foreign statuses, or published posts, only what stands
        from the edge of these on; of the queue too. Rulings are those `rulings_about` the text.
        """
        ...

    def worded(
        self, text: str, *, since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Seen]]:
        """Return where the same words stand or are queued, by channel, each in order of time.

        The corpus of all channels, as of `seen`, of texts with the `wording` of this one; a text
        without words is nowhere.
        """
        ...

    def keep_status_pictures(self, channel: str, pictures: Mapping[str, Sequence[str]]) -> None:
        """Remember the fingerprints of foreign statuses' pictures, by remote id.

        A later reading that has none keeps them.
        """
        ...

    def keep_pictures(self, pictures: Mapping[int, Sequence[str]]) -> None:
        """Remember the fingerprints of deliveries' pictures; `seen` has them from then on.

        They stay when the picture's file is gone. A fingerprint has no space in it.
        """
        ...


class Sketches(Protocol):
    """What finds the like of a text in a long history; see `core/guard/retrieval.py`."""

    def unindexed(self, channel: str, *, version: str, limit: int) -> Sequence[Seen]:
        """Return statuses that stand, and published deliveries, without a sketch of this version.

        `limit` at most: what has none first, statuses before deliveries, each oldest first. An
        edited status is among them again.
        """
        ...

    def index(self, channel: str, version: str, sketches: Mapping[Seen, str]) -> None:
        """Keep sketches of texts, made by `version`; of one that was edited since, none.

        Nor of an answer, which is not compared; none of these is unindexed any more.
        """
        ...

    def stale(self, version: str) -> Mapping[str, int]:
        """Return how many sketches are of another version, by channel."""
        ...

    def sketches(self, channel: str, *, version: str, after: int, limit: int) -> Sequence[Sketched]:
        """Return the sketches of a channel with an id after `after`, `limit` at most, by id.

        A later one has a larger id, that of an edited text too; ids are never used again.
        """
        ...

    def indexed(self, ids: Sequence[int], *, since: datetime, until: datetime) -> Sequence[Seen]:
        """Return the texts with these ids of a window, in this order; those that still stand.

        And say what they said when they were indexed.
        """
        ...


class Judgements(Protocol):
    """What the guard has looked at as it is."""

    def unjudged(self, client: str, *, limit: int) -> Sequence[Delivery]:
        """Return planned deliveries that the guard has not looked at since they changed."""
        ...

    def count_unjudged(self, client: str) -> int:
        """Return how many deliveries `unjudged` would return without a limit."""
        ...

    def judged(self, numbers: Sequence[int]) -> None:
        """Remember that the guard has looked at these as they are."""
        ...
