"""What networks charge: exact sums, months of UTC, and amounts that round up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.money import Month, by_its_end, dollars, month_key, month_of, summary

_YEARS = (datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - hypothesis wants them so


@given(st.datetimes(*_YEARS, timezones=st.just(UTC)))
def test_every_instant_is_in_its_month(at: datetime) -> None:
    first, end = month_of(at)
    assert first <= at < end
    assert (first.day, end.day) == (1, 1)
    assert month_key(first) == month_key(at) != month_key(end)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0.00 USD"),
        (1, "0.01 USD"),
        (15_000, "0.02 USD"),
        (200_000, "0.20 USD"),
        (12_340_000, "12.34 USD"),
    ],
)
def test_an_amount_is_never_shown_as_less_than_it_is(amount: int, shown: str) -> None:
    assert dollars(amount) == shown


def test_what_is_read_goes_on_until_the_end_of_the_month() -> None:
    first = datetime(2026, 11, 1, tzinfo=UTC)
    assert by_its_end(1000, first + timedelta(days=10)) == 3000
    assert by_its_end(1000, first + timedelta(hours=1)) == 30_000
    said = summary(Month(published=400_000, ahead=30_000, read=100_000), first + timedelta(days=15))
    assert said == (
        "this month costs about 0.63 USD: posts 0.40 USD published, 0.03 USD to go; "
        "reading 0.20 USD"
    )
