"""What a person decided: kept for ever, committed with what it moves; and what is taken down."""

from datetime import timedelta
from typing import Any

from cmctl.core.ledger import Notice, Removal, Ruling
from cmctl.core.model import State, Status
from cmctl.core.state import Move
from cmctl.store.base import Store
from cmctl.testing.store_contract.base import (
    LANE,
    MINUTE,
    NOON,
    Handles,
    brought_to,
    change,
    claimed,
    moved,
    only,
)


def _ruling(number: int, **what: Any) -> Ruling:
    one = Ruling(NOON, LANE, number, "timeline", "r9", "both", "both", None, 0.9, "ours", "theirs")
    return one._replace(**what)


def _removal(number: int, **what: Any) -> Removal:
    one = Removal(LANE, "r9", ("r9", "r10"), number, after=number, loser=0, due=NOON)
    return one._replace(**what)


def _told(number: int) -> Notice:
    return Notice("removed", LANE, number, "it is gone")


class Rulings(Handles):
    """A person's word about two texts, and the removals that it asks for."""

    def test_a_ruling_is_committed_with_the_move_that_it_is_behind(self, store: Store) -> None:
        held = brought_to(store, State.HELD)
        ruling, removal = _ruling(held.number, same=True), _removal(held.number)
        early = NOON - timedelta(hours=1)
        what = {"ruling": ruling, "removal": removal, "due": early}
        after = moved(store, held, Move.RELEASE, **what)
        assert after.due == early
        assert store.rulings_about("ours") == [ruling]
        assert store.removals() == [removal]
        assert claimed(store, now=early).number == held.number

    def test_a_move_that_does_not_hold_rules_nothing(self, store: Store) -> None:
        held = brought_to(store, State.HELD)
        what = {"ruling": _ruling(held.number), "removal": _removal(held.number), "fence": 7}
        assert store.apply(change(held, Move.RELEASE, **what)) is None
        assert (store.rulings(), store.removals()) == ([], [])

    def test_rulings_are_found_by_client_and_from_both_sides(self, store: Store) -> None:
        one = brought_to(store, State.PUBLISHED, "p1")
        two = brought_to(store, State.PUBLISHED, "p2")
        store.rule(_ruling(one.number))
        what = {"source": "delivery", "ref": str(one.number), "theirs": "ours", "ours": "elsewhere"}
        between = _ruling(two.number, same=False, **what)
        store.rule(between)
        assert store.rulings_about("ours") == [_ruling(one.number), between]
        assert store.rulings_about("elsewhere") == [between]
        assert store.rulings_about("something else") == store.rulings_about("") == []
        around = store.around(LANE, since=NOON, until=NOON, text="ours")
        assert around.rulings == [_ruling(one.number), between]
        assert store.around(LANE, since=NOON, until=NOON, text="elsewhere").rulings == [between]
        assert store.around(LANE, since=NOON, until=NOON).rulings == []
        assert store.rulings("atlas") == store.rulings() == [_ruling(one.number), between]
        assert store.rulings("atla") == store.rulings("atla_") == []
        assert store.events(two.number)[-1].kind == "rule"
        assert store.verify() == []

    def test_what_is_gone_is_no_text_of_the_account_any_more(self, store: Store) -> None:
        status = Status(channel=LANE, remote_id="r9", at=NOON, text="theirs")
        store.observe(LANE, [status], since=NOON, at=NOON)
        number = brought_to(store, State.PUBLISHED).number
        store.rule(_ruling(number), _removal(number, after=0, loser=number))
        (removal,) = store.removals()
        assert store.end_removal(removal, gone=True, why="", at=NOON, notice=_told(number))
        assert not store.end_removal(removal, gone=True, why="", at=NOON, notice=_told(number))
        assert store.removals() == []
        assert store.seen(LANE, since=NOON - MINUTE, until=NOON + MINUTE) == []
        after = only(store)
        assert (after.state, after.deleted_at) == (State.PUBLISHED, NOON)
        told = [posted.notice for posted in store.outbox(now=NOON, limit=9)]
        assert told == [_told(number)]
        assert store.events(number)[-1].kind == "removed"
        assert store.verify() == []

    def test_what_is_given_up_still_stands(self, store: Store) -> None:
        number = brought_to(store, State.PUBLISHED).number
        store.rule(_ruling(number), _removal(number, loser=number))
        (removal,) = store.removals()
        assert store.end_removal(removal, gone=False, why="no", at=NOON, notice=_told(number))
        assert only(store).deleted_at is None
        assert len(store.seen(LANE, since=NOON - MINUTE, until=NOON + MINUTE)) == 1

    def test_a_removal_that_did_not_do_waits_with_its_problem(self, store: Store) -> None:
        number = brought_to(store, State.PUBLISHED).number
        store.rule(_ruling(number), _removal(number))
        failed = _removal(number, problem="it cannot be reached")
        store.put_off_removal(failed, until=NOON + MINUTE, at=NOON, notice=_told(number))
        store.put_off_removal(failed, until=NOON + 2 * MINUTE, at=NOON, notice=None)
        assert store.removals() == [failed._replace(due=NOON + 2 * MINUTE, tries=2)]
        assert len(store.outbox(now=NOON, limit=9)) == 1
        assert store.events(number)[-1].data["why"] == "it cannot be reached"
