"""Durations as people write them: `90s`, `10m`, `2h`, `14d`, `1h30m`."""

import re
from datetime import timedelta

from cmctl.config.wrong import Wrong, quoted

PATTERN = r"(?=.)(?:\d{1,4}d)?(?:\d{1,5}h)?(?:\d{1,6}m)?(?:\d{1,8}s)?"
_PARTS = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Return the duration that `text` says, zero included.

    Raises:
        Wrong: it says none.
    """
    found = _PARTS.fullmatch(text.strip())
    if not found or not any(part is not None for part in found.groups()):
        message = f"{quoted(text)} is not a duration"
        raise Wrong(message, "write it like 90s, 10m, 2h, 14d or 1h30m")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
