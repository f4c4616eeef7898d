"""The sandbox network's own rules, and reading what it is sent."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from cmctl.testing.sandbox.oracle import Entry
from cmctl.testing.sandbox.wire import Ask

TEXT_LIMIT = 500
MEDIA_COUNT = 4
MEDIA_BYTES = 8 << 20
ALT_LIMIT = 1500
PAGE = 40
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
COUNTS = ("likes", "comments", "shares", "views")

#: Of an account.
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def wall_clock() -> datetime:
    """Return the time of this machine, to the millisecond."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a sandbox is told when it starts."""

    #: The network's own clock; a demo hands in its own.
    now: Callable[[], datetime] = wall_clock
    #: By account; an account without one needs none.
    tokens: Mapping[str, str] = field(default_factory=dict)
    #: How long an `Idempotency-Key` is honoured.
    key_life: timedelta = timedelta(hours=1)
    #: In which pages show their times.
    zone: tzinfo = UTC


class RefusedError(Exception):
    """The request is refused."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def cursor(entry: Entry) -> str:
    """Return where a page of a listing ends; good even when that status is deleted."""
    return f"{entry.at.isoformat()}_{entry.id}"


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """Read what `cursor` gave; None at the start."""
    if not text:
        return None
    at, _, number = text.rpartition("_")
    if not (number.isascii() and number.isdigit()):
        raise RefusedError(422, "there is no such page")
    return read_instant(at), int(number)


def read_object(ask: Ask) -> dict[str, Any]:
    """Return the body as a JSON object."""
    try:
        value = json.loads(ask.body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise RefusedError(400, "the body must be a JSON object")
    return value


def read_text(value: Mapping[str, Any], *, has_media: bool) -> str:
    """Return a text that this network takes."""
    text = value.get("text")
    if not isinstance(text, str) or re.search("[\ud800-\udfff]", text):
        raise RefusedError(422, "a status needs its text")
    if not text.strip() and not has_media:
        raise RefusedError(422, "the text is empty")
    if len(text) > TEXT_LIMIT:
        raise RefusedError(422, f"the text has {len(text)} characters, more than {TEXT_LIMIT}")
    return text


def read_instant(text: str) -> datetime:
    """Return an aware instant."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise RefusedError(422, "an instant is ISO 8601 with its offset")
    return instant
