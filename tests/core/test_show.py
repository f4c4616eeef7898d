from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.show import counted, duration, local, relative

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 8, 45, tzinfo=PARIS)


def test_an_instant_is_shown_on_the_local_clock_with_its_zone() -> None:
    assert local(datetime(2026, 11, 24, 9, 15, tzinfo=UTC), PARIS) == "Tue 24 Nov 10:15 CET"
    assert local(datetime(2026, 7, 1, 6, 5, tzinfo=UTC), PARIS) == "Wed 1 Jul 08:05 CEST"
    assert local(NOW, ZoneInfo("Asia/Kathmandu")) == "Tue 24 Nov 13:30 +0545"


def test_the_year_is_shown_when_it_is_not_this_one_or_asked_for() -> None:
    eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert local(eve, PARIS, now=NOW) == "Fri 1 Jan 2027 00:30 CET"
    assert local(eve, ZoneInfo("UTC"), now=NOW) == "Thu 31 Dec 23:30 UTC"
    assert local(NOW, PARIS, now=NOW, year=True) == "Tue 24 Nov 2026 08:45 CET"


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=-59), "now"),
        (timedelta(minutes=1), "in 1 min"),
        (timedelta(minutes=-12), "12 min ago"),
        (timedelta(hours=1), "in 1 h"),
        (timedelta(hours=3, minutes=12), "in 3 h 12"),
        (timedelta(hours=3, minutes=2), "in 3 h 02"),
        (timedelta(days=2, hours=4, minutes=59), "in 2 d 4 h"),
        (timedelta(days=-7), "7 d ago"),
    ],
)
def test_the_relative_form_says_how_far_away(away: timedelta, words: str) -> None:
    assert relative(NOW + away, NOW) == words


def test_the_hour_that_the_clock_skips_does_not_count() -> None:
    before = datetime(2027, 3, 28, 1, 0, tzinfo=PARIS)
    assert relative(datetime(2027, 3, 28, 4, 0, tzinfo=PARIS), before) == "in 2 h"


def test_a_duration_has_its_two_largest_units() -> None:
    assert duration(timedelta()) == "0 s"
    assert duration(timedelta(seconds=45, milliseconds=999)) == "45 s"
    assert duration(timedelta(hours=2)) == "2 h"
    assert duration(timedelta(minutes=-90)) == "-1 h 30"
    assert duration(timedelta(days=14)) == "14 d"


@given(st.integers(0, 3_000_000_000), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_what_is_ahead_and_what_is_behind_mirror_each_other(seconds: int, away: timedelta) -> None:
    now = datetime.fromtimestamp(seconds, PARIS)
    later = now.astimezone(UTC) + away
    ahead, behind = relative(later, now), relative(now, later)
    assert ahead == "now" == behind or ahead.removeprefix("in ") == behind.removesuffix(" ago")


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 errors"), (1, "1 error"), (2, "2 errors"), (1000, "1000 errors")]
)
def test_one_of_something_is_no_plural(count: int, said: str) -> None:
    assert counted(count, "error") == said


def test_a_plural_that_is_not_made_with_an_s_is_given() -> None:
    assert counted(1, "draft has", "drafts have") == "1 draft has"
    assert counted(3, "draft has", "drafts have") == "3 drafts have"
