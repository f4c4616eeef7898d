from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.content import digest
from cmctl.core.model import (
    Content,
    Every,
    Hold,
    HoldReason,
    Key,
    NextSlot,
    Problem,
    Severity,
    State,
    Variant,
)
from cmctl.core.plan import plan

NOON = Every(rule="FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0")
EVENING = Every(rule="FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0")
MORNINGS = [(day, 9, 0) for day in range(5)]
WEEK = timedelta(days=7)
KEY = Key("rennes", "", "atlas/mastodon")
DRAFT = Hold(reason=HoldReason.APPROVAL, detail="a draft", from_files=True)


def _dues(plan, make):
    return {
        (*planned.key[:2], planned.key.channel.partition("/")[2]): planned.due.astimezone(
            make.paris
        ).isoformat()[:16]
        for planned in plan.planned
    }


def _codes(plan):
    return [(problem.code, problem.post, problem.channel) for problem in plan.problems]


# --- posts with a time of their own ---


def test_a_post_is_due_at_its_time_on_each_channel_and_a_variant_has_its_own(make):
    variants = {
        "bluesky": Variant(text="Court", at=make.at("2026-11-24 11:00")),
        "bluesky2": Variant(text="Le deuxième"),
    }
    post = make.post(
        "rennes",
        "2026-11-24 10:15",
        channels=("mastodon", "bluesky", "bluesky2"),
        variants=variants,
    )
    made = plan(
        [post], make.client("mastodon", "bluesky", "bluesky2"), {}, make.at("2026-11-23 08:00")
    )
    assert _dues(made, make) == {
        ("rennes", "", "mastodon"): "2026-11-24T10:15",
        ("rennes", "", "bluesky"): "2026-11-24T11:00",
        ("rennes", "", "bluesky2"): "2026-11-24T11:00",
    }
    texts = {planned.key.channel: planned.content.text for planned in made.planned}
    assert texts == {
        "atlas/mastodon": "Texte de rennes",
        "atlas/bluesky": "Court",
        "atlas/bluesky2": "Le deuxième",
    }


def test_a_channel_that_is_not_configured_or_named_twice_makes_no_second_delivery(make):
    post = make.post("rennes", "2026-11-24 10:15", channels=("mastodon", "nowhere", "mastodon"))
    made = plan([post], make.client(), {}, make.at("2026-11-23 08:00"))
    assert [planned.key for planned in made.planned] == [KEY]


def test_a_post_of_another_client_is_never_planned_here(make):
    post = make.post("rennes", "2026-11-24 10:15")
    client = make.client()
    with pytest.raises(ValueError, match="is of atlas"):
        plan([post], type(client)(**{**_fields(client), "key": "odile"}), {}, make.at("2026-11-23"))


def _fields(client):
    return {name: getattr(client, name) for name in client.__dataclass_fields__}


def test_a_new_post_whose_time_is_past_is_planned_and_said(make):
    post = make.post("rennes", "2026-11-20 10:15")
    now = make.at("2026-11-23 08:00")
    made = plan([post], make.client(), {}, now)
    assert [planned.key for planned in made.planned] == [KEY]
    assert _codes(made) == [("past", "rennes", "atlas/mastodon")]
    known = {KEY: make.fact(make.at("2026-11-20 10:15"), State.PUBLISHED)}
    assert plan([post], make.client(), known, now).problems == []


def test_a_draft_waits_for_approval_and_one_without_a_time_is_only_listed(make):
    dated = make.post("dated", "2026-11-24 10:15", draft=True)
    idea = make.post("idea", None, draft=True)
    made = plan([dated, idea], make.client(), {}, make.at("2026-11-23 08:00"))
    assert [(planned.key.post, planned.hold) for planned in made.planned] == [("dated", DRAFT)]
    assert made.unscheduled == [idea]


def test_an_error_holds_a_post_on_the_channels_it_is_about(make):
    post = make.post("rennes", "2026-11-24 10:15", channels=("mastodon", "bluesky"))
    faults = [
        Problem(code="too-long", message="312 of 300 graphemes", channel="atlas/bluesky"),
        Problem(code="odd", message="only odd", severity=Severity.WARNING),
    ]
    made = plan(
        [post],
        make.client("mastodon", "bluesky"),
        {},
        make.at("2026-11-23 08:00"),
        faults={"rennes": faults},
    )
    holds = {planned.key.channel: planned.hold for planned in made.planned}
    assert holds == {
        "atlas/mastodon": None,
        "atlas/bluesky": Hold(
            reason=HoldReason.INVALID, detail="312 of 300 graphemes", from_files=True
        ),
    }


def test_a_cancelled_delivery_is_not_planned_and_that_is_said(make):
    post = make.post("rennes", "2026-11-24 10:15")
    known = {KEY: make.fact(make.at("2026-11-24 10:15"), State.CANCELLED, number=7)}
    made = plan([post], make.client(), known, make.at("2026-11-23 08:00"))
    assert made.planned == []
    assert _codes(made) == [("cancelled", "rennes", "atlas/mastodon")]
    assert "cmctl queue release 7" in made.problems[0].fix


