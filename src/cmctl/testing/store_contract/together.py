"""What holds between threads and between processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from cmctl.core.model import Delivery, Hold, HoldReason, State
from cmctl.core.state import IllegalMoveError, Move
from cmctl.store.base import Daemon, Query, Store, StoreError
from cmctl.testing.store_contract.base import (
    MINUTE,
    NOON,
    Handles,
    add,
    brought_to,
    change,
    claim,
    hold,
    moved,
    only,
    take_in,
)

Open = Callable[[], Store]


class Together(Handles):
    """Many threads, two handles, closing, care."""

    def test_two_handles_race_and_each_delivery_goes_to_one(
        self, store: Store, another: Open
    ) -> None:
        lanes = [f"atlas/c{number}" for number in range(8)]
        take_in(store, *(add(f"p{n}", lane) for lane in lanes for n in range(10)))
        handles = [store, another()]

        def send_all(job: tuple[Store, str]) -> list[int]:
            handle, lane = job
            sent = []
            while handle.count(Query(channel=lane, states=frozenset({State.PLANNED}))):
                delivery = claim(handle, lane)
                if delivery is not None:
                    sending = moved(handle, delivery, Move.SEND)
                    sent.append(moved(handle, sending, Move.PUBLISH).number)
            return sent

        with ThreadPoolExecutor(16) as pool:
            jobs = [(handle, lane) for lane in lanes for handle in handles]
            sent = [number for numbers in pool.map(send_all, jobs) for number in numbers]
        assert len(sent) == len(set(sent)) == 80
        assert store.count(Query(states=frozenset({State.PUBLISHED}))) == 80
        assert {delivery.attempts for delivery in store.deliveries(Query())} == {1}
        assert not store.verify()

    def test_what_one_handle_commits_the_other_reads_at_once(
        self, store: Store, another: Open
    ) -> None:
        other = another()
        for number in range(20):
            take_in(store, add(f"p{number}"))
            assert other.count(Query()) == number + 1

    def test_a_call_that_fails_among_many_fails_alone(self, store: Store) -> None:
        lanes = [f"atlas/c{number}" for number in range(40)]
        take_in(store, *(add(f"p{n}", lane) for n, lane in enumerate(lanes)))

        def attempt(row: int) -> bool:
            delivery = only(store, f"p{row}")
            try:
                store.apply(change(delivery, Move.CANCEL if row % 2 else Move.PUBLISH))
            except IllegalMoveError:
                return False
            return True

        with ThreadPoolExecutor(40) as pool:
            done = list(pool.map(attempt, range(40)))
        assert done == [bool(row % 2) for row in range(40)]
        assert store.count(Query(states=frozenset({State.CANCELLED}))) == 20
        assert store.count(Query(states=frozenset({State.PLANNED}))) == 20

    def test_changes_at_once_each_hear_of_their_own_outcome(self, store: Store) -> None:
        lanes = [f"atlas/c{number}" for number in range(16)]
        take_in(store, *(add(f"p{n}", lane) for n, lane in enumerate(lanes)))
        seen = list(store.deliveries(Query()))

        def attempt(delivery: Delivery) -> int:
            after = store.apply(change(delivery, Move.HOLD, hold=hold(), data={"of": 1}))
            assert after is None or after.key == delivery.key
            return after is not None

        with ThreadPoolExecutor(48) as pool:
            done = list(pool.map(attempt, seen * 3))
        assert sum(done) == 16  # who comes second is too late, and told so
        for delivery in seen:
            moves = [event.kind for event in store.events(delivery.number)]
            assert moves == ["add", "hold"]

    def test_text_of_any_kind_is_kept_but_for_nul(self, store: Store) -> None:
        delivery = brought_to(store, State.PLANNED)
        odd = "a\"b' \\u0000 \\ {x} %s :rows ? é \U0001f4e6 \n\x01 \0."
        reason = Hold(reason=HoldReason.APPROVAL, detail=odd)
        held = moved(store, delivery, Move.HOLD, hold=reason, data={"text": odd})
        assert held.hold is not None
        assert held.hold.detail == odd.replace("\0", "\ufffd")
        assert store.events(delivery.number)[-1].data == {"text": odd}

    def test_closing_keeps_what_was_committed_and_refuses_more(
        self, store: Store, another: Open
    ) -> None:
        delivery = brought_to(store, State.PLANNED)
        store.close()
        store.close()
        with pytest.raises(StoreError, match="closed"):
            store.apply(change(delivery, Move.CANCEL))
        with pytest.raises(StoreError, match="closed"):
            store.count(Query())
        assert only(another()) == delivery

    def test_a_daemon_is_known_by_its_last_beat_until_it_rests(
        self, store: Store, another: Open
    ) -> None:
        store.beat("a/1/1", version="1.0", at=NOON)
        self.set_clock(store, NOON + MINUTE)
        other = another()
        other.beat("b/2/2", version="1.1", at=NOON + MINUTE, files="f1")
        store.beat("a/1/1", version="1.0", at=NOON + MINUTE)
        assert [*store.daemons()] == [
            Daemon("a/1/1", "1.0", NOON, NOON + MINUTE),
            Daemon("b/2/2", "1.1", NOON + MINUTE, NOON + MINUTE, "f1"),
        ]
        store.rest("b/2/2")
        assert [daemon.name for daemon in other.daemons()] == ["a/1/1"]
        weeks = NOON + timedelta(days=8)
        self.set_clock(store, weeks)
        other.beat("b/2/2", version="1.1", at=weeks)
        assert [daemon.name for daemon in store.daemons()] == ["b/2/2"]

    def test_all_know_when_a_backup_was_dealt_with(self, store: Store, another: Open) -> None:
        assert store.info()["settled_at"] == store.info()["backup_at"] == ""
        store.forget_backup(at=NOON)
        assert int(another().info()["settled_at"]) == int(NOON.timestamp() * 1000)
        assert not store.info()["moved"]

    def test_a_sound_store_has_nothing_wrong_and_says_what_it_is(
        self, store: Store, another: Open
    ) -> None:
        brought_to(store, State.PUBLISHED)
        assert list(store.verify()) == []
        info = store.info()
        assert info["engine"]
        assert info["epoch"] == another().info()["epoch"] != ""
