"""The guard at work: the owner's own post holds the CM's version, and a person settles it."""

from zoneinfo import ZoneInfo

import pytest

from cmctl.app.guard.evidence import evidence
from cmctl.app.guard.resolve import Keep, Word, case_of, resolve
from cmctl.app.publishing.decide import cancel, confirm, hold, release, retry
from cmctl.app.publishing.points import Point
from cmctl.app.publishing.preview import preview
from cmctl.app.publishing.recover import recover
from cmctl.app.run import publish_due
from cmctl.core.errors import CmctlError
from cmctl.core.model import HoldReason, State
from cmctl.testing.sandbox import FaultKind

from .desk import Desk

NEWS = "🚚 Notre nouvel entrepôt ouvre à Rennes le 1er décembre ! 12 000 m² et 45 emplois."
HIS = "Notre nouvel entrepot ouvre a Rennes le 1er décembre, 12 000 m2 et 45 emplois !!"


def morning(desk: Desk) -> str:
    """The CM planned the news; the owner types it by hand; return the id of his post."""
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 90})
    desk.turn()
    his = desk.network.post_by_hand("x", HIS)
    desk.clock.forward(minutes=1)
    return his


def test_the_owners_own_post_holds_the_planned_one_long_before_its_slot(desk: Desk) -> None:
    his = morning(desk)
    desk.turn()
    delivery = desk.only()
    assert delivery.state is State.HELD
    assert delivery.hold is not None
    assert delivery.hold.reason is HoldReason.DUPLICATE
    with desk.context() as ctx:
        found = evidence(ctx, delivery.number)
        assert found is not None
        assert (found.seen.ref, found.seen.text) == (his, HIS)
        assert found.reasons
        kinds = [posted.notice.kind for posted in ctx.store.outbox(now=desk.clock.at, limit=9)]
        assert kinds == ["held"]


