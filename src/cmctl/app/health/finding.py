"""One thing that `doctor` looked at, and what to do about it."""

from enum import StrEnum
from typing import NamedTuple


class Health(StrEnum):
    """How well one thing is."""

    OK = "ok"
    WARN = "warn"  # posts go out; somebody should look
    FAIL = "fail"  # some posts do not go out


class Finding(NamedTuple):
    """What was found of one thing."""

    health: Health
    #: What was looked at, in a word or two.
    what: str
    #: What was found.
    detail: str
    #: What to type or write next; empty where all is well.
    todo: str = ""
    #: Only a network that could not be reached: it may be there again in a moment.
    network: bool = False


def ok(what: str, detail: str) -> Finding:
    """Return that all is well."""
    return Finding(Health.OK, what, detail)


def warn(what: str, detail: str, todo: str) -> Finding:
    """Return that somebody should look."""
    return Finding(Health.WARN, what, detail, todo)


def fail(what: str, detail: str, todo: str, *, network: bool = False) -> Finding:
    """Return that some posts do not go out."""
    return Finding(Health.FAIL, what, detail, todo, network)
