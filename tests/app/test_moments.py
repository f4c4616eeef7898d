from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cmctl.app.posts.moments import bound, is_past, moment
from cmctl.core.errors import UsageError

PARIS = ZoneInfo("Europe/Paris")
#: A Sunday, 14:06 in Paris.
NOW = datetime(2026, 11, 22, 13, 6, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tomorrow 9:00", "2026-11-23 09:00"),
        ("Tomorrow 9h30", "2026-11-23 09:30"),
        ("today 18:00", "2026-11-22 18:00"),
        ("mon 10:15", "2026-11-23 10:15"),
        ("Friday 9h", "2026-11-27 09:00"),
        ("sun 18:00", "2026-11-22 18:00"),
        ("sun 10:00", "2026-11-29 10:00"),
        ("15:30", "2026-11-22 15:30"),
        ("10:15", "2026-11-23 10:15"),
        ("in 2h", "2026-11-22 16:06"),
        ("in 1d12h", "2026-11-24 02:06"),
        ("7d ago", "2026-11-15 14:06"),
        ("2026-11-24 10:15", "2026-11-24 10:15"),
        ("2026-11-24T10:15:00+00:00", "2026-11-24 11:15"),
        ("yesterday 9:00", "2026-11-21 09:00"),
        ("now", "2026-11-22 14:06"),
        ("in 0m", "2026-11-22 14:06"),
        ("in 2 hours", "2026-11-22 16:06"),
        ("tomorrow at 9:00", "2026-11-23 09:00"),
        ("maintenant", "2026-11-22 14:06"),
        ("demain 9:00", "2026-11-23 09:00"),
        ("Demain à 9h", "2026-11-23 09:00"),
        ("aujourd'hui 18h", "2026-11-22 18:00"),
        ("aujourd’hui 18 h 30", "2026-11-22 18:30"),
        ("après-demain 8h", "2026-11-24 08:00"),
        ("lundi 10h15", "2026-11-23 10:15"),
        ("mer 9h", "2026-11-25 09:00"),
        ("dans 2h", "2026-11-22 16:06"),
        ("dans 2 h 30", "2026-11-22 16:36"),
        ("dans 20 minutes", "2026-11-22 14:26"),
        ("dans 3 jours", "2026-11-25 14:06"),
        ("il y a 7 j", "2026-11-15 14:06"),
        ("9h", "2026-11-23 09:00"),
        ("9h30", "2026-11-23 09:30"),
    ],
)
def test_times_are_meant_as_a_person_says_them(said: str, meant: str) -> None:
    found = moment(said, PARIS, NOW)
    assert f"{found.instant.astimezone(PARIS):%Y-%m-%d %H:%M}" == meant
    assert found.instant.second == 0
    assert found.note == ""


def test_a_skipped_time_goes_forward_and_says_so() -> None:
    found = moment("2027-03-28 02:30", PARIS, NOW)
    assert f"{found.instant:%H:%M}" == "03:30"
    assert "skips" in found.note


@pytest.mark.parametrize(
    "said",
    [
        "",
        "soon",
        "in",
        "25:00",
        "25h",
        "demain",
        "lundi de pâques 9h",
        "monkey 9:00",
        "in soon",
        "2026-02-30 9:00",
        "2026-11-24",
        "24/11",
    ],
)
def test_what_says_no_time_is_refused_with_what_to_write(said: str) -> None:
    with pytest.raises(UsageError) as refused:
        moment(said, PARIS, NOW)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("today", "2026-11-22 00:00:00", "2026-11-22 23:59:59"),
        ("tomorrow", "2026-11-23 00:00:00", "2026-11-23 23:59:59"),
        ("aujourd'hui", "2026-11-22 00:00:00", "2026-11-22 23:59:59"),
        ("wed", "2026-11-25 00:00:00", "2026-11-25 23:59:59"),
        ("2026-12-24", "2026-12-24 00:00:00", "2026-12-24 23:59:59"),
        ("mon 9:00", "2026-11-23 09:00:00", "2026-11-23 09:00:00"),
        ("in 2h", "2026-11-22 16:06:00", "2026-11-22 16:06:00"),
    ],
)
def test_a_day_alone_is_a_limit_at_its_beginning_or_its_end(
    said: str, first: str, last: str
) -> None:
    begin, end = bound(said, PARIS, NOW), bound(said, PARIS, NOW, end=True)
    assert f"{begin.astimezone(PARIS):%Y-%m-%d %H:%M:%S}" == first
    assert f"{end.astimezone(PARIS):%Y-%m-%d %H:%M:%S}" == last


def test_a_span_alone_is_so_long_ago_and_never_an_end() -> None:
    assert bound("7d", PARIS, NOW) == bound("7d ago", PARIS, NOW)
    with pytest.raises(UsageError, match="a span") as refused:
        bound("7d", PARIS, NOW, end=True)
    assert '"in 7d"' in refused.value.hint


def test_this_minute_is_not_past_and_the_one_before_is() -> None:
    assert not is_past(moment("now", PARIS, NOW).instant, NOW)
    assert is_past(moment("1m ago", PARIS, NOW).instant, NOW)