def test_the_timeline_is_read_once_more_between_claim_and_send(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.turn_and_die(Point.AFTER_CLAIM)  # planned and claimed; nobody has read the timeline yet
    desk.network.post_by_hand("x", HIS)
    with desk.context() as ctx:
        recover(ctx)
        publish_due(ctx, lambda _: None)
    assert desk.only().state is State.HELD
    assert set(desk.copies()) == {HIS}


def test_other_news_of_the_same_owner_holds_nothing(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.network.post_by_hand("x", "Fermé demain, on fait l'inventaire. Bonne soirée à tous")
    desk.turn()
    assert desk.only().state is State.PUBLISHED


def test_of_two_planned_texts_with_the_same_news_the_later_one_waits(desk: Desk) -> None:
    desk.write(
        {"id": "first", "text": NEWS, "channels": ["x"], "in": 30},
        {"id": "second", "text": HIS, "channels": ["x"], "in": 60},
    )
    desk.turn()
    states = {one.key.post: one.state for one in desk.deliveries()}
    assert states == {"first": State.PLANNED, "second": State.HELD}


def test_the_same_news_on_two_channels_is_no_duplicate(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x", "y"], "in": 0})
    desk.turn()
    assert {one.state for one in desk.deliveries()} == {State.PUBLISHED}


def test_a_recurring_post_does_not_hold_itself(desk: Desk) -> None:
    at = desk.clock.at.astimezone(ZoneInfo("Europe/Paris"))
    desk.write({"id": "menu", "text": NEWS, "channels": ["x"], "every": f"daily {at:%H:%M}"})
    for _ in range(3):
        desk.clock.forward(days=1)
        desk.turn()
    published = [one for one in desk.deliveries() if one.state is State.PUBLISHED]
    assert len(published) >= 2
    assert not [one for one in desk.deliveries() if one.state is State.HELD]


def test_guard_off_lets_a_post_pass(desk: Desk) -> None:
    desk.network.post_by_hand("x", HIS)
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0, "guard": False})
    desk.turn()
    assert desk.only().state is State.PUBLISHED


def test_a_blind_guard_holds_and_says_so(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.fault(FaultKind.ERROR, on="read", count=0)
    desk.turn()
    delivery = desk.only()
    assert delivery.hold is not None
    assert delivery.hold.reason is HoldReason.BLIND
    assert not desk.copies()


def test_a_client_may_choose_to_publish_blind(tmp_path) -> None:
    desk = Desk(tmp_path, extra="guard: {on_blind: publish}")
    try:
        desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
        desk.fault(FaultKind.ERROR, on="read", count=0)
        desk.turn()
        assert desk.only().state is State.PUBLISHED
    finally:
        desk.close()


def test_where_the_policy_warns_the_post_goes_out_and_a_person_is_told_once(tmp_path) -> None:
    desk = Desk(tmp_path, extra="guard: {on_block: warn, on_flag: warn}")
    try:
        morning(desk)
        desk.turn()
        desk.turn()
        desk.clock.forward(minutes=90)
        desk.turn()
        assert desk.only().state is State.PUBLISHED
        with desk.context() as ctx:
            kinds = [one.notice.kind for one in ctx.store.outbox(now=desk.clock.at, limit=9)]
        assert kinds == ["flagged", "published"]
    finally:
        desk.close()


# Settling.


def test_keeping_theirs_cancels_ours_for_good(desk: Desk) -> None:
    morning(desk)
    desk.turn()
    with desk.context() as ctx:
        resolve(ctx, case_of(ctx, desk.only()), Word(Keep.THEIRS, ""))
    desk.clock.forward(hours=2)
    desk.turn()
    assert desk.only().state is State.CANCELLED
    assert set(desk.copies()) == {HIS}


def test_keeping_ours_deletes_theirs_with_proof_and_publishes(desk: Desk) -> None:
    his = morning(desk)
    desk.turn()
    with desk.context() as ctx:
        resolve(ctx, case_of(ctx, desk.only()), Word(Keep.OURS, ""))
        channel = ctx.channels.open("a/x")
        assert not channel.exists(his)  # type: ignore[attr-defined]
        assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {HIS: 1, NEWS: 1}


def test_keeping_both_needs_a_reason_which_stays_on_record(desk: Desk) -> None:
    morning(desk)
    desk.turn()
    with desk.context() as ctx:
        with pytest.raises(CmctlError, match="held, duplicate"):
            resolve(ctx, case_of(ctx, desk.only()), Word(Keep.BOTH, ""))
        resolve(ctx, case_of(ctx, desk.only()), Word(Keep.BOTH, "l'annonce officielle"))
    desk.clock.forward(minutes=90)
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    with desk.context() as ctx:
        (word,) = ctx.store.rulings("a")
        assert (word.keep, word.reason, word.same) == ("both", "l'annonce officielle", None)
        assert (word.ours, word.theirs) == (NEWS, HIS)


def test_an_edited_text_is_judged_again(desk: Desk) -> None:
    morning(desk)
    desk.turn()
    other = "Portes ouvertes samedi : visitez nos camions électriques !"
    desk.write({"id": "rennes", "text": other, "channels": ["x"], "in": 60})
    desk.turn()
    assert desk.only().state is State.PLANNED


def test_a_hold_by_hand_stands_until_it_is_released_whatever_the_files_say(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 1})
    desk.turn()
    with desk.context() as ctx:
        hold(ctx, desk.only(), "le maire veut relire")
    desk.write({"id": "rennes", "text": NEWS + " 🎉", "channels": ["x"], "in": 1})
    desk.clock.forward(minutes=2)
    desk.turn()
    assert desk.only().state is State.HELD
    with desk.context() as ctx:
        release(ctx, desk.only(), "")
    desk.turn()
    assert desk.only().state is State.PUBLISHED


# What nobody knows.


def uncertain(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.turn_and_die(Point.AFTER_INTENT)
    desk.clock.forward(hours=3)
    desk.settle()
    delivery = desk.only()
    assert delivery.hold is not None
    assert delivery.hold.reason is HoldReason.UNCERTAIN


def test_an_uncertain_delivery_cannot_simply_be_released(desk: Desk) -> None:
    uncertain(desk)
    with desk.context() as ctx, pytest.raises(CmctlError, match="could double it"):
        release(ctx, desk.only(), "je suis sûr")


def test_an_uncertain_delivery_cannot_be_held_by_hand_to_be_released_after_all(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.turn_and_die(Point.AFTER_INTENT)
    desk.turn()
    with desk.context() as ctx:
        assert desk.only().state is State.UNCERTAIN
        with pytest.raises(CmctlError, match="cannot be held"):
            hold(ctx, desk.only(), "")
    desk.clock.forward(hours=3)
    desk.settle()
    with desk.context() as ctx, pytest.raises(CmctlError, match="cannot be held"):
        hold(ctx, desk.only(), "")


def test_a_dry_run_lets_pass_what_a_person_let_pass(desk: Desk) -> None:
    morning(desk)
    desk.turn()
    with desk.context() as ctx:
        release(ctx, desk.only(), "l'annonce officielle")
    desk.clock.forward(minutes=89)
    desk.fault(FaultKind.ERROR, on="read", count=0)
    with desk.context() as ctx:
        (foreseen,) = preview(ctx, desk.clock.now()).deliveries
        assert foreseen.hold is None
    desk.turn()
    assert desk.only().state is State.PUBLISHED


def test_a_person_who_looked_can_have_it_sent_again(desk: Desk) -> None:
    uncertain(desk)
    with desk.context() as ctx:
        retry(ctx, desk.only())
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {NEWS: 1}


def test_a_person_can_confirm_what_the_network_knows_and_nothing_else(desk: Desk) -> None:
    uncertain(desk)
    mine = desk.network.post_by_hand("x", "posted by a colleague")
    with desk.context() as ctx:
        with pytest.raises(CmctlError, match="has no post 999"):
            confirm(ctx, desk.only(), "999")
        confirm(ctx, desk.only(), mine)
    assert desk.only().state is State.PUBLISHED


def test_a_cancelled_delivery_can_be_brought_back(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 1})
    desk.turn()
    with desk.context() as ctx:
        cancel(ctx, desk.only(), "")
    desk.clock.forward(minutes=2)
    desk.turn()
    assert desk.only().state is State.CANCELLED
    with desk.context() as ctx:
        release(ctx, desk.only(), "")
    desk.turn()
    assert desk.only().state is State.PUBLISHED
