"""The kinds of values in YAML: each reads a node and describes itself as JSON Schema.

A table of fields made of these is the one place that says which keys there are; reading, problems
and the schemas in the editor all come from it. `read` returns None where it reported a problem.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cmctl.config.reader import is_nothing, kind_of, text_of
from cmctl.config.report import Report
from cmctl.config.wrong import Wrong, did_you_mean, quoted

Schema = dict[str, object]

# Only an escape in double quotes can bring one in; the reader refuses the raw ones.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


class Kind(Protocol):
    """One kind of value."""

    def read(self, node: Node, report: Report) -> object | None:
        """Return the value, or None after reporting what is wrong with it."""
        ...

    def schema(self) -> Schema:
        """Return its JSON Schema (draft 2020-12), as an editor that reads YAML 1.2 sees it."""
        ...


def wrong_type(node: Node, report: Report, expected: str) -> None:
    """Report that something else stands where `expected` should."""
    key = f'"{report.key}": ' if report.key else ""
    report.error(node, "wrong-type", f"{key}{expected} is expected here, not {kind_of(node)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """A text, perhaps of a grammar of its own."""

    what: str = "a text"
    #: Raises `Wrong`.
    parse: Callable[[str], object] | None = None
    #: What the schema says besides the type: `pattern`, `examples`.
    about: Mapping[str, object] = field(default_factory=dict)

    def read(self, node: Node, report: Report) -> object | None:
        """Return the text, or what `parse` makes of it."""
        if not isinstance(node, ScalarNode):
            wrong_type(node, report, self.what)
            return None
        text = text_of(node) if node.style else node.value
        if node.style == '"' and (found := _CONTROL.search(text)):
            message = f'"{report.key}" contains the control character U+{ord(found[0]):04X}'
            report.error(node, "control-character", message, "delete it")
            return None
        return text if self.parse is None else self._parsed(text, self.parse, node, report)

    @staticmethod
    def _parsed(
        text: str, parse: Callable[[str], object], node: Node, report: Report
    ) -> object | None:
        try:
            return parse(text)
        except Wrong as wrong:
            report.error(node, wrong.code, wrong.message, wrong.fix)
            return None

    def schema(self) -> Schema:
        """Numbers and booleans too: `id: 2026` is text to us."""
        return {"type": ["string", "number", "boolean"], **self.about}


_FLAGS = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """Yes or no, in any of YAML's spellings."""

    def read(self, node: Node, report: Report) -> bool | None:
        """Return whether it is on."""
        if not isinstance(node, ScalarNode):
            wrong_type(node, report, "true or false")
            return None
        known = _FLAGS.get(node.value.lower())
        if known is None:
            message = f'"{report.key}" is true or false, not {quoted(node.value)}'
            report.error(node, "wrong-value", message, f"write {report.key}: true")
        return known

    def schema(self) -> Schema:
        """`off` is a text in YAML 1.2."""
        return {"enum": [True, False, "on", "off", "yes", "no"]}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    values: tuple[str, ...]

    def read(self, node: Node, report: Report) -> str | None:
        """Return the word."""
        if not isinstance(node, ScalarNode):
            wrong_type(node, report, " or ".join(self.values))
            return None
        if node.value in self.values:
            return str(node.value)
        near = did_you_mean(node.value, self.values)
        message = f'"{report.key}" cannot be {quoted(node.value)}{near}'
        fix = f"write {report.key}: {' or '.join(self.values)}"
        report.error(node, "wrong-value", message, fix)
        return None

    def schema(self) -> Schema:
        """Return the words."""
        return {"enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one kind; items that are wrong are left out after their problem."""

    item: Kind
    #: How such a list is written, for the problem where something else stands there.
    example: str

    def read(self, node: Node, report: Report) -> "Items | None":
        """Return the values with their nodes."""
        if not isinstance(node, SequenceNode):
            key = report.key
            message = f'"{key}": a list is expected here, not {kind_of(node)}'
            report.error(node, "wrong-type", message, f"write {key}: {self.example}")
            return None
        items = Items()
        for child in node.value:
            if is_nothing(child):
                message = f'an item of "{report.key}" says nothing'
                report.error(child, "empty", message, "write it, or remove it; # begins a comment")
                continue
            value = self.item.read(child, report)
            if value is not None:
                items.append((value, child))
        return items

    def schema(self) -> Schema:
        """Return an array of the item's schema."""
        return {"type": "array", "items": self.item.schema()}


class Items(list[tuple[Any, Node]]):
    """What a `ListOf` read: values, each with its node."""

    def values(self) -> list[Any]:
        """Return the values alone."""
        return [value for value, _ in self]


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

    __slots__ = ("node", "nodes")

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node
        #: The value's node of every known key, also where the value is wrong.
        self.nodes: dict[str, Node] = {}


class Record:
    """A mapping with known keys."""

    def __init__(self, what: str, fields: Sequence[Field], *, others: bool = False) -> None:
        """`what` names it in messages: `a post`; `others`: further keys are somebody else's."""
        self.what = what
        self.fields = {one.name: one for one in fields}
        self._kinds = {one.name: one.kind for one in fields}
        self._required = tuple(one.name for one in fields if one.required)
        self._others = others

    def read(self, node: Node, report: Report) -> Fields | None:
        """Return the fields that are right, after reporting those that are not."""
        if not isinstance(node, MappingNode):
            wrong_type(node, report, f"{self.what} (a mapping)")
            return None
        fields = Fields(node)
        for key, value in node.value:
            self._read_field(key, value, fields, report)
        for name in self._required:
            if name not in fields.nodes:
                message = f'{self.what} has no "{name}"'
                report.error(node, "missing-key", message, f'add "{name}: ..."')
        return fields

    def _read_field(self, key: Node, value: Node, fields: Fields, report: Report) -> None:
        name = key.value if isinstance(key, ScalarNode) else ""
        kind = self._kinds.get(name)
        if kind is None:
            if not (self._others and name):
                self._unknown(key, name, report)
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
        return {**schema, "required": list(self._required)} if self._required else schema


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
