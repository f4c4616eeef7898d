"""Values that are made once, also where many lanes ask for them at the same moment."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import TypeVar

Value = TypeVar("Value")


def once(make: Callable[[], Value]) -> Callable[[], Value]:
    """Return a function that makes the value at its first call and keeps it.

    Threads that ask together wait for the first; `functools.cache` would let each of them make it.
    """
    gate = Lock()
    kept: list[Value] = []

    @wraps(make)
    def value() -> Value:
        if not kept:
            with gate:
                if not kept:
                    kept.append(make())
        return kept[0]

    return value
