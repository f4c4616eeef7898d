from dataclasses import replace
from datetime import timedelta

import pytest

from cmctl.core.intake import digest, take_in
from cmctl.core.ledger import Add, Alter, Change, Drop, MarkEdited
from cmctl.core.model import Content, Hold, HoldReason, Key, Media, Planned, State
from cmctl.core.state import Move

KEY = Key("rennes", "", "atlas/mastodon")
OLD, NEW = Content(text="Rennes ouvre"), Content(text="Rennes ouvre demain")
DRAFT = Hold(reason=HoldReason.APPROVAL, detail="a draft", from_files=True)
WRONG = Hold(reason=HoldReason.INVALID, detail="too long", from_files=True)
BY_HAND = Hold(reason=HoldReason.APPROVAL, detail="wait for the owner")


@pytest.fixture
def now(make):
    return make.utc("2026-11-23 08:00")


@pytest.fixture
def due(make):
    return make.utc("2026-11-24 10:15")


@pytest.fixture
def planned(due):
    return Planned(key=KEY, network="mastodon", due=due, content=OLD)


def _known(make, due, state=State.PLANNED, **values):
    return {KEY: make.fact(due, state, digest=digest(OLD), number=12, fence=3, **values)}


def _held(make, due, reason, **values):
    return _known(make, due, State.HELD, hold=Hold(reason=reason, detail="why"), **values)


def _moves(operations):
    return [item.move if isinstance(item, Change) else type(item) for item in operations]


def test_a_digest_tells_every_edit():
    contents = [
        OLD,
        NEW,
        Content(text=OLD.text, link="https://a.example"),
        Content(text=OLD.text, hashtags=("a",)),
        Content(text=OLD.text, hashtags=("a", "b")),
        Content(text=OLD.text, media=(Media(file="a.png"),)),
        Content(text=OLD.text, media=(Media(file="a.png", alt="A"),)),
        Content(text=OLD.text, thread=("a",)),
        Content(text=OLD.text, first_comment="a"),
    ]
    assert len({digest(content) for content in contents}) == len(contents)
    assert digest(OLD) == digest(Content(text="Rennes ouvre"))


def test_a_digest_stays_the_same_between_versions():
    assert digest(Content(text="é")) == (
        "7fd897f63e8604fb592c076d952ceabac6fbe121e6e124e99443962d5ef69381"
    )


def test_a_new_delivery_is_added(planned, now):
    assert take_in([planned], {}, now) == [Add(planned=planned, digest=digest(OLD))]


def test_what_is_the_same_asks_for_nothing(make, planned, due, now):
    assert take_in([planned], _known(make, due), now) == []


@pytest.mark.parametrize(
    "change",
    [
        {"content": NEW},
        {"due_by": timedelta(hours=1)},
        {"expires_by": timedelta(hours=9)},
        {"guard": False},
    ],
)
def test_an_edit_alters_the_one_delivery_and_adds_none(make, planned, due, now, change):
    change = dict(change)
    if "due_by" in change:
        change["due"] = due + change.pop("due_by")
    if "expires_by" in change:
        change["expires"] = due + change.pop("expires_by")
    edited = replace(planned, **change)
    for known in (_known(make, due), _known(make, due, State.HELD, hold=BY_HAND)):
        assert take_in([edited], known, now) == [
            Alter(number=12, planned=edited, digest=digest(edited.content))
        ]


def test_a_draft_or_an_error_holds_a_planned_delivery(make, planned, due, now):
    (held,) = take_in([replace(planned, hold=DRAFT)], _known(make, due), now)
    assert (held.move, held.state, held.fence, held.hold) == (Move.HOLD, State.PLANNED, 3, DRAFT)
    assert held.notice is None
    (wrong,) = take_in([replace(planned, hold=WRONG)], _known(make, due), now)
    assert wrong.notice is not None
    assert wrong.notice.message == "held, invalid: too long"


def test_a_hold_of_the_files_ends_with_its_cause_and_changes_with_it(make, planned, due, now):
    known = _known(make, due, State.HELD, hold=DRAFT)
    assert _moves(take_in([planned], known, now)) == [Move.RELEASE]
    (again,) = take_in([replace(planned, hold=WRONG)], known, now)
    assert (again.move, again.state, again.hold) == (Move.HOLD, State.HELD, WRONG)
    assert take_in([replace(planned, hold=DRAFT)], known, now) == []


def test_what_a_person_holds_by_hand_stays_held(make, planned, due, now):
    known = _known(make, due, State.HELD, hold=BY_HAND)
    for edited in (replace(planned, content=NEW), replace(planned, hold=DRAFT, content=NEW)):
        assert _moves(take_in([edited], known, now)) == [Alter]


