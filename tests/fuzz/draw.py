"""Values out of bytes: the same bytes are always the same value, so that a crash can be kept."""

import ast
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import cmctl.channels

Value = TypeVar("Value")

TEXTS = (
    "",
    "1",
    "-1",
    "2026-11-24T10:15:00Z",
    "2026-11-24T10:15:00+01:00",
    "9999-99-99T99:99:99Z",
    "1763979300.000100",
    "at://did:plc:abc/app.bsky.feed.post/3kabc",
    "https://example.org/é?q=1#f",
    "//[::1",
    "<p>Bonjour &amp; <b>merci</b><br/>&#x0;&#1114112;</p>",
    "été 🚚\u202e\x1b[31m\x00",
    "\ud800",
    "x" * 300,
)
NUMBERS = (0, 1, -1, 2**31, 2**63, 10**30, 0.5, -0.0, 1e308, float("inf"), float("nan"))


@cache
def words() -> tuple[str, ...]:
    """Return every short text that stands in the source of the adapters: names of fields mostly."""
    found: set[str] = set()
    for path in Path(cmctl.channels.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            said = node.value if isinstance(node, ast.Constant) else None
            if isinstance(said, str) and re.fullmatch(r"[$@\w.:-]{1,40}", said):
                found.add(said)
    return tuple(sorted(found))


class Draw:
    """Takes values from bytes until there are none left, then the simplest of each."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_empty(self) -> bool:
        return self._at >= len(self._data)

    def number(self, most: int) -> int:
        """Return a number below `most`."""
        width = 1 if most <= 256 else 2
        piece = self._data[self._at : self._at + width]
        self._at += width
        return int.from_bytes(piece, "big") % most

    def one(self, options: Sequence[Value]) -> Value:
        return options[self.number(len(options))]

    def rest(self) -> bytes:
        piece, self._at = self._data[self._at :], len(self._data)
        return piece

    def text(self) -> str:
        if self.number(3):
            return self.one(TEXTS) if self.number(2) else self.one(words())
        piece = self._data[self._at : self._at + self.number(20)]
        self._at += len(piece)
        return piece.decode("utf-8", "replace")

    def value(self, depth: int = 0) -> object:
        """Return any JSON value, with fields as the networks name them."""
        kind = self.number(8 if depth < 6 and not self.is_empty else 4)
        if kind >= 6:
            return {self.one(words()): self.value(depth + 1) for _ in range(self.number(9))}
        if kind >= 4:
            return [self.value(depth + 1) for _ in range(self.number(5))]
        if kind == 3:
            return self.one((None, True, False))
        return self.one(NUMBERS) if kind == 2 else self.text()

    def changed(self, value: object) -> object:
        """Return a right answer with something in it that is not."""
        if isinstance(value, dict) and value and self.number(4):
            key = self.one(tuple(value))
            if not self.number(6):
                return {name: one for name, one in value.items() if name != key}
            return {**value, key: self.changed(value[key])}
        if isinstance(value, list) and value and self.number(4):
            index = self.number(len(value))
            return [*value[:index], self.changed(value[index]), *value[index + 1 :]]
        return self.value(3)

    def body(self, examples: tuple[object, ...]) -> bytes:
        """Return the body of an answer: right in shape, changed in some places, or anything."""
        if not self.number(12):
            return self.rest()[:200]
        value = self.one(examples) if examples and self.number(4) else self.value()
        for _ in range(self.number(4)):
            value = self.changed(value)
        return json.dumps(value).encode("utf-8", "surrogatepass")
