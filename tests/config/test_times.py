"""Durations, weekly slots, dates and recurrences as people write them."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from cmctl.config.durations import parse_duration
from cmctl.config.every import parse_every
from cmctl.config.slots import parse_slot
from cmctl.config.times import instant_of, parse_moment, parse_wall
from cmctl.config.wrong import Wrong

PARIS = ZoneInfo("Europe/Paris")
ANYTHING = st.text(alphabet="0123456789:-+,;=. hmdsTZFREQWLYBHOUINAé/", max_size=40) | st.text(
    max_size=20
)


def refusal(parse, text: str) -> str:
    with pytest.raises(Wrong) as error:
        parse(text)
    return f"{error.value.message} -> {error.value.fix}"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("2h", 7200), ("14d", 1209600), ("1h30m", 5400), ("0s", 0)],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "10", "m", "1.5h", "-1h", "30m1h", "1 h", "99999d", "²h"])
def test_what_is_no_duration(text: str) -> None:
    assert "write it like 90s" in refusal(parse_duration, text)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("mon 09:00", [(0, 9, 0)]),
        ("mon-wed 9:05", [(0, 9, 5), (1, 9, 5), (2, 9, 5)]),
        ("Tue, Fri 12:00", [(1, 12, 0), (4, 12, 0)]),
        ("sat-mon 9h30", [(0, 9, 30), (5, 9, 30), (6, 9, 30)]),
        ("fri,mon-tue 08:00,17:30", [(d, h, m) for d in (0, 1, 4) for h, m in ((8, 0), (17, 30))]),
        ("monday - tuesday 09:00", [(0, 9, 0), (1, 9, 0)]),
        ("daily 18:00", [(d, 18, 0) for d in range(7)]),
    ],
)
def test_slots(text: str, slots: list[tuple[int, int, int]]) -> None:
    assert [(one.weekday, one.hour, one.minute) for one in parse_slot(text)] == slots


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mon", "lacks days or a time"),
        ("09:00", "lacks days or a time"),
        ("lundi 09:00", '"lundi" is not a day'),
        ("tues 09:00", 'did you mean "tue'),
        ("mon 24:00", '"24:00" is not a time of the day'),
        ("mon 9", '"9" is not a time of the day'),
        ("mon-fri-sat 09:00", "is not a day"),
    ],
)
def test_what_is_no_slot(text: str, said: str) -> None:
    assert said in refusal(parse_slot, text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-24 10:15", "2026-11-24T10:15", "2026-11-24 10:15:00", "2026-11-24  10h15"],
)
def test_a_wall_time_is_one_of_the_clients_zone(text: str) -> None:
    instant, note = instant_of(parse_moment(text), PARIS)
    assert (instant.isoformat(), note) == ("2026-11-24T10:15:00+01:00", "")
    assert instant.tzinfo is PARIS


@pytest.mark.parametrize("offset", ["+09:00", "+0900", " +09:00"])
def test_an_offset_is_taken_as_it_stands_and_shown_in_the_clients_zone(offset: str) -> None:
    instant, _ = instant_of(parse_moment(f"2026-11-24T10:15:00{offset}"), PARIS)
    assert instant.isoformat() == "2026-11-24T02:15:00+01:00"


def test_zulu_is_utc() -> None:
    instant, _ = instant_of(parse_moment("2026-11-24T10:15Z"), PARIS)
    assert instant == datetime(2026, 11, 24, 10, 15, tzinfo=UTC)


def test_a_day_alone_ends_with_its_last_second() -> None:
    instant, _ = instant_of(parse_wall("2026-12-31"), PARIS, end=True)
    assert instant.isoformat() == "2026-12-31T23:59:59+01:00"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10:15", "say the day too"),
        ("2026-11-24", "write it like 2026-11-24 10:15"),
        ("24/11/2026 10:15", "write 2026-11-24 10:15"),
        ("24.11.2026 10:15", "write 2026-11-24 10:15"),
        ("2026-02-30 10:15", 'there is no "2026-02-30 10:15"'),
        ("2026-11-24 24:00", "there is no"),
        ("2026-11-24 10:15+25:00", "there is no"),
        ("1026-11-24 10:15", "the year 1026 is not one to post in"),
        ("demain 9h", "is not a date and time"),
    ],
)
def test_what_is_no_moment(text: str, said: str) -> None:
    assert said in refusal(parse_moment, text)


EVERY = [
    ("tue,fri 12:00", "FREQ=WEEKLY;BYDAY=TU,FR;BYHOUR=12;BYMINUTE=0;BYSECOND=0"),
    ("daily 18:00", "FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0"),
    (
        "mon-fri 09:00,17:00",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,17;BYMINUTE=0;BYSECOND=0",
    ),
    ("first mon 10:00", "FREQ=MONTHLY;BYDAY=+1MO;BYHOUR=10;BYMINUTE=0;BYSECOND=0"),
    ("last fri 17:30", "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=30;BYSECOND=0"),
    (
        "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;BYHOUR=12",
        "FREQ=WEEKLY;BYDAY=TU;BYHOUR=12;BYMINUTE=0;BYSECOND=0",
    ),
    (
        "byhour=9;byminute=30;freq=monthly;bymonthday=1",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=9;BYMINUTE=30;BYSECOND=0",
    ),
]


@pytest.mark.parametrize(("text", "rule"), EVERY)
def test_a_recurrence_becomes_one_rule(text: str, rule: str) -> None:
    assert parse_every(text) == rule
    assert parse_every(rule) == rule


@pytest.mark.parametrize(
    "text", ["mon,wed 09:00,17:30", "daily 08:05,12:00,18:45", "first mon 09:00,17:30"]
)
def test_times_with_different_minutes_are_those_and_no_others(text: str) -> None:
    times = {tuple(map(int, time.split(":"))) for time in text.rsplit(maxsplit=1)[-1].split(",")}
    start = datetime(2026, 1, 1)  # noqa: DTZ001
    found = list(islice(rrulestr(parse_every(text), dtstart=start), 60))
    assert {(one.hour, one.minute) for one in found} == times
    by_day: dict[date, int] = {}
    for one in found[: len(times) * 10]:
        by_day[one.date()] = by_day.get(one.date(), 0) + 1
    assert set(by_day.values()) == {len(times)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "says no time -> add ;BYHOUR=12;BYMINUTE=0"),
        ("FREQ=HOURLY;BYHOUR=1", "not by the hour"),
        ("FREQ=WEEKLY;BYHOUR=9;UNTIL=20261231", "write until: 2026-12-31"),
        ("DTSTART=20261124;FREQ=WEEKLY;BYHOUR=9", "write since: 2026-11-24"),
        ("FREQ=WEEKLY;BYDAYS=TU;BYHOUR=9", 'did you mean "BYDAY"?'),
        ("FREQ=WEEKLY;BYDAY=XX;BYHOUR=9", "is not an RRULE"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=9", "never happens"),
        ("FREQ=DAILY;COUNT=0;BYHOUR=9", "COUNT is a number from 1 to 9999"),
        ("FREQ=DAILY;BYHOUR=9;BYSECOND=30", "full minute"),
        (f"FREQ=DAILY;BYHOUR=9;BYMINUTE={','.join(map(str, range(60)))}", "more than 48 times"),
        ("BYHOUR=9", "is not an RRULE"),
        ("first mon,tue 10:00", "more than one day"),
        ("sometimes", "lacks days or a time"),
        ("every tue 12:00", '"every" is not a day'),
    ],
)
def test_what_is_no_recurrence(text: str, said: str) -> None:
    assert said in refusal(parse_every, text)


@pytest.mark.parametrize(
    "parse", [parse_duration, parse_slot, parse_wall, parse_moment, parse_every]
)
@given(text=ANYTHING)
def test_no_text_does_anything_but_parse_or_be_wrong(parse, text: str) -> None:
    with suppress(Wrong):
        parse(text)
