"""The kinds of values in YAML: each reads a node and describes itself as JSON Schema.

A table of fields made of these is the one place that says which keys there are; reading, problems
and the schemas in the editor all come from it. `read` returns None where it reported a problem.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from yaml.nodes import Node, ScalarNode, SequenceNode

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


def wrong_type(node: Node, report: Report, expected: str, fix: str = "") -> None:
    """Report that something else stands where `expected` should; `fix` is what to write."""
    key = f'"{report.key}": ' if report.key else ""
    message = f"{key}{expected} is expected here, not {kind_of(node)}"
    report.error(node, "wrong-type", message, fix)


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
