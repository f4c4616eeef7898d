from datetime import timedelta

import pytest

from cmctl.channels.retry_after import spent, wish

DATE = "Tue, 24 Nov 2026 10:15:00 GMT"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("120", timedelta(seconds=120)),
        (" 120 ", timedelta(seconds=120)),
        ("1.5", timedelta(seconds=1.5)),
        ("0", timedelta(0)),
        ("-5", timedelta(0)),
        ("-99999999999999", timedelta(0)),
        ("Tue, 24 Nov 2026 10:20:00 GMT", timedelta(minutes=5)),
        ("Tue, 24 Nov 2026 09:00:00 GMT", timedelta(0)),
        ("Tue, 24 Nov 2099 10:15:00 GMT", DAY),
        ("999999999", DAY),
        ("9" * 400, DAY),
        ("9" * 5000, DAY),
        ("1795515600", timedelta(hours=0, seconds=1795515600 - 1795515300)),
        ("soon", None),
        ("-", None),
        ("NaN", None),
        ("Infinity", None),
        ("12 minutes", None),
        ("²", None),
    ],
)
def test_every_form_of_a_wish_is_bounded(said: str, expected: timedelta | None) -> None:
    assert wish({"date": DATE, "retry-after": said}) == expected


def test_no_wish_is_none() -> None:
    assert wish({"date": DATE}) is None


def test_a_date_counts_only_where_the_server_says_what_time_it_is() -> None:
    assert wish({"retry-after": "Tue, 24 Nov 2026 10:20:00 GMT"}) is None
    assert wish({"retry-after": "60"}) == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("name", "value"),
    [("x-ratelimit-reset", "2026-11-24T10:20:00.000000Z"), ("ratelimit-reset", "1795515600")],
)
def test_the_end_of_a_rate_limit_is_a_wish(name: str, value: str) -> None:
    assert wish({"date": DATE, name: value}) == timedelta(minutes=5)
    assert wish({"date": DATE, name: value, "retry-after": "7"}) == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795515600"}, 5),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "1795515600"}, 5),
        (
            {
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": "2026-11-24T10:20:00.000000Z",
            },
            5,
        ),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "120.0"}, 2),
        (
            {
                "x-rate-limit-remaining": "0",
                "x-rate-limit-reset": "1795515600",
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": "1795518900",
            },
            60,
        ),
        ({"x-rate-limit-remaining": "1", "x-rate-limit-reset": "1795515600"}, None),
        ({"x-rate-limit-remaining": "0"}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"}, None),
        ({}, None),
    ],
)
def test_a_limit_that_is_used_up_is_waited_for_before_anything_is_refused(
    headers: dict[str, str], expected: int | None
) -> None:
    wait = None if expected is None else timedelta(minutes=expected)
    assert spent({"date": DATE, **headers}) == wait
