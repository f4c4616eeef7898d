"""What networks charge, in millionths of a US dollar: prices are small, and sums must be exact."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

ONE_DOLLAR = 1_000_000


class Prices(NamedTuple):
    """What a network charges, each in millionths of a US dollar."""

    #: One post; each part of a thread is one.
    post: int
    #: One with a link in it.
    post_with_link: int
    #: One post that is read.
    read: int


class Month(NamedTuple):
    """What a month costs, in millionths of a US dollar."""

    #: Of what was published, and of what is still to go out.
    published: int = 0
    ahead: int = 0
    #: Of what was read so far.
    read: int = 0


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """Return the first instant of the month and of the next one; networks bill by UTC."""
    first = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=31)).replace(day=1)


def month_key(at: datetime) -> str:
    """Return a month's name, `2026-11`."""
    return f"{at.astimezone(UTC):%Y-%m}"


def by_its_end(spent: int, at: datetime) -> int:
    """Return what a month will have cost at its end if it goes on as until `at`."""
    first, end = month_of(at)
    # A first day tells little of thirty: it counts as whole.
    gone = max(at - first, timedelta(days=1))
    return round(spent * ((end - first) / gone))


def dollars(amount: int) -> str:
    """Return an amount as people write it, up to the next cent: `1.24 USD`."""
    cents = -(-amount // (ONE_DOLLAR // 100))
    return f"{cents // 100}.{cents % 100:02} USD"


def summary(month: Month, at: datetime) -> str:
    """Return in one sentence what a month costs."""
    posts = f"{dollars(month.published)} published, {dollars(month.ahead)} to go"
    reading = by_its_end(month.read, at)
    return f"this month costs about {dollars(month.published + month.ahead + reading)}: posts " + (
        f"{posts}; reading {dollars(reading)}"
    )
