"""What finding texts of a long history by their words promises."""

from datetime import datetime, timedelta

from cmctl.core.guard.retrieval import LIKEST
from cmctl.core.model import Seen, State, Status
from cmctl.store.base import Around, Store
from cmctl.testing.store_contract.base import LANE, MINUTE, NOON, Handles, brought_to

DAY = timedelta(days=1)


def _observe(store: Store, *texts: str, at: datetime = NOON) -> None:
    statuses = [
        Status(channel=LANE, remote_id=f"s{n}", at=at - n * MINUTE, text=text)
        for n, text in enumerate(texts)
    ]
    store.observe(LANE, statuses, since=NOON - DAY, at=NOON)


def _index(store: Store, channel: str = LANE) -> list[Seen]:
    """Index what is not yet, each text by its words; return what that was."""
    todo = list(store.unindexed(channel, limit=99))
    store.index(channel, {seen: seen.text.split() for seen in todo})
    return todo


def _likest(store: Store, words: str, since: datetime = NOON - DAY) -> list[str]:
    found = store.likest(LANE, words.split(), since=since, until=NOON + DAY)
    return [seen.ref for seen in found]


def _latest(store: Store, count: int, channel: str = LANE) -> Around:
    return store.around(channel, since=NOON - DAY, until=NOON, latest=count)


class Retrieval(Handles):
    """Texts are found by the words that they share, the likest first."""

    def test_a_text_is_found_by_rare_words_once_it_is_indexed(self, store: Store) -> None:
        _observe(store, "entrepôt rennes décembre", "entrepôt lyon", "foulard perdu")
        assert _likest(store, "rennes entrepôt") == []
        assert [seen.ref for seen in _index(store)] == ["s2", "s1", "s0"]
        assert store.unindexed(LANE, limit=9) == []
        assert _likest(store, "rennes entrepôt") == ["s0"]
        assert _likest(store, "tulipes") == []
        assert store.likest("atlas/bluesky", ["rennes"], since=NOON - DAY, until=NOON) == []

    def test_what_is_published_is_found_and_what_is_planned_is_not(self, store: Store) -> None:
        published = brought_to(store, State.PUBLISHED, "p1")
        brought_to(store, State.PLANNED, "p2")
        (seen,) = _index(store)
        assert (seen.source, seen.ref, seen.post) == ("history", str(published.number), "p1")
        assert _likest(store, seen.text) == [seen.ref]

    def test_an_edited_text_is_found_by_its_new_words_alone(self, store: Store) -> None:
        _observe(store, "tulipes fraîches")
        _index(store)
        _observe(store, "roses rouges")
        assert _likest(store, "tulipes") == []
        assert len(_index(store)) == 1
        assert _likest(store, "tulipes") == []
        assert _likest(store, "roses") == ["s0"]

    def test_a_text_that_was_edited_meanwhile_is_left_to_the_next_time(self, store: Store) -> None:
        _observe(store, "tulipes")
        (old,) = store.unindexed(LANE, limit=9)
        _observe(store, "roses")
        store.index(LANE, {old: ["tulipes"]})
        assert _likest(store, "tulipes") == []
        assert [seen.text for seen in store.unindexed(LANE, limit=9)] == ["roses"]

    def test_what_is_gone_or_out_of_the_window_is_not_found(self, store: Store) -> None:
        _observe(store, "tulipes", "jonquilles")
        _index(store)
        assert _likest(store, "jonquilles", since=NOON) == []
        _observe(store)
        assert _likest(store, "tulipes") == []

    def test_the_likest_come_first_and_only_so_many(self, store: Store) -> None:
        _observe(store, *(f"mot{n} tulipes{n // 3}" for n in range(300)))
        while _index(store):
            pass
        assert _likest(store, "mot7 tulipes2")[0] == "s7"
        assert sorted(_likest(store, "mot7 tulipes2")) == ["s6", "s7", "s8"]
        assert len(_likest(store, " ".join(f"mot{n}" for n in range(300)))) == LIKEST

    def test_the_edge_is_where_a_history_gets_long(self, store: Store) -> None:
        _observe(store, *"abcde")
        assert _latest(store, 5).edge is None
        around = _latest(store, 3)
        assert around.edge == NOON - 3 * MINUTE
        assert [seen.text for seen in around.seen] == ["d", "c", "b", "a"]
        assert _latest(store, 0, "atlas/bluesky").edge is None
        brought_to(store, State.PUBLISHED)
        assert _latest(store, 0).edge == NOON
