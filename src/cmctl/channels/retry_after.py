"""When a network wants to be asked again, in whatever form it says so."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: A wish for longer is a mistake or an attack, and must not silence a channel.
LONGEST = timedelta(days=1)
#: The names under which networks tell what is left, before `-remaining`.
_LIMITS = (
    "x-ratelimit",
    "ratelimit",
    "x-rate-limit",
    "x-user-limit-24hour",
    "x-app-limit-24hour",
)
#: Numbers from here on are seconds since 1970 and not from now.
_EPOCH = 1_000_000_000


def wish(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long to wait, from 0 to a day, or None where nothing sensible is said.

    Reads `Retry-After` (RFC 9110, 10.2.3) and, without one, when the rate limit ends:
    `X-RateLimit-Reset` (Mastodon: ISO 8601) or `RateLimit-Reset` (AT Protocol: seconds since
    1970), or `x-rate-limit-reset` (X: the same). Instants count from the answer's own `Date`, so
    that no clock of ours is needed.
    """
    now = instant(headers.get("date", ""))
    for name in ("retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"):
        said = headers.get(name, "").strip()
        if said:
            return _bounded(_delay(said, now))
    return None


def spent(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long nothing more is taken, where an answer says that a rate limit is used up.

    `X-RateLimit-Remaining: 0` with its `-Reset` (Mastodon) or `-Reset-After` (Discord),
    `RateLimit-Remaining` (AT Protocol), `x-rate-limit-remaining` and the day's
    `x-user-limit-24hour-remaining` and `x-app-limit-24hour-remaining` (X). None: some are left, or
    nothing is said.
    """
    now = instant(headers.get("date", ""))
    waits = [
        _bounded(_delay(headers.get(f"{limit}-{reset}", "").strip(), now))
        for limit in _LIMITS
        for reset in ("reset-after", "reset")
        if headers.get(f"{limit}-remaining", "").strip() == "0"
    ]
    return max((wait for wait in waits if wait), default=None)


def _delay(said: str, now: datetime | None) -> timedelta | None:
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]*)?", said):
        then = instant(said)
    else:
        seconds = float(said)
        if seconds < _EPOCH:
            return timedelta(seconds=max(seconds, 0))
        if seconds >= 10 * _EPOCH:
            return LONGEST
        then = datetime.fromtimestamp(seconds, UTC)
    return then - now if then and now else None


def instant(text: str) -> datetime | None:
    """Read an HTTP date or ISO 8601; None where it is neither or has no zone."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if found.tzinfo is not None:
            return found
    return None


def _bounded(delay: timedelta | None) -> timedelta | None:
    return None if delay is None else min(max(delay, timedelta(0)), LONGEST)
