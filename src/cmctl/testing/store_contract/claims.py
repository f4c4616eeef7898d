"""What the right to send promises: who gets it, when, and who never does."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cmctl.core.model import State
from cmctl.core.state import Move
from cmctl.store.base import Claim, Store
from cmctl.testing.store_contract.base import (
    LANE,
    MINUTE,
    NOON,
    Handles,
    add,
    brought_to,
    change,
    claim,
    claimed,
    hold,
    moved,
    only,
    take_in,
)

SCOPES = pytest.mark.parametrize("scope", ["", "atlas", LANE])


class Claims(Handles):
    """Claims, pauses, the lane's pace, what is due next."""

    def test_a_claim_takes_what_is_due_and_says_who_holds_it(self, store: Store) -> None:
        take_in(store, add())
        delivery = claimed(store)
        assert delivery == only(store)
        assert (delivery.state, delivery.fence, delivery.attempts) == (State.CLAIMED, 1, 0)
        assert (delivery.owner, delivery.lease_until) == ("host/1/1", NOON + MINUTE)

    def test_nothing_is_claimed_before_it_is_due(self, store: Store) -> None:
        take_in(store, add())
        assert claim(store, now=NOON - timedelta(milliseconds=1)) is None
        assert claim(store, now=NOON) is not None

    def test_the_earliest_goes_first(self, store: Store) -> None:
        take_in(store, add("late"), add("early", due=NOON - MINUTE))
        assert claimed(store).key.post == "early"

    def test_a_channel_sends_one_thing_at_a_time(self, store: Store) -> None:
        take_in(store, add("p1"), add("p2"), add("p3", "atlas/bluesky"))
        first = claimed(store)
        assert claim(store) is None
        sending = moved(store, first, Move.SEND)
        assert claim(store) is None
        assert claim(store, "atlas/bluesky") is not None
        moved(store, sending, Move.PUBLISH)
        assert claimed(store).key.post == "p2"

    @pytest.mark.parametrize(
        "state", sorted(set(State) - {State.PLANNED, State.CLAIMED, State.SENDING})
    )
    def test_only_what_is_planned_is_claimed(self, store: Store, state: State) -> None:
        brought_to(store, state)
        assert claim(store) is None

    def test_what_must_wait_is_not_claimed_before(self, store: Store) -> None:
        take_in(store, add())
        moved(store, claimed(store), Move.GIVE_BACK, not_before=NOON + MINUTE)
        assert claim(store) is None
        assert store.next_due() == NOON + MINUTE
        assert claimed(store, now=NOON + MINUTE).fence == 2

    @SCOPES
    def test_a_pause_stops_claims(self, store: Store, scope: str) -> None:
        take_in(store, add(), add("p2", "other/mastodon"))
        store.pause(scope, reason="crisis", at=NOON)
        assert claim(store) is None
        assert (claim(store, "other/mastodon") is None) == (scope == "")
        assert store.resume(scope, at=NOON)
        assert claim(store) is not None

    @SCOPES
    def test_a_pause_after_the_claim_stops_the_send(self, store: Store, scope: str) -> None:
        delivery = brought_to(store, State.CLAIMED)
        store.pause(scope, reason="crisis", at=NOON)
        assert store.apply(change(delivery, Move.SEND)) is None
        assert only(store) == delivery

    def test_a_pause_of_another_scope_stops_nothing(self, store: Store) -> None:
        take_in(store, add())
        for scope in ("other", "atlas/bluesky", "atlas2", "atl"):
            store.pause(scope, reason="not ours", at=NOON)
        assert claim(store) is not None

    def test_pauses_are_kept_with_their_reason_until_they_end(
        self, store: Store, another: Callable[[], Store]
    ) -> None:
        store.pause("atlas", reason="crisis", at=NOON)
        store.pause("atlas", reason="still", at=NOON + MINUTE)
        ((scope, reason, since),) = another().pauses()
        assert (scope, reason, since) == ("atlas", "still", NOON)
        assert not store.resume("", at=NOON)
        assert store.resume("atlas", at=NOON)
        assert not store.pauses()
        assert not store.resume("atlas", at=NOON)

    def test_the_pace_counts_from_the_send(self, store: Store) -> None:
        take_in(store, add("p1"), add("p2"))
        ready = NOON + 10 * MINUTE
        sending = moved(store, claimed(store), Move.SEND, lane_ready_at=ready)
        moved(store, sending, Move.PUBLISH)
        assert claim(store, now=ready - timedelta(milliseconds=1)) is None
        assert store.due_channels(NOON + MINUTE) == []
        assert store.next_due() == ready
        assert store.free_at(LANE) == ready
        assert claim(store, now=ready) is not None

    def test_what_the_network_asks_of_one_delivery_its_lane_waits_for(self, store: Store) -> None:
        take_in(store, add("p1"), add("p2"))
        wish = NOON + 10 * MINUTE
        sending = moved(store, claimed(store), Move.SEND, lane_ready_at=NOON + MINUTE)
        moved(store, sending, Move.UNSENT, not_before=wish, lane_ready_at=wish)
        assert claim(store, now=wish - timedelta(milliseconds=1)) is None
        again = moved(store, claimed(store, now=wish), Move.SEND)
        moved(store, again, Move.UNSENT, lane_ready_at=wish - MINUTE)
        assert store.free_at(LANE) == wish, "a shorter wait ends no longer one"

    def test_a_lane_that_never_sent_is_free(self, store: Store) -> None:
        assert store.free_at(LANE) is None
        take_in(store, add())
        assert store.free_at(LANE) is None

    def test_a_clock_that_was_set_back_silences_no_channel(self, store: Store) -> None:
        later = NOON + timedelta(hours=1)
        take_in(store, add("p1"), add("p2"), add("p3", "atlas/bluesky"))
        self.set_clock(store, later)
        assert not store.set_back(later)
        pace = {"at": later, "lane_ready_at": later + 10 * MINUTE}
        sending = moved(store, claimed(store, now=later), Move.SEND, **pace)
        moved(store, sending, Move.PUBLISH, at=later)
        mine = claimed(store, "atlas/bluesky", now=later)
        moved(store, mine, Move.GIVE_BACK, at=later, not_before=later + MINUTE)
        assert list(store.due_channels(NOON)) == []
        self.set_clock(store, NOON)
        assert store.set_back(NOON)
        assert sorted(store.due_channels(NOON)) == ["atlas/bluesky", LANE]
        again = moved(store, claimed(store), Move.SEND, lane_ready_at=NOON + 10 * MINUTE)
        moved(store, again, Move.PUBLISH)
        assert not store.set_back(NOON), "what was reckoned since counts"
        assert store.free_at(LANE) == NOON + 10 * MINUTE

    def test_a_clock_that_was_ahead_unseen_silences_nothing_for_long(self, store: Store) -> None:
        ahead = NOON + timedelta(days=365)
        take_in(store, add("p1"), add("p2", "atlas/bluesky"))
        pace = {"at": ahead, "lane_ready_at": ahead + 10 * MINUTE}
        sending = moved(store, claimed(store, now=ahead), Move.SEND, **pace)
        moved(store, sending, Move.DOUBT, at=ahead, not_before=ahead + MINUTE)
        mine = claimed(store, "atlas/bluesky", now=ahead)
        moved(store, mine, Move.GIVE_BACK, at=ahead, not_before=ahead + MINUTE)
        # Whoever saw that clock died before it asked for the time.
        assert not store.set_back(NOON)
        assert list(store.due_channels(NOON)) == ["atlas/bluesky"]
        assert store.free_at(LANE) is None
        [uncertain] = store.in_flight()
        assert uncertain.not_before is None

    def test_a_long_pace_is_no_clock_that_was_ahead(self, store: Store) -> None:
        take_in(store, add("p1"))
        week = NOON + timedelta(days=7)
        moved(store, claimed(store), Move.SEND, lane_ready_at=week)
        assert not store.set_back(NOON)
        assert store.free_at(LANE) == week

    def test_a_clock_that_was_not_set_ends_no_wait(self, store: Store) -> None:
        take_in(store, add())
        moved(store, claimed(store), Move.GIVE_BACK, not_before=NOON + MINUTE)
        assert not store.set_back(NOON)
        assert not store.set_back(NOON)
        assert claim(store) is None

    def test_one_commit_settles_a_delivery_and_claims_the_next(self, store: Store) -> None:
        take_in(store, add("p1"), add("p2", due=NOON + timedelta(seconds=1)))
        now = NOON + MINUTE
        sending = moved(store, claimed(store), Move.SEND)
        wish = Claim(LANE, now, "host/1/1", MINUTE)
        after, following = store.apply_and_claim(change(sending, Move.PUBLISH), wish)
        assert after is not None
        assert following is not None
        assert (after.key.post, after.state) == ("p1", State.PUBLISHED)
        assert (following.key.post, following.state) == ("p2", State.CLAIMED)

    def test_the_next_is_claimed_also_where_the_change_came_too_late(self, store: Store) -> None:
        take_in(store, add("p1"), add("p2", due=NOON + timedelta(seconds=1)))
        now = NOON + MINUTE
        mine = claimed(store)
        moved(store, mine, Move.GIVE_BACK, not_before=now + MINUTE)
        wish = Claim(LANE, now, "host/1/1", MINUTE)
        after, following = store.apply_and_claim(change(mine, Move.GIVE_BACK), wish)
        assert after is None
        assert following is not None
        assert following.key.post == "p2"

    def test_next_due_leaves_out_what_cannot_be_claimed(self, store: Store) -> None:
        assert store.next_due() is None
        take_in(
            store,
            add("p1"),
            add("p2", "atlas/bluesky", due=NOON + MINUTE),
            add("p3", "rest/mastodon", due=NOON + 2 * MINUTE),
        )
        assert store.next_due() == NOON
        claimed(store)
        assert store.next_due() == NOON + MINUTE
        store.pause("atlas", reason="crisis", at=NOON)
        assert store.next_due() == NOON + 2 * MINUTE
        store.pause("", reason="crisis", at=NOON)
        assert store.next_due() is None

    def test_due_channels_are_those_where_a_claim_succeeds(self, store: Store) -> None:
        take_in(
            store,
            add("p1", "atlas/late", due=NOON),
            add("p2", "atlas/early", due=NOON - MINUTE),
            add("p3", "atlas/tomorrow", due=NOON + timedelta(days=1)),
            add("p4", "paused/one"),
            add("p5", "atlas/busy"),
            add("p6", "atlas/busy"),
            add("p7", "atlas/held", hold=hold("approval")),
        )
        store.pause("paused", reason="crisis", at=NOON)
        claimed(store, "atlas/busy")
        due = list(store.due_channels(NOON))
        assert due == ["atlas/early", "atlas/late"]
        assert all(claim(store, channel) for channel in due)
