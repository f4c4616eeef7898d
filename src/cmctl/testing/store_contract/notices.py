"""What the outbox promises: told once it is certain, and again until somebody took it."""

from datetime import datetime

from cmctl.core.ledger import Notice
from cmctl.core.model import State
from cmctl.core.state import Move
from cmctl.store.base import Posted, Store
from cmctl.testing.store_contract.base import (
    LANE,
    MINUTE,
    NOON,
    Handles,
    brought_to,
    change,
    hold,
    moved,
)


def _held(store: Store, post: str = "p1") -> Notice:
    delivery = brought_to(store, State.PLANNED, post)
    notice = Notice("held", LANE, delivery.number, f"{post} is held")
    moved(store, delivery, Move.HOLD, hold=hold(), notice=notice)
    return notice


class Notices(Handles):
    """Notices, committed with what they tell of."""

    def test_a_notice_waits_from_the_commit_on(self, store: Store) -> None:
        notice = _held(store)
        (posted,) = store.outbox(now=NOON, limit=10)
        assert posted == Posted(posted.id, notice, NOON, 0)

    def test_a_change_that_does_not_hold_tells_nobody(self, store: Store) -> None:
        delivery = brought_to(store, State.PLANNED)
        notice = Notice("held", LANE, delivery.number, "never so")
        stale = change(delivery, Move.HOLD, hold=hold(), notice=notice, fence=7)
        assert store.apply(stale) is None
        assert store.outbox(now=NOON, limit=10) == []

    def test_what_is_told_once_is_told_once_for_ever(self, store: Store) -> None:
        notice = Notice("token", LANE, 0, "it ends")
        assert store.tell_once("it ends on Monday", at=NOON, notice=notice)
        assert not store.tell_once("it ends on Monday", at=NOON + MINUTE, notice=notice)
        assert store.tell_once("it ends on Tuesday", at=NOON, notice=notice)
        store.delivered([posted.id for posted in store.outbox(now=NOON, limit=10)[:1]])
        assert [posted.notice for posted in store.outbox(now=NOON, limit=10)] == [notice]
        assert [event.kind for event in store.events()] == ["token", "token"]

    def test_a_right_is_had_by_one_until_it_ends(self, store: Store) -> None:
        def take(owner: str, at: datetime = NOON, **more: str) -> str:
            return store.lease("to renew", owner=owner, at=at, life=MINUTE, **more)

        assert take("a") == "a"
        assert take("b") == "a"
        assert take("a") == "a"
        assert store.lease("another", owner="b", at=NOON, life=MINUTE) == "b"
        assert take("b", instead_of="a") == "b"
        store.end_lease("to renew", owner="a")  # not its own any more
        assert take("a") == "b"
        store.end_lease("to renew", owner="b")
        assert take("a") == "a"

    def test_notices_go_in_order_and_as_many_as_asked(self, store: Store) -> None:
        first, second = _held(store), _held(store, "p2")
        assert [posted.notice for posted in store.outbox(now=NOON, limit=10)] == [first, second]
        assert [posted.notice for posted in store.outbox(now=NOON, limit=1)] == [first]

    def test_a_delivered_notice_is_gone_and_a_postponed_one_comes_again(self, store: Store) -> None:
        _held(store)
        second = _held(store, "p2")
        one, two = store.outbox(now=NOON, limit=10)
        store.delivered([one.id])
        store.postpone(two.id, until=NOON + MINUTE)
        assert store.outbox(now=NOON, limit=10) == []
        assert store.outbox(now=NOON + MINUTE, limit=10) == [Posted(two.id, second, NOON, 1)]
        store.delivered([])
