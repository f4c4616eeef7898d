from datetime import timedelta

from cmctl.core.lateness import too_late
from cmctl.core.model import Content, Delivery, Hold, HoldReason, Key, State

GRACE = timedelta(hours=2)


def _delivery(make, **values):
    defaults = {
        "number": 12,
        "key": Key("rennes", "", "atlas/mastodon"),
        "network": "mastodon",
        "due": make.utc("2026-11-24 10:15"),
        "content": Content(text="Rennes"),
        "digest": "",
        "state": State.CLAIMED,
    }
    return Delivery(**{**defaults, **values})


def test_a_delivery_goes_out_late_within_its_grace(make):
    assert too_late(_delivery(make), make.utc("2026-11-24 12:15"), GRACE) is None


def test_a_delivery_later_than_its_grace_is_missed(make):
    hold = too_late(_delivery(make), make.at("2026-11-24 13:27"), GRACE)
    assert hold == Hold(reason=HoldReason.MISSED, detail="it is 3 h 12 late, and the grace is 2 h")


def test_a_person_may_let_a_missed_delivery_go_out(make):
    late = make.at("2026-11-25 10:15")
    assert too_late(_delivery(make, override="missed: better late"), late, GRACE) is None
    assert too_late(_delivery(make, override="duplicate: both"), late, GRACE) is not None


def test_an_expired_delivery_never_goes_out(make):
    expiring = _delivery(make, expires=make.utc("2026-11-24 11:00"), override="missed: go")
    assert too_late(expiring, make.utc("2026-11-24 11:00"), GRACE) is None
    hold = too_late(expiring, make.utc("2026-11-24 11:05"), GRACE)
    assert hold is not None
    assert hold.reason is HoldReason.MISSED
    assert hold.detail.startswith("it expired 5 min ago")


def test_the_hour_that_the_clock_repeats_counts_for_lateness(make):
    before = _delivery(make, due=make.at("2026-10-25 01:30"))
    assert too_late(before, make.at("2026-10-25 03:15"), GRACE) is not None
