"""How often a timeline is read, and how far back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cmctl.core.watching import (
    AT_NIGHT,
    BY_DAY,
    JUST_READ,
    LOOK_BACK,
    NEAR,
    OVERLAP,
    WHOLE,
    Last,
    interval,
    reach,
)

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = timedelta(days=14)
MINUTE = timedelta(minutes=1)
READ = Last(NOON - MINUTE, NOON - MINUTE, NOON - WINDOW - MINUTE)


@pytest.mark.parametrize(
    ("ahead", "hour", "wanted"),
    [
        (timedelta(seconds=30), 12, JUST_READ),
        (timedelta(seconds=30), 2, JUST_READ),
        (timedelta(hours=2), 12, NEAR),
        (timedelta(hours=2), 2, NEAR),
        (timedelta(days=2), 12, BY_DAY),
        (timedelta(days=2), 2, AT_NIGHT),
        (None, 12, BY_DAY),
        (None, 23, AT_NIGHT),
    ],
)
def test_the_pace_follows_the_next_slot_and_the_clients_night(ahead, hour, wanted):
    now = NOON.replace(hour=hour - 1)  # Paris is an hour ahead in November
    assert interval(now, now + ahead if ahead else None, PARIS) == wanted


def test_the_first_reading_goes_back_as_far_as_the_window():
    assert reach(NOON, WINDOW, Last()) == (NOON - WINDOW, True)


def test_after_a_whole_reading_only_what_is_new_is_read_with_some_overlap():
    assert reach(NOON, WINDOW, READ) == (READ.read_at - OVERLAP, False)


def test_edits_and_deletions_are_looked_for_every_quarter_of_an_hour():
    last = READ._replace(whole_at=NOON - WHOLE - MINUTE)
    assert reach(NOON, WINDOW, last) == (NOON - WINDOW, True)


def test_an_endless_window_is_read_once_and_then_as_far_as_edits_are_looked_for():
    ever = timedelta(days=36_525)
    assert reach(NOON, ever, Last()) == (NOON - ever, True)
    last = Last(NOON - MINUTE, NOON - WHOLE - MINUTE, NOON - ever)
    assert reach(NOON, ever, last) == (NOON - LOOK_BACK, True)


def test_a_longer_window_is_read_at_once():
    assert reach(NOON, 2 * WINDOW, READ) == (NOON - 2 * WINDOW, True)


def test_a_reading_that_lies_ahead_counts_for_nothing():
    last = READ._replace(read_at=NOON + MINUTE)
    assert reach(NOON, WINDOW, last) == (NOON - WINDOW, True)
    last = READ._replace(whole_at=NOON + MINUTE)
    assert reach(NOON, WINDOW, last) == (NOON - WINDOW, True)


def test_no_reading_goes_farther_back_than_the_window():
    short = timedelta(minutes=10)
    last = READ._replace(whole_since=NOON - short)
    assert reach(NOON, short, last) == (NOON - short, False)
