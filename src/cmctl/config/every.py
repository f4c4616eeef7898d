"""Recurrences as people write them, normalised to one RFC 5545 RRULE in wall time.

Plain words are days and times (`tue,fri 12:00`, `daily 18:00`) or a weekday of the month
(`first mon 10:00`, `last fri 17:30`). A rule has no DTSTART: it is true of every day from when the
post is taken in, or from `since`.
"""

import re
from datetime import datetime

from cmctl.config.slots import DAYS, parse_days_and_times
from cmctl.config.wrong import Wrong, did_you_mean, quoted

_CODES = tuple(day[:2].upper() for day in DAYS)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_FIX = "write it like tue,fri 12:00, daily 18:00, first mon 10:00, or an RFC 5545 RRULE"
_PARTS = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
    "WKST",
)
_OFTEN = {"HOURLY", "MINUTELY", "SECONDLY"}
#: How many times a day a rule may say.
_A_DAY = 48


def parse_every(text: str) -> str:
    """Return the normalised RRULE of plain words or of an RRULE.

    Raises:
        Wrong: it is neither, or happens more often than at given times of a day, or never.
    """
    text = text.strip()
    if "=" in text:
        return _checked_rule(text)
    first, _, rest = text.partition(" ")
    if first.lower() in _ORDINALS:
        return _monthly(_ORDINALS[first.lower()], rest)
    days, times = parse_days_and_times(text)
    return _weekly(days, times)


def needs_since(rule: str) -> bool:
    """Tell whether a normalised rule counts from its first day."""
    return "INTERVAL=" in rule or "COUNT=" in rule


def _weekly(days: tuple[int, ...], times: tuple[tuple[int, int], ...]) -> str:
    frequency = "DAILY" if len(days) == 7 else "WEEKLY"
    by_day = "" if len(days) == 7 else f";BYDAY={','.join(_CODES[day] for day in days)}"
    if _is_product(times):
        return f"FREQ={frequency}{by_day};{_clock(times)}"
    # Within one day the wanted times are picked out of all combinations of hours and minutes.
    return f"FREQ=DAILY{by_day};{_clock(times)};BYSETPOS={_positions(times)}"


def _monthly(ordinal: int, text: str) -> str:
    days, times = parse_days_and_times(text)
    if len(days) != 1 or "," in text.split(maxsplit=1)[0]:
        raise Wrong(f"{quoted(text)} is more than one day of the month", _FIX)
    rule = f"FREQ=MONTHLY;BYDAY={ordinal:+d}{_CODES[days[0]]};{_clock(times)}"
    return rule if _is_product(times) else f"{rule};BYSETPOS={_positions(times)}"


def _clock(times: tuple[tuple[int, int], ...]) -> str:
    hours, minutes = _axes(times)
    return f"BYHOUR={_joined(hours)};BYMINUTE={_joined(minutes)};BYSECOND=0"


def _axes(times: tuple[tuple[int, int], ...]) -> tuple[list[int], list[int]]:
    return sorted({hour for hour, _ in times}), sorted({minute for _, minute in times})


def _is_product(times: tuple[tuple[int, int], ...]) -> bool:
    hours, minutes = _axes(times)
    return len(hours) * len(minutes) == len(times)


def _positions(times: tuple[tuple[int, int], ...]) -> str:
    hours, minutes = _axes(times)
    product = [(hour, minute) for hour in hours for minute in minutes]
    return _joined([product.index(one) + 1 for one in times])


def _joined(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


def _checked_rule(text: str) -> str:
    parts = _parts(text.upper().removeprefix("RRULE:"))
    frequency = parts.get("FREQ", "")
    if frequency in _OFTEN:
        raise Wrong("a post recurs at given times of a day, not by the hour", _FIX)
    if "BYHOUR" not in parts:
        raise Wrong(f"the rule {quoted(text)} says no time", "add ;BYHOUR=12;BYMINUTE=0")
    parts.setdefault("BYMINUTE", "0")
    parts.setdefault("BYSECOND", "0")
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    _check_limits(parts, text)
    _try(parts, text)
    return _rule(parts)


def _check_limits(parts: dict[str, str], text: str) -> None:
    if len(parts["BYMINUTE"].split(",")) * len(parts["BYHOUR"].split(",")) > _A_DAY:
        raise Wrong(f"the rule {quoted(text)} says more than {_A_DAY} times a day", _FIX)
    if parts["BYSECOND"] != "0":
        raise Wrong("a post goes out at a full minute", "leave BYSECOND out")
    for name in ("COUNT", "INTERVAL"):
        if not re.fullmatch(r"[1-9][0-9]{0,3}", parts.get(name, "1")):
            raise Wrong(f"{name} is a number from 1 to 9999", _FIX)


def _rule(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={parts[name]}" for name in _PARTS if name in parts)


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip(";").split(";"):
        name, _, value = (side.strip() for side in part.partition("="))
        if name == "UNTIL":
            raise Wrong("the last day stands in a key of its own", "write until: 2026-12-31")
        if name == "DTSTART":
            raise Wrong("the first day stands in a key of its own", "write since: 2026-11-24")
        if name not in _PARTS:
            near = did_you_mean(name, [known.lower() for known in _PARTS]).upper()
            near = near.replace("DID YOU MEAN", "did you mean")
            raise Wrong(f"{quoted(name)} is not a part of an RRULE{near}", _FIX)
        if name in parts or not re.fullmatch(r"[A-Z0-9,+-]+", value):
            raise Wrong(f"{quoted(part)} is wrong in an RRULE", _FIX)
        parts[name] = value
    return parts


def _try(parts: dict[str, str], text: str) -> None:
    """Let dateutil judge the rule, and find one time in it."""
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - plain words do not need it

    start = datetime(2024, 1, 1)  # noqa: DTZ001 - wall time, a leap year
    # Within 28 years every date has met every weekday.
    bounded = {name: value for name, value in parts.items() if name != "COUNT"}
    rule = f"{_rule(bounded)};UNTIL=20520101T000000"
    try:
        first = next(iter(rrulestr(rule, dtstart=start)), None)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        message = f"{quoted(text)} is not an RRULE: {error}"
        raise Wrong(message, _FIX) from None
    if first is None:
        raise Wrong(f"the rule {quoted(text)} never happens", _FIX)
