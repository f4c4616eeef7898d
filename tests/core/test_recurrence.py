from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core.model import Every
from cmctl.core.recurrence import RuleError, occurrences
from cmctl.core.settings import WeeklySlot
from cmctl.core.slots import slot_instants

PARIS = ZoneInfo("Europe/Paris")
NOON = "BYHOUR=12;BYMINUTE=0;BYSECOND=0"
MONTH = timedelta(days=35)


def _found(rule, after, *, since="", zone=PARIS, span=MONTH, limit=1000):
    after = after if isinstance(after, datetime) else datetime.fromisoformat(after)
    after = after.replace(tzinfo=after.tzinfo or zone)
    found = occurrences(Every(rule=rule, since=since), zone, after, after + span, limit)
    return [(name, instant.astimezone(zone).isoformat()[:16]) for name, instant in found]


def test_a_weekly_rule_keeps_its_wall_time_across_the_change_of_clocks():
    assert _found(f"FREQ=WEEKLY;BYDAY=FR;{NOON}", "2026-10-22 00:00", span=timedelta(days=10)) == [
        ("2026-10-23", "2026-10-23T12:00"),
        ("2026-10-30", "2026-10-30T12:00"),
    ]


def test_the_second_time_of_a_day_has_a_name_of_its_own_whatever_the_hour_is_now():
    rule = "FREQ=DAILY;BYHOUR=9,18;BYMINUTE=0;BYSECOND=0"
    assert _found(rule, "2026-11-24 12:00", span=timedelta(hours=24)) == [
        ("2026-11-24#2", "2026-11-24T18:00"),
        ("2026-11-25", "2026-11-25T09:00"),
    ]


def test_a_skipped_time_goes_forward_and_does_not_double_the_one_after_it():
    rule = "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=30;BYSECOND=0"
    assert _found(rule, "2027-03-28 00:00", span=timedelta(hours=12)) == [
        ("2027-03-28#2", "2027-03-28T03:30"),
    ]


def test_a_repeated_time_comes_once():
    rule = "FREQ=DAILY;BYHOUR=2;BYMINUTE=30;BYSECOND=0"
    found = _found(rule, "2026-10-25 00:00", span=timedelta(hours=20))
    assert found == [("2026-10-25", "2026-10-25T02:30")]


def test_a_day_that_a_zone_skips_gives_one_delivery_and_not_two():
    apia = ZoneInfo("Pacific/Apia")
    found = _found(f"FREQ=DAILY;{NOON}", "2011-12-29 00:00", zone=apia, span=timedelta(days=4))
    assert [name for name, _ in found] == ["2011-12-29", "2011-12-31", "2012-01-01"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=SECONDLY", "DAILY, WEEKLY"),
        ("FREQ=HOURLY;BYMINUTE=0", "BYHOUR=9,12,18"),
        ("BYDAY=TU", "FREQ is"),
        ("FREQ=DAILY;UNTIL=20261231", "until:"),
        ("FREQ=DAILY;COUNT=3", "since:"),
        ("FREQ=DAILY;BYHOUR=25", "not a rule"),
        ("FREQ=DAILY;INTERVAL=0", "whole number"),
        ("FREQ=DAILY;INTERVAL=x", "whole number"),
        ("FREQ=DAILY;INTERVAL=-1", "whole number"),
        ("FREQ=WEEKLY;BYDAY=XX", "not a rule"),
        ("FREQ=DAILY;BYEASTER=0", "cannot have"),
        ("", "FREQ"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_with_what_to_write(rule, said):
    with pytest.raises(RuleError, match=said):
        _found(rule, "2026-11-24 12:00")


def test_a_rule_that_never_happens_is_found_out_at_once():
    started = perf_counter()
    assert _found(f"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;{NOON}", "2026-11-24 12:00") == []
    assert perf_counter() - started < 30  # not for ever, however slow the machine


def test_a_rule_that_happens_every_second_is_cut():
    every = ",".join(map(str, range(60)))
    rule = f"FREQ=DAILY;BYHOUR=12;BYMINUTE={every};BYSECOND={every}"
    assert len(_found(rule, "2026-11-24 08:00", limit=100)) == 100


def test_counting_goes_on_from_the_first_day():
    rule = f"FREQ=DAILY;COUNT=3;{NOON}"
    assert [name for name, _ in _found(rule, "2026-11-24 13:00", since="2026-11-23")] == [
        "2026-11-25"
    ]
    assert _found(rule, "2026-12-24 13:00", since="2026-11-23") == []


rules = st.builds(
    "FREQ={};INTERVAL={}{};{}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 5),
    st.sampled_from(
        ["", ";BYDAY=TU,FR", ";BYMONTHDAY=1,15,29", ";BYMONTH=2,11", ";BYDAY=SU;WKST=SU"]
    ),
    st.sampled_from([NOON, "BYHOUR=2,9;BYMINUTE=30;BYSECOND=0"]),
)
instants = st.integers(1_700_000_000, 2_200_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))


@settings(max_examples=100, deadline=None)
@given(rules, st.dates(date(2020, 1, 1), date(2023, 1, 1)), instants)
def test_the_shortcuts_change_nothing(rule, since, after):
    """Followed from its first day in its own century, a rule gives the same."""
    utc = ZoneInfo("UTC")
    start = datetime.combine(since, time())
    end = (after + MONTH).replace(tzinfo=None)
    plain = rrulestr(rule, dtstart=start).between(after.replace(tzinfo=None), end)
    found = occurrences(Every(rule=rule, since=since.isoformat()), utc, after, after + MONTH, 1000)
    assert [instant.replace(tzinfo=None) for _, instant in found] == plain


@settings(max_examples=60, deadline=None)
@given(rules, instants, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_what_is_planned_later_agrees_with_what_is_planned_now(rule, after, later):
    one = occurrences(Every(rule=rule), PARIS, after, after + MONTH, 1000)
    two = occurrences(Every(rule=rule), PARIS, after + later, after + MONTH, 1000)
    assert two == [found for found in one if found.instant > after + later]
    assert all(a.instant < b.instant for a, b in pairwise(one))
    assert len({found.name for found in one}) == len(one)


def test_weekly_slots_come_in_order_and_keep_their_wall_time():
    slots = [WeeklySlot(weekday=4, hour=17, minute=30), WeeklySlot(weekday=0, hour=9, minute=0)]
    after = datetime(2026, 10, 23, 12, 0, tzinfo=PARIS)
    found = slot_instants(slots, PARIS, after, after + timedelta(days=8))
    assert [instant.astimezone(PARIS).isoformat() for instant in found] == [
        "2026-10-23T17:30:00+02:00",
        "2026-10-26T09:00:00+01:00",
        "2026-10-30T17:30:00+01:00",
    ]


def test_a_slot_that_is_now_is_over():
    slots = [WeeklySlot(weekday=4, hour=12, minute=0)]
    after = datetime(2026, 10, 23, 12, 0, tzinfo=PARIS)
    assert slot_instants(slots, PARIS, after, after + timedelta(days=6)) == []


def test_two_slots_in_the_hour_that_the_clock_skips_are_one():
    slots = [WeeklySlot(weekday=6, hour=hour, minute=30) for hour in (2, 3)]
    after = datetime(2027, 3, 27, 12, 0, tzinfo=PARIS)
    assert len(slot_instants(slots, PARIS, after, after + timedelta(days=2))) == 1
