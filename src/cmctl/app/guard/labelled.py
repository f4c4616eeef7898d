"""Texts that a person has labelled, one JSON object a line: pairs, and timelines of a client."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from cmctl.core.errors import CmctlError
from cmctl.core.guard.evaluate import Pair, Timeline
from cmctl.core.model import Place, Seen

PAIR = '{"a": "one text", "b": "another", "label": 1, "kind": "translated", "lang": "fr"}'
TIMELINE = (
    '{"items": [{"at": "2026-03-02T09:00:00+01:00", "text": "..."}, ...], "duplicates": [[0, 1]]}'
)

Example = TypeVar("Example")


class Text(NamedTuple):
    """What a file says."""

    #: As a person names it.
    name: str
    text: str


class _WrongError(Exception):
    """A line does not say what it should."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.column = column


def pairs(files: Sequence[Text]) -> list[Pair]:
    """Return the pairs of files: `a`, `b`, `label` (1: the same news), `kind` and `lang` if known.

    Raises:
        CmctlError: a line is no such pair, or there is none.
    """
    return _examples(files, _pair, PAIR)


def timelines(files: Sequence[Text]) -> list[Timeline]:
    """Return the timelines of files: `items` in order (`at`, `text`, `by` if known), `duplicates`.

    Duplicates are pairs of numbers of items, from 0, the earlier first.

    Raises:
        CmctlError: a line is no such timeline, or there is none.
    """
    return _examples(files, _timeline, TIMELINE)


def _examples(
    files: Sequence[Text], read: Callable[[Mapping[str, Any]], Example], like: str
) -> list[Example]:
    found: list[Example] = []
    for file in files:
        for number, line in _lines(file):
            try:
                found.append(read(_object(line)))
            except _WrongError as wrong:
                place = Place(file.name, number, wrong.column)
                raise CmctlError(str(wrong), hint=f"a line is like {like}", place=place) from None
    if not found:
        message = f"there is nothing in {', '.join(file.name for file in files)}"
        raise CmctlError(message, hint=f"a line is like {like}")
    return found


def _lines(file: Text) -> Iterator[tuple[int, str]]:
    # Not splitlines: JSON may have other line separators inside its texts.
    for number, line in enumerate(file.text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _object(line: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as problem:
        message = f"it is not JSON: {problem.msg}"
        raise _WrongError(message, problem.colno) from None
    except (ValueError, RecursionError):
        message = "it is not JSON that can be read: a number is too long, or it is nested too deep"
        raise _WrongError(message) from None
    return _mapping(found, "the line")


def _pair(row: Mapping[str, Any]) -> Pair:
    label = row.get("label")
    if not isinstance(label, int) or label not in {0, 1}:
        message = f"`label` is 1 (the same news) or 0, not {_shown(label)}"
        raise _WrongError(message)
    return Pair(
        a=_string(row, "a"),
        b=_string(row, "b"),
        same=bool(label),
        kind=_string(row, "kind", default=""),
        language=_string(row, "lang", default=""),
    )


def _timeline(row: Mapping[str, Any]) -> Timeline:
    posts = [
        _item(number, _mapping(item, f"item {number}"))
        for number, item in enumerate(_list(row, "items"))
    ]
    for number, (earlier, later) in enumerate(pairwise(posts), start=1):
        if later.at < earlier.at:
            message = (
                f"items stand in the order of their times, and item {number} is before {number - 1}"
            )
            raise _WrongError(message)
    duplicates = frozenset(_duplicate(one, len(posts)) for one in _list(row, "duplicates"))
    return Timeline(posts=posts, duplicates=duplicates)


def _item(number: int, row: Mapping[str, Any]) -> Seen:
    return Seen(
        source="timeline",
        ref=str(number),
        text=_string(row, "text"),
        at=_time(_string(row, "at")),
        author=_string(row, "by", default=""),
    )


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        at.astimezone(UTC)  # some instants have no UTC in the years that there are
    except (ValueError, OverflowError):
        message = f"`at` is a time such as 2026-03-02T09:00:00+01:00, not {_shown(text)}"
        raise _WrongError(message) from None
    if at.tzinfo is None:
        message = f"`at` needs its offset from UTC: {text}+01:00"
        raise _WrongError(message)
    return at


def _duplicate(found: object, posts: int) -> tuple[int, int]:
    match found:
        case [int(earlier), int(later)] if 0 <= earlier < later < posts:
            return earlier, later
    message = (
        f"`duplicates` has pairs of items, such as [0, 1], the earlier first, not {_shown(found)}"
    )
    raise _WrongError(message)


# --- types ---------------------------------------------------------------------------------------


def _mapping(found: object, what: str) -> Mapping[str, Any]:
    if isinstance(found, dict):
        return found
    message = f"{what} is an object, not {_shown(found)}"
    raise _WrongError(message)


def _string(row: Mapping[str, Any], key: str, *, default: str | None = None) -> str:
    found = row.get(key, default)
    if isinstance(found, str):
        return found
    message = f"`{key}` is a text, not {_shown(found)}" if key in row else f"`{key}` is missing"
    raise _WrongError(message)


def _list(row: Mapping[str, Any], key: str) -> Sequence[object]:
    found = row.get(key)
    if isinstance(found, list):
        return found
    message = f"`{key}` is a list, not {_shown(found)}" if key in row else f"`{key}` is missing"
    raise _WrongError(message)


def _shown(found: object) -> str:
    text = json.dumps(found, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