def test_one_time_of_many_that_a_person_cancelled_is_no_problem(make):
    post = make.post("market", NOON)
    key = Key("market", "2026-11-24", "atlas/mastodon")
    known = {key: make.fact(make.at("2026-11-24 12:00"), State.CANCELLED, number=7)}
    made = plan([post], make.client(), known, make.at("2026-11-23 08:00"))
    assert "2026-11-25" in {planned.key.occurrence for planned in made.planned}
    assert key not in {planned.key for planned in made.planned}
    assert made.problems == []


def test_deliveries_closer_than_the_pace_are_said(make):
    client = make.client(pace=timedelta(minutes=10))
    posts = [
        make.post("one", "2026-11-24 10:00", 1),
        make.post("two", "2026-11-24 10:09", 2),
        make.post("three", "2026-11-24 10:19", 3),
    ]
    made = plan(posts, client, {}, make.at("2026-11-23 08:00"))
    assert _codes(made) == [("closer-than-pace", "two", "atlas/mastodon")]
    assert "9 min after one" in made.problems[0].message


# --- recurring posts ---


def test_a_recurring_post_is_planned_up_to_the_horizon_and_its_last_day(make):
    every = Every(rule=NOON.rule, until=make.at("2026-11-26 23:59"))
    made = plan([make.post("menu", every)], make.client(), {}, make.at("2026-11-24 12:00"))
    assert _dues(made, make) == {
        ("menu", "2026-11-25", "mastodon"): "2026-11-25T12:00",
        ("menu", "2026-11-26", "mastodon"): "2026-11-26T12:00",
    }
    open_end = plan([make.post("menu", NOON)], make.client(), {}, make.at("2026-11-24 13:00"))
    assert len(open_end.planned) == 35


def test_a_changed_hour_does_not_publish_the_day_again(make):
    noon = make.at("2026-11-24 12:00")
    today = Key("menu", "2026-11-24", "atlas/mastodon")
    known = {today: make.fact(noon, State.PUBLISHED)}
    made = plan([make.post("menu", EVENING)], make.client(), known, noon + timedelta(hours=1))
    assert made.planned[0].key == today


def test_a_late_occurrence_stays_and_one_far_ahead_too(make):
    now = make.at("2026-11-24 13:00")
    late, far = make.at("2026-11-24 12:00"), make.at("2027-03-01 12:00")
    known = {
        Key("menu", "2026-11-24", "atlas/mastodon"): make.fact(late),
        Key("menu", "2026-11-23", "atlas/mastodon"): make.fact(late - WEEK, State.PUBLISHED),
        Key("menu", "2027-03-01", "atlas/mastodon"): make.fact(far),
    }
    made = plan([make.post("menu", NOON)], make.client(), known, now, timedelta(days=2))
    assert [planned.key.occurrence for planned in made.planned] == [
        "2026-11-24",
        "2026-11-25",
        "2026-11-26",
        "2027-03-01",
    ]


def test_a_rule_that_cannot_be_followed_is_a_problem_and_not_a_crash(make):
    made = plan(
        [make.post("menu", Every(rule="FREQ=SECONDLY"))],
        make.client(),
        {},
        make.at("2026-11-24 13:00"),
    )
    assert (made.planned, _codes(made)) == ([], [("bad-rule", "menu", "")])


def test_a_rule_that_recurs_without_measure_is_cut_and_said(make):
    every = ",".join(map(str, range(60)))
    rule = f"FREQ=DAILY;BYHOUR=12;BYMINUTE={every};BYSECOND={every}"
    made = plan([make.post("menu", Every(rule=rule))], make.client(), {}, make.at("2026-11-24"))
    assert len(made.planned) == 1000
    assert _codes(made)[0] == ("too-many-occurrences", "menu", "")


# --- slots ---


def _slot_posts(make, *names, **values):
    return [make.post(name, NextSlot(), line, **values) for line, name in enumerate(names, 1)]


def test_slots_are_filled_in_the_order_of_the_files_on_each_channel(make):
    posts = _slot_posts(make, "a", "b")
    posts.append(make.post("c", NextSlot(), 3, channels=("bluesky",)))
    client = make.client("mastodon", "bluesky", slots=MORNINGS)
    assert _dues(plan(reversed(posts), client, {}, make.at("2026-11-27 08:00")), make) == {
        ("a", "", "mastodon"): "2026-11-27T09:00",
        ("b", "", "mastodon"): "2026-11-30T09:00",
        ("c", "", "bluesky"): "2026-11-27T09:00",
    }


def test_a_slot_at_which_something_else_goes_out_is_left_to_it(make):
    posts = [*_slot_posts(make, "a"), make.post("x", "2026-11-27 09:00", 9)]
    held = make.fact(make.at("2026-11-30 09:00"), State.SENDING)
    known = {Key("gone", "", "atlas/mastodon"): held}
    made = plan(posts, make.client(slots=MORNINGS), known, make.at("2026-11-27 08:00"))
    assert _dues(made, make)["a", "", "mastodon"] == "2026-12-01T09:00"


