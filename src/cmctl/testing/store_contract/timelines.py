"""What reading an account's timeline promises, and the corpus that the guard compares with."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cmctl.core.ledger import Notice, Ruling
from cmctl.core.model import Content, Receipt, State, Status
from cmctl.core.state import Move
from cmctl.store.base import Collision, Observed, ReadingLostError, Store
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
    take_in,
)

DAY = timedelta(days=1)
BEGIN = NOON - DAY


def _status(remote_id: str, text: str = "Bonjour", at: datetime = NOON) -> Status:
    return Status(
        channel=LANE,
        remote_id=remote_id,
        at=at,
        text=text,
        url=f"https://social.example/{remote_id}",
        author="M. G.",
        tool="Web",
        media_count=2,
        reply_to="r0",
        pictures=("00ff" * 8, "a1" * 16),
    )


def _observe(store: Store, *statuses: Status, since: datetime = BEGIN) -> Observed:
    return store.observe(LANE, statuses, since=since, at=NOON)


def _begin(store: Store, reader: str, **what: Any) -> str:
    """Ask for the right to read at noon, for a minute; return who has it."""
    values: dict[str, Any] = {"at": NOON, "lease": MINUTE} | what
    return store.begin_reading(LANE, reader=reader, **values).reader


def _collision(number: int, remote_id: str = "s1", text: str = "Bonjour") -> Collision:
    return Collision(number, remote_id, NOON, {"ref": remote_id, "text": text, "score": 0.9})


def _collide(store: Store, found: Collision) -> bool:
    told = Notice("collision", LANE, found.number, "the same news twice")
    return store.collide(found, text=str(found.evidence["text"]), notice=told)


def _refs(store: Store, since: datetime = BEGIN, until: datetime = NOON + DAY) -> list[str]:
    return [seen.ref for seen in store.seen(LANE, since=since, until=until)]


class Timelines(Handles):
    """Foreign statuses, our own, and what followers have seen."""

    def test_a_status_is_new_once_and_kept_whole(self, store: Store) -> None:
        one = _status("s1")
        assert _observe(store, one).new == [one]
        assert _observe(store, one) == Observed(new=[], changed=[], gone=[])
        assert store.statuses(LANE, BEGIN) == [one]
        assert store.statuses("atlas/bluesky", BEGIN) == []

    def test_statuses_come_oldest_first_from_an_instant_on(self, store: Store) -> None:
        _observe(store, _status("late"), _status("early", at=NOON - MINUTE))
        assert [one.remote_id for one in store.statuses(LANE, BEGIN)] == ["early", "late"]
        assert [one.remote_id for one in store.statuses(LANE, NOON)] == ["late"]

    def test_another_text_is_a_change(self, store: Store) -> None:
        _observe(store, _status("s1"))
        edited = _status("s1", "Bonsoir")
        assert _observe(store, edited) == Observed(new=[], changed=[edited], gone=[])
        assert store.statuses(LANE, BEGIN) == [edited]

    def test_what_a_reading_lacks_is_gone_and_news_again_when_it_is_back(
        self, store: Store
    ) -> None:
        one = _status("s1")
        _observe(store, one)
        assert _observe(store).gone == [one]
        assert store.statuses(LANE, BEGIN) == []
        assert _observe(store).gone == []
        assert _observe(store, one).new == [one]

    def test_what_is_older_than_the_reading_is_not_gone(self, store: Store) -> None:
        old = _status("s1", at=NOON - DAY)
        _observe(store, old)
        assert _observe(store, since=NOON - MINUTE).gone == []
        assert store.statuses(LANE, BEGIN) == [old]

    def test_our_own_are_told_by_every_part_of_a_receipt(self, store: Store) -> None:
        sending = brought_to(store, State.SENDING)
        receipt = Receipt(remote_id="r1", parts=("r1", "r2"))
        moved(store, sending, Move.PUBLISH, receipt=receipt)
        foreign = _status("s1")
        assert _observe(store, _status("r1"), _status("r2"), foreign).new == [foreign]
        assert store.statuses(LANE, BEGIN) == [foreign]

    def test_one_seen_before_its_receipt_turns_out_to_be_ours(self, store: Store) -> None:
        sending = brought_to(store, State.SENDING)
        _observe(store, _status("r1"))
        moved(store, sending, Move.PUBLISH, receipt=Receipt(remote_id="r1", at=NOON))
        assert store.statuses(LANE, BEGIN) == []
        assert _refs(store) == [str(sending.number)]

    def test_only_a_whole_reading_counts_as_read(self, store: Store) -> None:
        assert store.read_at(LANE) is None
        store.blind(LANE, problem="timeout", at=NOON)
        assert store.read_at(LANE) is None
        _observe(store)
        store.blind(LANE, problem="timeout", at=NOON + MINUTE)
        assert store.read_at(LANE) == NOON

    def test_the_corpus_is_queue_history_and_timeline(self, store: Store) -> None:
        content = Content(
            text="Nouvel entrepôt",
            link="https://atlas.example/r",
            hashtags=("rennes",),
            thread=("La suite",),
        )
        take_in(store, add("p1", content=content, due=NOON + MINUTE))
        sending = brought_to(store, State.SENDING, "p2")
        at = NOON - MINUTE
        receipt = Receipt(remote_id="r2", url="https://social.example/r2", at=at)
        moved(store, sending, Move.PUBLISH, receipt=receipt)
        _observe(store, _status("s1", "Un foulard", NOON))
        history, timeline, queue = store.seen(LANE, since=BEGIN, until=NOON + DAY)
        assert (history.source, history.ref, history.at) == ("history", str(sending.number), at)
        assert (history.post, history.url) == ("p2", receipt.url)
        assert (timeline.source, timeline.ref, timeline.text) == ("timeline", "s1", "Un foulard")
        assert (timeline.author, timeline.post) == ("M. G.", "")
        assert (timeline.reply_to, timeline.pictures) == ("r0", ("00ff" * 8, "a1" * 16))
        assert (queue.source, queue.post, queue.at) == ("queue", "p1", NOON + MINUTE)
        for part in ("Nouvel entrepôt", content.link, "#rennes", "La suite"):
            assert part in queue.text

    def test_what_pictures_look_like_is_kept_with_the_text(self, store: Store) -> None:
        take_in(store, add(due=NOON + MINUTE))
        number = only(store).number
        assert store.seen(LANE, since=BEGIN, until=NOON + DAY)[0].pictures == ()
        for pictures in (("00ff", "a1"), ("00ff",), ()):
            store.keep_pictures({number: pictures})
            assert store.seen(LANE, since=BEGIN, until=NOON + DAY)[0].pictures == pictures

    def test_followers_do_not_see_what_was_cancelled_or_refused(self, store: Store) -> None:
        for number, state in enumerate(sorted(State)):
            # A channel of its own for each, since only one may be in flight.
            delivery = brought_to(store, state, f"p{number}", f"atlas/c{number}")
            window = {"since": BEGIN, "until": NOON}
            refs = [seen.ref for seen in store.seen(delivery.key.channel, **window)]
            unseen = state in {State.CANCELLED, State.REFUSED}
            assert refs == ([] if unseen else [str(delivery.number)])

    def test_what_may_be_out_already_is_history_of_when_it_left(self, store: Store) -> None:
        take_in(store, add("p1", due=NOON - 2 * DAY))
        moved(store, claimed(store), Move.SEND)
        (seen,) = store.seen(LANE, since=BEGIN, until=NOON)
        assert (seen.source, seen.at) == ("history", NOON)

    def test_the_corpus_keeps_to_its_window_and_channel(self, store: Store) -> None:
        take_in(
            store,
            add("p1", due=NOON - DAY),
            add("p2", due=NOON + DAY),
            add("p3", due=NOON + 2 * DAY),
            add("p4", "atlas/bluesky"),
        )
        assert len(_refs(store, NOON - DAY, NOON + DAY)) == 2
        assert _refs(store, NOON, NOON) == []

    # Who reads.

    def test_one_reader_at_a_time_has_a_timeline_in_whatever_process(
        self, store: Store, another: Callable[[], Store]
    ) -> None:
        assert _begin(store, "a") == "a"
        assert _begin(another(), "b") == "a"
        assert store.begin_reading("atlas/bluesky", reader="b", at=NOON, lease=MINUTE).reader == "b"
        store.end_reading(LANE, reader="b")
        assert store.reading(LANE).reader == "a"
        store.end_reading(LANE, reader="a")
        assert _begin(store, "b") == "b"

    def test_the_right_to_read_ends_with_its_lease_or_with_a_dead_reader(
        self, store: Store
    ) -> None:
        _begin(store, "a")
        self.set_clock(store, NOON + MINUTE)
        assert _begin(store, "b", at=NOON + MINUTE) == "b"
        assert _begin(store, "c", instead_of="b") == "c"
        assert _begin(store, "d", instead_of="b") == "c"

    def test_a_reader_keeps_its_right_by_renewing_it_and_never_that_of_another(
        self, store: Store
    ) -> None:
        half, late = NOON + MINUTE / 2, NOON + MINUTE
        _begin(store, "a")
        self.set_clock(store, half)
        store.keep_reading(LANE, reader="b", at=half, lease=DAY)
        store.keep_reading(LANE, reader="a", at=half, lease=MINUTE)
        self.set_clock(store, late)
        assert _begin(store, "b", at=late) == "a"
        self.set_clock(store, half + MINUTE)
        assert _begin(store, "b", at=half + MINUTE) == "b"
        store.end_reading(LANE, reader="b")
        store.keep_reading(LANE, reader="b", at=late, lease=DAY)
        assert store.reading(LANE).reader == ""

    def test_a_reader_that_lost_its_right_writes_nothing(self, store: Store) -> None:
        _begin(store, "a")
        _begin(store, "b", instead_of="a")
        with pytest.raises(ReadingLostError):
            store.observe(LANE, [_status("s1")], since=BEGIN, at=NOON, reader="a")
        assert store.statuses(LANE, BEGIN) == []
        assert store.read_at(LANE) is None
        store.observe(LANE, [_status("s1")], since=BEGIN, at=NOON, reader="b")
        assert store.reading(LANE).reader == ""

    def test_a_whole_reading_is_told_from_what_is_new_since_the_last(self, store: Store) -> None:
        assert store.reading(LANE).whole_at is None
        _observe(store, since=BEGIN)
        later = NOON + MINUTE
        store.observe(LANE, [], since=NOON, at=later, whole=False)
        known = store.reading(LANE)
        assert (known.read_at, known.whole_at, known.whole_since) == (later, NOON, BEGIN)
        _observe(store, since=BEGIN + DAY)
        assert store.reading(LANE).whole_since == BEGIN

    # The same news twice.

    def test_a_collision_is_told_once_and_stands_while_both_texts_do(self, store: Store) -> None:
        ours = brought_to(store, State.PUBLISHED)
        _observe(store, _status("s1"))
        found = _collision(ours.number)
        assert _collide(store, found)
        assert not _collide(store, found)
        assert store.collisions() == [found]
        assert [one.notice.kind for one in store.outbox(now=NOON, limit=9)] == ["collision"]
        told = [one.data for one in store.events(ours.number) if one.kind == "collision"]
        assert told == [{"evidence": found.evidence}]
        _observe(store)
        assert store.collisions() == []

    def test_an_edited_text_collides_again_only_where_it_is_judged_again(
        self, store: Store
    ) -> None:
        ours = brought_to(store, State.PUBLISHED)
        _observe(store, _status("s1"))
        _collide(store, _collision(ours.number))
        _observe(store, _status("s1", "Bonjour !"))
        assert store.collisions() == []
        again = _collision(ours.number, text="Bonjour !")
        assert not _collide(store, again)
        assert store.collisions() == [again]

    def test_a_ruling_about_the_two_settles_a_collision(self, store: Store) -> None:
        ours = brought_to(store, State.PUBLISHED)
        _observe(store, _status("s1"), _status("s2"))
        _collide(store, _collision(ours.number))
        _collide(store, _collision(ours.number, "s2"))
        word = ("timeline", "s1", "both", "the mayor asked", None, 0.9, "ours", "Bonjour")
        store.rule(Ruling(NOON, LANE, ours.number, *word))
        assert [one.remote_id for one in store.collisions()] == ["s2"]

    def test_the_same_words_are_found_on_every_channel_where_they_stand(self, store: Store) -> None:
        sent = brought_to(store, State.PUBLISHED, "p3", "atlas/c")
        text = sent.content.text
        take_in(store, add("p1", "atlas/a", text=f"{text} !"), add("p2", "atlas/b", text="Autre"))
        _observe(store, _status("s1", f"{text.upper()} #rennes"), _status("s2", "Adieu"))
        found = store.worded(text, since=BEGIN, until=NOON + DAY)
        assert {name: [one.source for one in seen] for name, seen in found.items()} == {
            "atlas/a": ["queue"],
            "atlas/c": ["history"],
            LANE: ["timeline"],
        }
        assert found["atlas/c"][0].ref == str(sent.number)
        assert store.worded(text, since=NOON + DAY, until=NOON + 2 * DAY) == {}

    def test_what_has_no_words_is_the_same_as_nothing(self, store: Store) -> None:
        take_in(store, add("p1", "atlas/a", text="🎉 #fete"))
        assert store.worded("🎄", since=BEGIN, until=NOON + DAY) == {}
