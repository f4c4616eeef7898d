"""Mappings in YAML: records with known keys, and maps whose keys the person chose.

The `Field`s of a record are the one place that says which keys there are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode

from cmctl.config.kinds import Kind, Schema, wrong_type
from cmctl.config.reader import is_nothing, kind_of, text_of
from cmctl.config.report import Report
from cmctl.config.wrong import did_you_mean, nearest, quoted


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record."""

    name: str
    kind: Kind
    #: For the editor: what it means, in one sentence.
    description: str
    required: bool = False

    def schema(self) -> Schema:
        """Return the value's schema with the description."""
        return {**self.kind.schema(), "description": self.description}


class Fields(dict[str, Any]):
    """What a `Record` read: right values by key, with the nodes of all keys that were given."""

    __slots__ = ("misspelt", "node", "nodes")

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node
        #: The value's node of every known key, also where the value is wrong.
        self.nodes: dict[str, Node] = {}
        #: The keys that unknown ones were probably meant to be: told already.
        self.misspelt: set[str] = set()


class Record:
    """A mapping with known keys."""

    def __init__(
        self,
        what: str,
        fields: Sequence[Field],
        *,
        others: bool = False,
        one_of: Sequence[str] = (),
    ) -> None:
        """`what` names it in messages: `a post`; `others`: further keys are somebody else's.

        Exactly one of the keys `one_of` must be there.
        """
        self.what = what
        self.fields = {one.name: one for one in fields}
        self._kinds = {one.name: one.kind for one in fields}
        self._required = tuple(one.name for one in fields if one.required)
        self._others = others
        self._one_of = tuple(one_of)

    def read(self, node: Node, report: Report) -> Fields | None:
        """Return the fields that are right, after reporting those that are not."""
        if not isinstance(node, MappingNode):
            wrong_type(node, report, f"{self.what} (a mapping)", self._instead(node))
            return None
        fields = Fields(node)
        for key, value in node.value:
            self._read_field(key, value, fields, report)
        for name in self._required:
            if name not in fields.nodes and name not in fields.misspelt:
                message = f'{self.what} has no "{name}"'
                report.error(node, "missing-key", message, f'add "{name}: ..."')
        self._choose(fields, report)
        return fields

    def _instead(self, node: Node) -> str:
        """Return how a text is written that stands where a record with a key for it should."""
        if not self._one_of or not isinstance(node, ScalarNode) or is_nothing(node):
            return ""
        return f"write {{{self._one_of[0]}: {text_of(node)}}}"

    def _choose(self, fields: Fields, report: Report) -> None:
        """Report where not exactly one of the keys `one_of` is there."""
        given = [name for name in self._one_of if name in fields.nodes]
        either = " or ".join(f'"{name}"' for name in self._one_of)
        if len(given) > 1:
            message = f"{self.what} has one of {either}, not both"
            report.error(fields.nodes[given[1]], "two-keys", message, "keep one")
        elif self._one_of and not given and fields.misspelt.isdisjoint(self._one_of):
            fix = f'add "{self._one_of[0]}: ..."'
            report.error(fields.node, "missing-key", f"{self.what} has no {either}", fix)

    def _read_field(self, key: Node, value: Node, fields: Fields, report: Report) -> None:
        name = key.value if isinstance(key, ScalarNode) else ""
        kind = self._kinds.get(name)
        if kind is None:
            if not (self._others and name):
                self._unknown(key, name, report)
                fields.misspelt.add(nearest(name, self.fields))
        elif name in fields.nodes:
            duplicate_key(key, name, report)
        elif is_nothing(value):
            self._nothing(value, name, report, fields)
        else:
            fields.nodes[name] = value
            report.key = name
            found = kind.read(value, report)
            if found is not None:
                fields[name] = found

    def _nothing(self, node: Node, name: str, report: Report, fields: Fields) -> None:
        """`null` takes a key away; a key with nothing behind it may be half-written."""
        if node.value == "":
            fields.nodes[name] = node
            report.error(
                node, "empty", f'"{name}" says nothing', "write a value, or remove the line"
            )

    def _unknown(self, key: Node, name: str, report: Report) -> None:
        near = did_you_mean(name, self.fields)
        message = f"unknown key {quoted(name or kind_of(key))} in {self.what}{near}"
        fix = "" if near else f"known keys: {', '.join(self.fields)}"
        report.error(key, "unknown-key", message, fix)

    def schema(self) -> Schema:
        """Return an object schema; unknown keys are allowed only where they are somebody else's."""
        schema: Schema = {
            "type": "object",
            "properties": {name: one.schema() for name, one in self.fields.items()},
            "additionalProperties": self._others,
        }
        if self._required:
            schema["required"] = list(self._required)
        if self._one_of:
            schema["oneOf"] = [{"required": [name]} for name in self._one_of]
        return schema


def duplicate_key(key: Node, name: str, report: Report) -> None:
    """Report a key that stands a second time in its mapping."""
    message = f"the key {quoted(name)} stands here a second time"
    report.error(key, "duplicate-key", message, "keep one of the two")


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping with keys that the person chose."""

    #: What a key is, in words: `a client`.
    what: str
    #: What a key must match whole, and how that is said.
    keys: str
    rule: str
    value: Kind

    def read(self, node: Node, report: Report) -> "Entries | None":
        """Return the values with the nodes of their keys."""
        if not isinstance(node, MappingNode):
            wrong_type(node, report, f"a mapping with {self.what} a key")
            return None
        entries = Entries()
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name in entries:
                duplicate_key(key, name, report)
            elif not re.fullmatch(self.keys, name):
                message = f"{quoted(name or kind_of(key))} cannot be the name of {self.what}"
                report.error(key, "wrong-name", message, f"write it with {self.rule}")
            else:
                report.key = name
                entries[name] = (self.value.read(value, report), key)
        return entries

    def schema(self) -> Schema:
        """Return an object schema with a pattern for the keys."""
        return {
            "type": "object",
            "patternProperties": {f"^(?:{self.keys})$": self.value.schema()},
            "additionalProperties": False,
        }


class Entries(dict[str, tuple[Any, Node]]):
    """What a `MapOf` read: values (None where wrong), each with its key's node."""
