"""What changes promise: executed whole where they still hold, and told in the log for ever."""

from datetime import timedelta

import pytest

from cmctl.core.ledger import Change
from cmctl.core.model import Receipt, State
from cmctl.core.state import TABLE, IllegalMoveError, Move, after
from cmctl.store.base import Query, ReceiptTakenError, Store
from cmctl.testing.store_contract.base import (
    LANE,
    MINUTE,
    NOON,
    Handles,
    add,
    brought_to,
    change,
    claimed,
    hold,
    ledger,
    moved,
    only,
    take_in,
)

LEGAL = pytest.mark.parametrize(
    ("state", "move"), sorted(step for step in TABLE if step[1] is not Move.CLAIM)
)
ILLEGAL = pytest.mark.parametrize(
    ("state", "move"),
    [(state, move) for state in State for move in Move if (state, move) not in TABLE],
)
RECEIPT = Receipt(
    remote_id="r1", url="https://social.example/@atlas/r1", at=NOON, parts=("r1", "r2")
)


def _whole(state: State, move: Move) -> dict[str, object]:
    return {"hold": hold()} if after(state, move) is State.HELD else {}


class Moves(Handles):
    """Every move of the table, and what each leaves behind."""

    @LEGAL
    def test_every_move_of_the_table_is_made_and_logged(
        self, store: Store, state: State, move: Move
    ) -> None:
        before = brought_to(store, state)
        data = {"why": "a test", "list": [1, "é"]}
        delivery = moved(store, before, move, data=data, **_whole(state, move))
        assert delivery == only(store)
        assert delivery.state is after(state, move)
        event = store.events(before.number)[-1]
        assert (event.kind, event.before, event.after) == (move, state, delivery.state)
        assert (event.at, event.fence, event.data) == (NOON, delivery.fence, data)

    @ILLEGAL
    def test_a_move_that_the_table_lacks_is_refused(
        self, store: Store, state: State, move: Move
    ) -> None:
        before = brought_to(store, state)
        told = store.events()
        with pytest.raises(IllegalMoveError):
            store.apply(change(before, move, hold=hold()))
        assert only(store) == before
        assert store.events() == told

    @LEGAL
    def test_a_change_of_what_has_moved_on_touches_nothing(
        self, store: Store, state: State, move: Move
    ) -> None:
        before = brought_to(store, state)
        told = store.events()
        whole = _whole(state, move)
        assert store.apply(change(before, move, fence=before.fence + 1, **whole)) is None
        assert store.apply(change(before, move, number=before.number + 1, **whole)) is None
        assert only(store) == before
        assert store.events() == told

    def test_a_stale_worker_cannot_speak_of_the_next_claim(self, store: Store) -> None:
        stale = brought_to(store, State.CLAIMED)
        moved(store, stale, Move.GIVE_BACK)
        fresh = claimed(store)
        assert fresh.fence == stale.fence + 1
        assert store.apply(change(stale, Move.SEND)) is None
        assert store.apply(change(fresh, Move.SEND)) is not None

    def test_whoever_sent_before_cannot_speak_of_a_resend(self, store: Store) -> None:
        stale = brought_to(store, State.SENDING)
        uncertain = moved(store, stale, Move.DOUBT, not_before=NOON + MINUTE)
        assert (uncertain.owner, uncertain.lease_until) == ("", None)
        assert uncertain.not_before == NOON + MINUTE
        again = moved(store, uncertain, Move.RESEND)
        assert (again.owner, again.lease_until) == ("host/2/2", NOON + 2 * MINUTE)
        assert again.fence > stale.fence
        assert store.apply(change(stale, Move.UNSENT)) is None

    def test_each_send_counts_and_the_first_time_stays(self, store: Store) -> None:
        sending = brought_to(store, State.SENDING)
        assert (sending.attempts, sending.sent_at) == (1, NOON)
        uncertain = moved(store, sending, Move.DOUBT)
        again = moved(store, uncertain, Move.RESEND, at=NOON + MINUTE)
        assert (again.attempts, again.sent_at) == (2, NOON)

    def test_a_send_can_take_a_longer_lease(self, store: Store) -> None:
        delivery = brought_to(store, State.CLAIMED)
        sending = moved(store, delivery, Move.SEND, lease=5 * MINUTE)
        assert sending.lease_until == NOON + 5 * MINUTE

    def test_a_claim_lasts_longer_until_it_has_ended(self, store: Store) -> None:
        delivery = brought_to(store, State.CLAIMED)
        kept = moved(store, delivery, Move.KEEP, lease=5 * MINUTE)
        assert (kept.state, kept.lease_until) == (State.CLAIMED, NOON + 5 * MINUTE)
        assert kept.fence == delivery.fence
        self.set_clock(store, NOON + 5 * MINUTE)
        assert store.apply(change(kept, Move.KEEP, at=NOON + 5 * MINUTE)) is None

    @pytest.mark.parametrize("late", [MINUTE, 2 * MINUTE])
    def test_no_send_once_the_lease_is_over(self, store: Store, late: timedelta) -> None:
        delivery = brought_to(store, State.CLAIMED)
        self.set_clock(store, NOON + late)
        assert store.clock(NOON + late) == NOON + late
        assert store.apply(change(delivery, Move.SEND, at=NOON + late)) is None
        assert only(store) == delivery

    def test_no_resend_without_time_left_under_a_pause_or_beside_another(
        self, store: Store
    ) -> None:
        uncertain = brought_to(store, State.UNCERTAIN)
        assert store.apply(change(uncertain, Move.RESEND, lease=timedelta())) is None
        store.pause("atlas", reason="crisis", at=NOON)
        assert store.apply(change(uncertain, Move.RESEND)) is None
        store.resume("atlas", at=NOON)
        take_in(store, add("p2"))
        claimed(store)
        assert store.apply(change(uncertain, Move.RESEND)) is None
        assert only(store) == uncertain

    def test_a_publication_keeps_its_receipt(self, store: Store) -> None:
        delivery = moved(store, brought_to(store, State.SENDING), Move.PUBLISH, receipt=RECEIPT)
        assert delivery.receipt == RECEIPT
        assert (delivery.owner, delivery.lease_until) == ("", None)
        assert ledger(store)[delivery.key].published_at == NOON

    def test_a_receipt_without_a_time_is_of_when_it_was_written(self, store: Store) -> None:
        sending = brought_to(store, State.SENDING)
        published = moved(store, sending, Move.PUBLISH, receipt=Receipt(remote_id="r1"))
        assert published.receipt is not None
        assert published.receipt.at == NOON

    def test_one_status_proves_one_delivery(self, store: Store) -> None:
        first = brought_to(store, State.SENDING)
        moved(store, first, Move.PUBLISH, receipt=RECEIPT)
        second = brought_to(store, State.UNCERTAIN, "p2")
        with pytest.raises(ReceiptTakenError, match=f"r2.*{first.number}"):
            store.apply(change(second, Move.PUBLISH, receipt=Receipt(remote_id="r2")))
        assert only(store, "p2") == second
        third = brought_to(store, State.SENDING, "p3", "atlas/bluesky")
        moved(store, third, Move.PUBLISH, receipt=RECEIPT)

    def test_a_change_without_what_its_move_needs_is_refused(self, store: Store) -> None:
        sending = brought_to(store, State.SENDING)
        with pytest.raises(ValueError, match="receipt"):
            store.apply(change(sending, Move.PUBLISH, receipt=None))
        take_in(store, add("p2"))
        with pytest.raises(ValueError, match="reason"):
            store.apply(change(only(store, "p2"), Move.HOLD))
        with pytest.raises(ValueError, match="claim"):
            store.apply(change(only(store, "p2"), Move.CLAIM))

    def test_a_hold_says_why_until_it_ends(self, store: Store) -> None:
        held = brought_to(store, State.HELD)
        blind = moved(store, held, Move.HOLD, hold=hold("blind"))
        assert blind.hold == hold("blind")
        wait = NOON + MINUTE
        released = moved(
            store, blind, Move.RELEASE, override="blind: he is on the phone", not_before=wait
        )
        assert released.hold is None
        assert (released.override, released.not_before) == ("blind: he is on the phone", wait)

    def test_in_flight_is_what_nobody_may_forget(self, store: Store) -> None:
        for number, state in enumerate(sorted(State)):
            brought_to(store, state, f"p{number}", f"atlas/c{number}")
        open_states = {delivery.state for delivery in store.in_flight()}
        assert open_states == {State.CLAIMED, State.SENDING, State.UNCERTAIN}

    def test_in_flight_begins_with_the_oldest(self, store: Store) -> None:
        take_in(store, add("p1", due=NOON), add("p2", "atlas/bluesky", due=NOON - MINUTE))
        claimed(store)
        claimed(store, "atlas/bluesky")
        assert [delivery.key.post for delivery in store.in_flight()] == ["p2", "p1"]

    def test_the_log_tells_the_whole_story(self, store: Store) -> None:
        published = brought_to(store, State.PUBLISHED)
        brought_to(store, State.HELD, "p2")
        assert [event.kind for event in store.events(published.number)] == [
            "add",
            "claim",
            "send",
            "publish",
        ]
        everything = store.events()
        assert [event.id for event in everything] == sorted(event.id for event in everything)
        assert store.events(limit=2) == everything[-2:]
        assert store.events(published.number, limit=1) == [store.events(published.number)[-1]]

    def test_pauses_stand_in_the_log_too(self, store: Store) -> None:
        store.pause("atlas", reason="crisis", at=NOON)
        store.resume("atlas", at=NOON + MINUTE)
        first, last = store.events()
        assert (first.kind, first.number) == ("pause", 0)
        assert first.data == {"scope": "atlas", "reason": "crisis"}
        assert (last.kind, last.at) == ("resume", NOON + MINUTE)

    def test_instants_are_kept_to_the_millisecond(self, store: Store) -> None:
        take_in(store, add(due=NOON + timedelta(microseconds=1999)))
        assert only(store).due == NOON + timedelta(milliseconds=1)
        (row,) = store.listing(Query(channel=LANE))
        assert row.due_ms == int(NOON.timestamp() * 1000) + 1

    def test_a_change_with_the_wrong_state_touches_nothing(self, store: Store) -> None:
        held = brought_to(store, State.HELD)
        stale = Change(
            number=held.number, state=State.PLANNED, fence=held.fence, move=Move.CANCEL, at=NOON
        )
        assert store.apply(stale) is None
        assert only(store) == held