@pytest.mark.parametrize("reason", [HoldReason.DUPLICATE, HoldReason.BLIND, HoldReason.INVALID])
def test_another_text_is_judged_again(make, planned, due, now, reason):
    known = _held(make, due, reason)
    assert take_in([planned], known, now) == []
    assert _moves(take_in([replace(planned, content=NEW)], known, now)) == [Move.RELEASE, Alter]
    drafted = replace(planned, content=NEW, hold=DRAFT)
    assert _moves(take_in([drafted], known, now)) == [Move.HOLD, Alter]


def test_a_duplicate_goes_on_where_its_author_switches_the_guard_off(make, planned, due, now):
    known = _held(make, due, HoldReason.DUPLICATE)
    off = replace(planned, guard=False)
    assert _moves(take_in([off], known, now)) == [Move.RELEASE, Alter]


@pytest.mark.parametrize("reason", [HoldReason.MISSED, HoldReason.PAUSED])
def test_what_was_missed_goes_on_at_a_time_to_come(make, planned, due, now, reason):
    late = now - timedelta(days=1)
    known = _held(make, late, reason)
    assert take_in([replace(planned, due=late)], known, now) == []
    assert _moves(take_in([planned], known, now)) == [Move.RELEASE, Alter]
    ahead = _held(make, due, reason)
    assert take_in([planned], ahead, now) == []
    still_past = replace(planned, due=late + timedelta(hours=1))
    assert _moves(take_in([still_past], known, now)) == [Alter]


@pytest.mark.parametrize(
    "state", [State.CLAIMED, State.SENDING, State.UNCERTAIN, State.PUBLISHED, State.REFUSED]
)
def test_what_left_keeps_its_text_and_the_edit_is_shown(make, planned, due, now, state):
    edited = replace(planned, content=NEW, due=due + timedelta(days=3), hold=DRAFT)
    assert take_in([edited], _known(make, due, state), now) == [MarkEdited(number=12, edited=True)]
    assert take_in([edited], _known(make, due, state, edited=True), now) == []
    back = take_in([planned], _known(make, due, state, edited=True), now)
    assert back == [MarkEdited(number=12, edited=False)]


def test_what_may_have_left_is_neither_altered_nor_cancelled_while_it_is_held(
    make, planned, due, now
):
    known = _held(make, due, HoldReason.UNCERTAIN)
    marked = [MarkEdited(number=12, edited=True)]
    assert take_in([replace(planned, content=NEW)], known, now) == marked
    assert take_in([], known, now) == marked


def test_what_was_edited_while_it_was_claimed_is_altered_when_it_is_planned_again(
    make, planned, due, now
):
    edited = replace(planned, content=NEW)
    assert _moves(take_in([edited], _known(make, due, edited=True), now)) == [Alter]


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        (State.PLANNED, [Drop(number=12)]),
        (State.HELD, [Drop(number=12)]),
        (State.CLAIMED, [MarkEdited(number=12, edited=True)]),
        (State.SENDING, [MarkEdited(number=12, edited=True)]),
        (State.UNCERTAIN, [MarkEdited(number=12, edited=True)]),
        (State.PUBLISHED, []),
        (State.REFUSED, []),
        (State.CANCELLED, []),
    ],
)
def test_what_no_file_plans_any_more(make, due, now, state, asked):
    hold = DRAFT if state is State.HELD else None
    known = _known(make, due, state, hold=hold)
    assert take_in([], known, now) == asked
    assert take_in([], known, now, keep=lambda key: key.post == "rennes") == []


def test_what_a_person_holds_by_hand_outlives_its_file(make, planned, due, now):
    known = _known(make, due, State.HELD, hold=BY_HAND)
    assert take_in([], known, now) == [MarkEdited(number=12, edited=True)]
    assert take_in([], _known(make, due, State.HELD, hold=BY_HAND, edited=True), now) == []


def test_what_a_person_cancelled_stays_and_what_the_files_dropped_comes_back(
    make, planned, due, now
):
    assert take_in([planned], _known(make, due, State.CANCELLED), now) == []
    dropped = _known(make, due, State.CANCELLED, dropped=True)
    assert _moves(take_in([planned], dropped, now)) == [Move.RELEASE]
    drafted = replace(planned, hold=DRAFT, content=NEW)
    assert _moves(take_in([drafted], dropped, now)) == [Move.RELEASE, Move.HOLD, Alter]
