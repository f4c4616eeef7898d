"""What listings and the guard's list of work promise."""

from datetime import timedelta

from cmctl.core.ledger import Alter, Notice
from cmctl.core.model import Receipt, State
from cmctl.core.state import Move
from cmctl.store.base import Listed, Query, Store
from cmctl.testing.store_contract.base import (
    LANE,
    MINUTE,
    NOON,
    Handles,
    add,
    brought_to,
    claimed,
    moved,
    only,
    planned,
    take_in,
)

NOON_MS = int(NOON.timestamp() * 1000)


def _posts(store: Store, query: Query) -> list[str]:
    rows = [row.post for row in store.listing(query)]
    assert [delivery.key.post for delivery in store.deliveries(query)] == rows
    return rows


class Listings(Handles):
    """Listings, counts, whole deliveries, judgements."""

    def test_what_is_of_no_delivery_is_told_apart(self, store: Store) -> None:
        take_in(store, add())
        store.pause("atlas", reason="grève", at=NOON)
        store.note(0, kind="comment", data={"by": "marie@bureau"}, at=NOON)
        told = [(event.kind, event.number) for event in store.other_events()]
        assert told == [("pause", 0), ("comment", 0)]
        assert store.other_events()[1].data == {"by": "marie@bureau"}

    def test_a_note_is_logged_and_told_and_changes_nothing(self, store: Store) -> None:
        take_in(store, add())
        before = only(store)
        told = Notice("flagged", LANE, before.number, "may repeat another text")
        store.note(before.number, kind="flag", data={"why": "x"}, at=NOON, notice=told)
        assert only(store) == before
        event = store.events(before.number)[-1]
        assert (event.kind, event.at, dict(event.data)) == ("flag", NOON, {"why": "x"})
        assert [posted.notice for posted in store.outbox(now=NOON, limit=9)] == [told]

    def test_a_row_tells_all_that_a_listing_shows(self, store: Store) -> None:
        take_in(store, add(text="Un\n texte " + "x" * 200, occurrence="2026-11-24"))
        sending = moved(store, claimed(store), Move.SEND)
        receipt = Receipt(remote_id="r1", url="https://social.example/r1", at=NOON + MINUTE)
        moved(store, sending, Move.PUBLISH, receipt=receipt)
        (row,) = store.listing(Query())
        assert isinstance(row, Listed)
        assert row[:7] == (
            sending.number,
            NOON_MS,
            LANE,
            "sandbox",
            "p1",
            "2026-11-24",
            "published",
        )
        assert row.excerpt.startswith("Un texte xxx")
        assert len(row.excerpt) == 120
        assert (row.published_ms, row.remote_id) == (NOON_MS + 60_000, "r1")
        assert row.url == "https://social.example/r1"
        assert row.edited is False

    def test_a_held_row_says_why(self, store: Store) -> None:
        brought_to(store, State.HELD)
        (row,) = store.listing(Query())
        assert (row.reason, row.detail) == ("duplicate", "because: duplicate")
        assert (row.published_ms, row.remote_id, row.url) == (None, "", "")

    def test_filters_narrow_together(self, store: Store) -> None:
        take_in(
            store,
            add("p1"),
            add("p2", "atlas/bluesky"),
            add("p3", "rest/mastodon"),
            add("p4", due=NOON + timedelta(days=1)),
        )
        moved(store, only(store, "p4"), Move.CANCEL)
        assert _posts(store, Query()) == ["p1", "p2", "p3", "p4"]
        assert _posts(store, Query(client="atlas")) == ["p1", "p2", "p4"]
        assert _posts(store, Query(channel=LANE)) == ["p1", "p4"]
        assert _posts(store, Query(post="p3")) == ["p3"]
        assert _posts(store, Query(states=frozenset({State.CANCELLED}))) == ["p4"]
        both = frozenset({State.CANCELLED, State.PLANNED})
        assert _posts(store, Query(states=both, channel=LANE)) == ["p1", "p4"]
        assert _posts(store, Query(client="rest", post="p1")) == []

    def test_time_bounds_are_inclusive_and_rows_in_order(self, store: Store) -> None:
        dues = [NOON, NOON + MINUTE, NOON + 2 * MINUTE]
        take_in(store, *(add(f"p{n}", due=due) for n, due in reversed(list(enumerate(dues)))))
        assert _posts(store, Query()) == ["p0", "p1", "p2"]
        assert _posts(store, Query(newest_first=True, limit=2)) == ["p2", "p1"]
        assert _posts(store, Query(since=NOON + MINUTE)) == ["p1", "p2"]
        assert _posts(store, Query(until=NOON + MINUTE)) == ["p0", "p1"]

    def test_history_is_by_publication(self, store: Store) -> None:
        for post, at in (("p1", NOON + 2 * MINUTE), ("p2", NOON + MINUTE)):
            sending = brought_to(store, State.SENDING, post)
            moved(store, sending, Move.PUBLISH, receipt=Receipt(remote_id=post, at=at))
        take_in(store, add("p3"))
        assert _posts(store, Query(by_publication=True)) == ["p2", "p1"]
        late = Query(by_publication=True, since=NOON + 2 * MINUTE)
        assert _posts(store, late) == ["p1"]

    def test_a_count_is_that_of_the_listing_without_its_limit(self, store: Store) -> None:
        take_in(store, *(add(f"p{n}") for n in range(5)), add("p9", "rest/mastodon"))
        query = Query(client="atlas", states=frozenset({State.PLANNED}), limit=2)
        assert (store.count(query), len(store.listing(query))) == (5, 2)

    def test_an_unknown_number_is_none(self, store: Store) -> None:
        assert store.delivery(1) is None
        planned_one = brought_to(store, State.PLANNED)
        assert store.delivery(planned_one.number) == planned_one

    def test_the_guard_looks_at_each_delivery_once_until_it_changes(self, store: Store) -> None:
        take_in(store, add("p1"), add("p2"), add("p3", "rest/mastodon"))
        first, second = store.unjudged("atlas", limit=10)
        assert store.unjudged("atlas", limit=1) == [first]
        assert store.count_unjudged("atlas") == 2
        assert store.count_unjudged("nobody") == 0
        store.judged([first.number, second.number])
        assert store.unjudged("atlas", limit=10) == []
        later = planned("p2", due=NOON + MINUTE)
        take_in(store, Alter(number=second.number, planned=later, digest=second.digest))
        assert store.unjudged("atlas", limit=10) == [only(store, "p2")]

    def test_only_what_is_planned_waits_for_the_guard(self, store: Store) -> None:
        held = brought_to(store, State.HELD)
        assert store.unjudged("atlas", limit=10) == []
        released = moved(store, held, Move.RELEASE)
        assert store.unjudged("atlas", limit=10) == [released]
