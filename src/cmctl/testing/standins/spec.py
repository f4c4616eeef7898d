"""A vendor's description of its API, as `tools/trim_spec.py` writes it, and what breaks it."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, Self

import jsonschema
from jsonschema.exceptions import best_match

#: How texts of forms and queries say it.
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class Matched(NamedTuple):
    """An operation that a request is for."""

    operation: str
    #: What stands in the braces of its path.
    path: dict[str, str]


class Spec:
    """The operations of one vendor as JSON Schemas."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.source: str = told["source"]
        self.operations: Mapping[str, Any] = told["operations"]
        self._schemas: Mapping[str, Any] = told["$defs"]
        self._patterns = {name: _pattern(name) for name in self.operations}

    @classmethod
    @cache
    def of(cls, vendor: str) -> Self:
        """Return the description in `specs/VENDOR.json`, read once."""
        path = files("cmctl.testing.standins") / "specs" / f"{vendor}.json"
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def match(self, method: str, path: str) -> Matched | None:
        """Return the operation of a method and a path without its query."""
        for name, pattern in self._patterns.items():
            found = pattern.fullmatch(f"{method} {path}")
            if found:
                return Matched(name, found.groupdict())
        return None

    def read(self, operation: str, part: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return texts of a form or a query as the types that `part` (`query`, `body`) gives."""
        schema = self.operations[operation].get(part, True)
        return {name: self._read(schema, name, value) for name, value in fields.items()}

    def wrong_request(
        self, operation: str, query: Mapping[str, Any], body: Mapping[str, Any]
    ) -> str:
        """Say what breaks the description in a request; empty: nothing."""
        told = self.operations[operation]
        return self._wrong(told.get("query", True), query) or self._wrong(
            told.get("body", True), body
        )

    def wrong_answer(self, operation: str, outcome: str, value: object) -> str:
        """Say what breaks the description in an answer; empty: nothing.

        `outcome` is a status, or another name under which an answer is described.
        """
        told = self.operations[operation]["answers"]
        for name in (outcome, f"{outcome[0]}XX", "default"):
            if name in told:
                return self._wrong(told[name], value)
        return f"an answer {outcome} is not described"

    def _wrong(self, schema: object, value: object) -> str:
        if schema is True:
            return ""
        error = best_match(self._validator(schema).iter_errors(value))
        return f"{error.json_path}: {error.message}" if error else ""

    def _validator(self, schema: Any) -> Any:
        return jsonschema.Draft202012Validator({"$defs": self._schemas, **schema})

    def _read(self, schema: Any, name: str, value: Any) -> Any:
        types = {kind for found in self._fields(schema, name) for kind in self._types(found)}
        if not isinstance(value, str) or "string" in types or not types:
            return value
        if types == {"boolean"}:
            return _BOOLEANS.get(value.lower(), value)
        try:
            return json.loads(value)
        except ValueError:
            return value

    def _fields(self, schema: Any, name: str) -> Iterator[Any]:
        """Yield what a schema says of a field, in all its branches."""
        for branch in self._branches(schema):
            if name in branch.get("properties", {}):
                yield branch["properties"][name]

    def _types(self, schema: Any) -> Iterator[str]:
        for branch in self._branches(schema):
            kinds = branch.get("type", [])
            yield from [kinds] if isinstance(kinds, str) else kinds

    def _branches(self, schema: Any) -> Iterator[Mapping[str, Any]]:
        """Yield a schema and everything that it is made of."""
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            yield from self._branches(self._schemas[schema["$ref"].rpartition("/")[2]])
        yield schema
        for name in ("anyOf", "oneOf", "allOf"):
            for branch in schema.get(name, ()):
                yield from self._branches(branch)


def _pattern(operation: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", operation)
    texts = [
        f"(?P<{piece}>[^/]+)" if index % 2 else re.escape(piece)
        for index, piece in enumerate(pieces)
    ]
    return re.compile("".join(texts))
