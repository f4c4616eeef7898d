from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core.when import resolve

PARIS = ZoneInfo("Europe/Paris")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")

zones = st.sampled_from(sorted(available_timezones() - {"localtime", "posixrules"})).map(ZoneInfo)
days = st.dates(date(1975, 1, 1), date(2037, 12, 31))
minutes = st.times().map(lambda t: t.replace(microsecond=0))


@pytest.mark.parametrize(
    ("zone", "wall", "instant", "note"),
    [
        (PARIS, "2026-11-24 10:15", "2026-11-24T10:15:00+01:00", ""),
        (PARIS, "2027-03-28 02:30", "2027-03-28T03:30:00+02:00", "gap"),
        (PARIS, "2027-03-28 03:00", "2027-03-28T03:00:00+02:00", ""),
        (PARIS, "2026-10-25 02:30", "2026-10-25T02:30:00+02:00", "fold"),
        (PARIS, "2026-10-25 03:00", "2026-10-25T03:00:00+01:00", ""),
        (BERLIN, "2027-03-28 02:00", "2027-03-28T03:00:00+02:00", "gap"),
        (BERLIN, "2027-03-28 02:59", "2027-03-28T03:59:00+02:00", "gap"),
        (BERLIN, "2026-10-25 02:00", "2026-10-25T02:00:00+02:00", "fold"),
        (BERLIN, "2026-10-25 02:59", "2026-10-25T02:59:00+02:00", "fold"),
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-04T02:45:00+11:00", "gap"),
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-05T01:45:00+11:00", "fold"),
        (LORD_HOWE, "2026-04-05 02:00", "2026-04-05T02:00:00+10:30", ""),
        (APIA, "2011-12-29 10:00", "2011-12-29T10:00:00-10:00", ""),
        (APIA, "2011-12-30 10:00", "2011-12-31T10:00:00+14:00", "gap"),
        (APIA, "2011-12-31 10:00", "2011-12-31T10:00:00+14:00", ""),
        (APIA, "2020-09-27 03:30", "2020-09-27T04:30:00+14:00", "gap"),
        (APIA, "2021-04-04 03:30", "2021-04-04T03:30:00+14:00", "fold"),
    ],
)
def test_a_skipped_time_goes_forward_and_a_repeated_one_is_the_first(zone, wall, instant, note):
    asked = datetime.fromisoformat(wall)
    found = resolve(asked.date(), asked.time(), zone)
    assert (found.instant.isoformat(), found.note) == (instant, note)
    assert found.instant.tzinfo is zone


def test_a_time_with_a_zone_of_its_own_is_refused():
    with pytest.raises(ValueError, match="no zone of its own"):
        resolve(date(2026, 1, 1), time(10, 0, tzinfo=UTC), PARIS)


@settings(max_examples=300)
@given(days, minutes, zones)
def test_the_clock_shows_the_wall_time_unless_it_skips_it(day, at, zone):
    found = resolve(day, at, zone)
    shown = found.instant.astimezone(UTC).astimezone(zone)
    assert shown.replace(tzinfo=None) == found.instant.replace(tzinfo=None)
    if found.note == "gap":
        assert shown.replace(tzinfo=None) > datetime.combine(day, at)
    else:
        assert shown.replace(tzinfo=None) == datetime.combine(day, at)


@settings(max_examples=300)
@given(days, minutes, zones)
def test_a_repeated_time_is_the_first_of_its_instants(day, at, zone):
    found = resolve(day, at, zone)
    if found.note == "fold":
        later = datetime.combine(day, at.replace(fold=1), tzinfo=zone)
        assert found.instant.astimezone(UTC) < later.astimezone(UTC)


@settings(max_examples=300)
@given(days, minutes, st.timedeltas(timedelta(seconds=1), timedelta(days=2)), zones)
def test_of_two_wall_times_the_clock_shows_the_earlier_comes_first(day, at, step, zone):
    """A time moved out of a gap may pass one just after the gap: that is the rule itself."""
    after = datetime.combine(day, at) + step
    one, two = resolve(day, at, zone), resolve(after.date(), after.time(), zone)
    if (one.note == "gap") == (two.note == "gap"):
        assert one.instant.astimezone(UTC) < two.instant.astimezone(UTC)