def test_a_slot_is_free_again_when_its_delivery_is_cancelled(make):
    first = Key("a", "", "atlas/mastodon")
    known = {first: make.fact(make.at("2026-11-27 09:00"), State.CANCELLED)}
    client = make.client(slots=MORNINGS)
    made = plan(_slot_posts(make, "a", "b"), client, known, make.at("2026-11-27 08:00"))
    assert _dues(made, make) == {("b", "", "mastodon"): "2026-11-27T09:00"}


@pytest.mark.parametrize(
    ("due", "state", "hold"),
    [
        ("2026-11-27 07:59", State.PLANNED, None),
        ("2026-12-01 09:00", State.HELD, Hold(reason=HoldReason.DUPLICATE, detail="")),
        ("2026-11-26 09:00", State.HELD, Hold(reason=HoldReason.MISSED, detail="")),
        ("2026-11-25 09:00", State.PUBLISHED, None),
        ("2026-11-27 08:00", State.SENDING, None),
    ],
)
def test_a_slot_post_that_is_late_held_or_sent_keeps_its_slot(make, due, state, hold):
    same = digest(Content(text="Texte de a"))
    fact = make.fact(make.at(due), state, hold=hold, digest=same)
    known = {Key("a", "", "atlas/mastodon"): fact}
    client = make.client(slots=MORNINGS)
    made = plan(_slot_posts(make, "a", "b"), client, known, make.at("2026-11-27 08:00"))
    dues = _dues(made, make)
    assert dues["a", "", "mastodon"] == due.replace(" ", "T")
    assert dues["b", "", "mastodon"] == "2026-11-27T09:00"


def test_a_held_slot_post_that_is_written_anew_takes_the_next_slot(make):
    hold = Hold(reason=HoldReason.DUPLICATE, detail="")
    fact = make.fact(make.at("2026-11-26 09:00"), State.HELD, hold=hold)
    client, now = make.client(slots=MORNINGS), make.at("2026-11-27 08:00")
    made = plan(_slot_posts(make, "a"), client, {Key("a", "", "atlas/mastodon"): fact}, now)
    assert _dues(made, make)["a", "", "mastodon"] == "2026-11-27T09:00"


def test_a_draft_keeps_its_past_slot_and_takes_the_next_one_when_it_is_approved(make):
    known = {
        Key("a", "", "atlas/mastodon"): make.fact(
            make.at("2026-11-26 09:00"), State.HELD, hold=DRAFT
        )
    }
    client, now = make.client(slots=MORNINGS), make.at("2026-11-27 08:00")
    draft = plan(_slot_posts(make, "a", draft=True), client, known, now)
    approved = plan(_slot_posts(make, "a"), client, known, now)
    assert [_dues(made, make)["a", "", "mastodon"] for made in (draft, approved)] == [
        "2026-11-26T09:00",
        "2026-11-27T09:00",
    ]


def test_slots_that_lack_run_out_or_come_too_late_are_problems(make):
    now = make.at("2026-11-27 08:00")
    none = plan(_slot_posts(make, "a"), make.client(), {}, now)
    assert _codes(none) == [("no-slots", "a", "atlas/mastodon")]
    weekly = make.client(slots=[(0, 9, 0)])
    full = plan(_slot_posts(make, "a", "b"), weekly, {}, now, WEEK)
    assert [problem.severity for problem in full.problems] == [Severity.WARNING]
    assert _codes(full) == [("slots-run-out", "b", "atlas/mastodon")]
    hurried = plan(_slot_posts(make, "a", expires=now + timedelta(days=1)), weekly, {}, now)
    assert [problem.severity for problem in hurried.problems] == [Severity.ERROR]
    assert hurried.planned == []


def test_a_slot_of_a_post_whose_file_is_unreadable_is_not_given_away(make):
    first = Key("a", "", "atlas/mastodon")
    known = {first: make.fact(make.at("2026-11-27 09:00"))}
    client, now = make.client(slots=MORNINGS), make.at("2026-11-27 08:00")
    posts = _slot_posts(make, "b")
    unread = plan(posts, client, known, now, keep=lambda key: key.post == "a")
    deleted = plan(posts, client, known, now)
    assert _dues(unread, make)["b", "", "mastodon"] == "2026-11-30T09:00"
    assert _dues(deleted, make)["b", "", "mastodon"] == "2026-11-27T09:00"


names = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@given(names, st.integers(0, 4), st.integers(0, 60))
def test_what_is_added_at_the_end_moves_nothing_before_it(make, order, added, hours):
    client = make.client("mastodon", "bluesky", slots=[*MORNINGS, (1, 17, 30)])
    posts = _slot_posts(make, *order, channels=("mastodon", "bluesky"))
    more = [make.post(f"z{line}", NextSlot(), 100 + line) for line in range(added)]
    now = make.at("2026-11-24 08:00") + timedelta(hours=hours)
    before, later = (_dues(plan(some, client, {}, now), make) for some in (posts, posts + more))
    assert before.items() <= later.items()
    mastodon = [due for (*_, channel), due in later.items() if channel == "mastodon"]
    assert len(set(mastodon)) == len(mastodon)
