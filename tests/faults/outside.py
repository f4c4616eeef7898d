"""Every call that the stores' code makes to SQLite, PostgreSQL or the system, as it is made."""

import sqlite3
from collections.abc import Callable
from types import CodeType, FrameType

#: Of the system's calls, those that change a folder.
CHANGING = frozenset({"open", "link", "unlink", "chmod", "mkdir", "fsync", "replace"})
#: Of psycopg's, which are written in Python.
PSYCOPG = frozenset({"execute", "write_row", "transaction", "connect", "close"})


def watching(seen: Callable[[str], object]) -> Callable[[FrameType, str, object], None]:
    """Return a profile function that tells of every call out of cmctl's stores."""

    def profile(frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and _is_outside(called):
            name, inner = getattr(called, "__name__", ""), frame
        elif event == "call" and _is_psycopg(frame.f_code) and frame.f_back:
            name, inner = frame.f_code.co_name, frame.f_back
        else:
            return
        if (ours := _ours(inner)) is not None:
            seen(f"{name} in {ours.f_code.co_qualname}, line {ours.f_lineno}")

    return profile


def _is_outside(called: object) -> bool:
    if isinstance(getattr(called, "__self__", None), sqlite3.Connection | sqlite3.Cursor):
        return True
    return getattr(called, "__module__", "") == "posix" and called.__name__ in CHANGING


def _is_psycopg(code: CodeType) -> bool:
    return "psycopg" in code.co_filename and code.co_name in PSYCOPG


def _ours(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame of a store."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("cmctl.store"):
            return frame
        frame = frame.f_back
    return None


def some_of(places: list[str], most: int) -> list[str]:
    """Return so many: the last ones, where what was made is put in force, and some before."""
    end = -(most // 2)
    before = places[:end]
    return [*before[:: max(1, -(-len(before) // (most + end)))], *places[end:]]
