"""What keeping the sketches of a long history promises."""

from datetime import datetime, timedelta

from cmctl.core.model import Seen, State, Status
from cmctl.store.base import Around, Store
from cmctl.testing.store_contract.base import LANE, MINUTE, NOON, Handles, brought_to

DAY = timedelta(days=1)


def _observe(store: Store, *texts: str, at: datetime = NOON, reply_to: str = "") -> None:
    statuses = [
        Status(channel=LANE, remote_id=f"s{n}", at=at - n * MINUTE, text=text, reply_to=reply_to)
        for n, text in enumerate(texts)
    ]
    store.observe(LANE, statuses, since=NOON - DAY, at=NOON)


def _index(store: Store, channel: str = LANE, version: str = "1") -> list[Seen]:
    """Index what is not yet, each text by itself; return what that was."""
    todo = list(store.unindexed(channel, version=version, limit=99))
    store.index(channel, version, {seen: seen.text for seen in todo})
    return todo


def _indexed(store: Store, since: datetime = NOON - DAY) -> list[str]:
    """Return what stands of all that is indexed."""
    ids = [one.id for one in store.sketches(LANE, version="1", after=0, limit=99)]
    return [seen.ref for seen in store.indexed(ids, since=since, until=NOON + DAY)]


def _latest(store: Store, count: int, channel: str = LANE) -> Around:
    return store.around(channel, since=NOON - DAY, until=NOON, latest=count)


class Retrieval(Handles):
    """Sketches are kept and told in order; texts are found by their ids while they stand."""

    def test_a_sketch_is_told_once_its_text_is_indexed(self, store: Store) -> None:
        _observe(store, "entrepôt rennes décembre", "entrepôt lyon", "foulard perdu")
        assert store.sketches(LANE, version="1", after=0, limit=9) == []
        assert [seen.ref for seen in _index(store)] == ["s2", "s1", "s0"]
        assert store.unindexed(LANE, version="1", limit=9) == []
        first, *rest = store.sketches(LANE, version="1", after=0, limit=9)
        assert [one.sketch for one in (first, *rest)] == [
            "foulard perdu",
            "entrepôt lyon",
            "entrepôt rennes décembre",
        ]
        assert first.at == (NOON - 2 * MINUTE).timestamp() * 1000
        assert store.sketches(LANE, version="1", after=first.id, limit=1) == rest[:1]
        assert store.sketches(LANE, version="1", after=rest[-1].id, limit=9) == []
        assert store.sketches("atlas/bluesky", version="1", after=0, limit=9) == []

    def test_texts_come_in_the_order_in_which_they_are_asked_for(self, store: Store) -> None:
        _observe(store, "un", "deux", "trois")
        _index(store)
        ids = [one.id for one in store.sketches(LANE, version="1", after=0, limit=9)]
        found = store.indexed([ids[1], ids[2], 999, ids[0]], since=NOON - DAY, until=NOON)
        assert [seen.text for seen in found] == ["deux", "un", "trois"]
        assert store.indexed([], since=NOON - DAY, until=NOON) == []

    def test_what_is_published_is_found_and_what_is_planned_is_not(self, store: Store) -> None:
        published = brought_to(store, State.PUBLISHED, "p1")
        brought_to(store, State.PLANNED, "p2")
        (seen,) = _index(store)
        assert (seen.source, seen.ref, seen.post) == ("history", str(published.number), "p1")
        assert _indexed(store) == [seen.ref]

    def test_an_edited_text_gets_a_later_id_and_its_old_one_leads_nowhere(
        self, store: Store
    ) -> None:
        _observe(store, "tulipes fraîches")
        _index(store)
        (old,) = store.sketches(LANE, version="1", after=0, limit=9)
        _observe(store, "roses rouges")
        assert store.indexed([old.id], since=NOON - DAY, until=NOON) == []
        assert len(_index(store)) == 1
        (new,) = store.sketches(LANE, version="1", after=old.id, limit=9)
        assert new.sketch == "roses rouges"
        assert store.sketches(LANE, version="1", after=0, limit=9) == [new]
        assert _indexed(store) == ["s0"]

    def test_a_text_that_was_edited_meanwhile_is_left_to_the_next_time(self, store: Store) -> None:
        _observe(store, "tulipes")
        (old,) = store.unindexed(LANE, version="1", limit=9)
        _observe(store, "roses")
        store.index(LANE, "1", {old: "tulipes"})
        assert store.sketches(LANE, version="1", after=0, limit=9) == []
        assert [seen.text for seen in store.unindexed(LANE, version="1", limit=9)] == ["roses"]

    def test_an_answer_has_no_sketch_and_is_not_asked_for_again(self, store: Store) -> None:
        _observe(store, "merci à vous", reply_to="somebody")
        assert len(_index(store)) == 1
        assert store.unindexed(LANE, version="1", limit=9) == []
        assert store.sketches(LANE, version="1", after=0, limit=9) == []

    def test_what_is_gone_or_out_of_the_window_is_not_found(self, store: Store) -> None:
        _observe(store, "tulipes", "jonquilles")
        _index(store)
        assert _indexed(store, since=NOON) == ["s0"]
        _observe(store)
        assert _indexed(store) == []

    def test_a_sketch_comes_with_its_text(self, store: Store) -> None:
        _observe(store, "tulipes", "jonquilles", "lilas")
        published = brought_to(store, State.PUBLISHED)
        assert {seen.sketch for seen in _latest(store, 9).seen} == {""}
        _index(store)
        known = _latest(store, 9).seen
        assert {seen.sketch for seen in known if seen.source == "timeline"} == {
            "tulipes",
            "jonquilles",
            "lilas",
        }
        (ours,) = (seen for seen in known if seen.source == "history")
        assert (ours.ref, ours.sketch) == (str(published.number), ours.text)

    def test_sketches_of_another_version_are_made_again_after_what_has_none(
        self, store: Store
    ) -> None:
        _observe(store, "tulipes", "jonquilles")
        brought_to(store, State.PUBLISHED)
        _index(store)
        assert store.stale("1") == {}
        for version in ("0", "2"):
            assert store.stale(version) == {LANE: 3}
            assert store.sketches(LANE, version=version, after=0, limit=9) == []
        _observe(store, "tulipes", "jonquilles", "lilas")
        assert len(store.unindexed(LANE, version="2", limit=9)) == 4
        assert [seen.text for seen in store.unindexed(LANE, version="2", limit=1)] == ["lilas"]
        assert len(_index(store, version="2")) == 4
        assert store.unindexed(LANE, version="2", limit=9) == []
        assert (store.stale("2"), store.stale("1")) == ({}, {LANE: 4})
        assert len(store.sketches(LANE, version="2", after=0, limit=9)) == 4

    def test_what_is_gone_leaves_no_sketch_and_gets_one_when_it_is_back(self, store: Store) -> None:
        _observe(store, "tulipes")
        _index(store)
        _observe(store)
        assert store.stale("2") == {}
        _observe(store, "tulipes")
        assert [seen.text for seen in _index(store)] == ["tulipes"]

    def test_the_edge_is_where_a_history_gets_long(self, store: Store) -> None:
        _observe(store, *"abcde")
        assert _latest(store, 5).edge is None
        around = _latest(store, 3)
        assert around.edge == NOON - 3 * MINUTE
        assert [seen.text for seen in around.seen] == ["d", "c", "b", "a"]
        assert _latest(store, 0, "atlas/bluesky").edge is None
        brought_to(store, State.PUBLISHED)
        assert _latest(store, 0).edge == NOON
