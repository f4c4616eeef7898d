"""How a posts file is laid out: where its values stand, and the splices that change them."""

from collections.abc import Mapping
from typing import NamedTuple

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from cmctl.config.emit import Value, block, entries, flow
from cmctl.config.reader import compose, raw_value
from cmctl.core.errors import CmctlError
from cmctl.core.model import Problem

BY_HAND = "open the file and change it by hand"


class EditError(CmctlError):
    """The change cannot be made without touching more; the message says what to do by hand."""


class Splice(NamedTuple):
    """Replace what stands from `start` to `end`."""

    start: int
    end: int
    text: str


def compose_right(text: str) -> Node | None:
    """Return the document of a text.

    Raises:
        EditError: it is no right YAML.
    """
    root = compose(text, "")
    if isinstance(root, Problem):
        line = root.place.line if root.place else 1
        message = f"the file has to be put right first: line {line}: {root.message}"
        raise EditError(message, hint=root.fix)
    return root


def pair_of(node: MappingNode, key: str) -> tuple[Node, Node] | None:
    """Return a key and its value as nodes, or None where the key is not there."""
    return next((pair for pair in node.value if pair[0].value == key), None)


def value_of(node: MappingNode, key: str) -> object:
    """Return a key's raw value, or None where the key is not there."""
    pair = pair_of(node, key)
    return raw_value(pair[1]) if pair else None


def _without_newline(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")


class Source:
    """A file's text with its nodes, and the splices that change it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = compose_right(text)

    def is_list(self) -> bool:
        """Tell whether the file is a list of posts."""
        return isinstance(self._root, SequenceNode)

    def posts(self) -> list[MappingNode]:
        """Return the posts in their order."""
        nodes = self._root.value if isinstance(self._root, SequenceNode) else [self._root]
        return [node for node in nodes if isinstance(node, MappingNode)]

    def post(self, identity: str, path_id: str) -> MappingNode:
        """Return the one post with an id.

        Raises:
            EditError: there is none, or there are several.
        """
        default = None if self.is_list() else path_id
        found = [node for node in self.posts() if (value_of(node, "id") or default) == identity]
        if len(found) == 1:
            return found[0]
        raise EditError(f'the file has {len(found) or "no"} posts with the id "{identity}"')

    def replace(self, node: MappingNode, key: Node, value: Node, new: Value) -> Splice:
        """Put another value behind a key, keeping the comment on its line."""
        start, end = value.start_mark.index, self._end(value)
        if start < key.end_mark.index:
            raise EditError(f'"{key.value}" repeats another value by an alias', hint=BY_HAND)
        name, *_ = self._text[start:end].split(maxsplit=1) or [""]
        if name.startswith("&") and f"*{name[1:]}" in self._text:
            raise EditError(f'"{key.value}" is repeated elsewhere by an alias', hint=BY_HAND)
        comment = self._comment_of_block(value)
        on_one_line = comment or self._text[end : self._line_end(end)].strip() or node.flow_style
        text = flow(new) if on_one_line else block(new, self._margin(node))
        space = "" if self._text[start - 1] == " " else " "
        return Splice(start, end, space + text + comment)

    def add(self, node: MappingNode, key: str, new: Value) -> Splice:
        """Put a new key behind the last one."""
        if not node.value:
            raise EditError("the post is empty", hint=BY_HAND)
        end = self._end(node.value[-1][1])
        if node.flow_style:
            return Splice(end, end, f", {key}: {flow(new)}")
        margin = self._margin(node)
        end = self._line_end(end)
        return Splice(end, end, f"\n{' ' * margin}{key}: {block(new, margin)}")

    def put_first(self, node: MappingNode, key: str, new: str) -> Splice:
        """Put a new key before the first one."""
        start = node.value[0][0].start_mark.index
        after = ", " if node.flow_style else "\n" + " " * self._margin(node)
        return Splice(start, start, f"{key}: {flow(new)}{after}")

    def cut(self, node: MappingNode, key: str) -> Splice:
        """Take a key out with its line, leaving the comments on other lines."""
        index = next(i for i, pair in enumerate(node.value) if pair[0].value == key)
        if len(node.value) == 1:
            raise EditError(f'"{key}" is all that the post has', hint="delete the post instead")
        start, end = node.value[index][0].start_mark.index, self._end(node.value[index][1])
        is_last = index == len(node.value) - 1
        if node.flow_style:
            if is_last:
                return Splice(self._end(node.value[index - 1][1]), end, "")
            return Splice(start, node.value[index + 1][0].start_mark.index, "")
        end = self._line_end(end)
        if index > 0:  # with its whole line, and the newline before it
            return Splice(self._text.rindex("\n", 0, start) - self._is_crlf(start), end, "")
        rest = self._text[end:]
        return Splice(start, end + len(rest) - len(rest.lstrip()), "")

    def append(self, post: Mapping[str, Value]) -> Splice:
        """Put a new post at the end of the file, parted as the others are."""
        root, text = self._root, self._text
        end = len(text)
        margin = 0
        if isinstance(root, SequenceNode) and not root.flow_style:
            margin = root.start_mark.column
        elif root is not None:
            what = "one post" if isinstance(root, MappingNode) else "no list of posts"
            raise EditError(f"the file holds {what}", hint="add the post to another file")
        newline = "" if not text or text.endswith("\n") else "\n"
        gap = "\n" if self._has_gaps() else ""
        return Splice(end, end, f"{newline}{gap}{' ' * margin}- {entries(post, margin + 2)}\n")

    def _has_gaps(self) -> bool:
        """Tell whether blank lines part the posts."""
        nodes = self.posts()
        if len(nodes) < 2:
            return bool(nodes)
        between = self._text[self._end(nodes[-2]) : nodes[-1].start_mark.index]
        return between.count("\n") > 1

    def _margin(self, node: MappingNode) -> int:
        return int(node.value[0][0].start_mark.column)

    def _end(self, node: Node) -> int:
        """Return where a value ends, blank lines and comments behind it left out."""
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        if isinstance(node, CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        if isinstance(node, ScalarNode) and node.style in ("|", ">"):
            content = self._text[start:end]
            keeps_blank_lines = "+" in content[: content.find("\n")].partition("#")[0]
            return start + len(_without_newline(content) if keeps_blank_lines else content.rstrip())
        return end

    def _comment_of_block(self, node: Node) -> str:
        """Return the comment behind a block's `|`, with two spaces before it."""
        if not isinstance(node, ScalarNode) or node.style not in ("|", ">"):
            return ""
        start = node.start_mark.index
        _, sign, comment = self._text[start : self._line_end(start)].partition("#")
        return f"  #{comment}" if sign else ""

    def _line_end(self, index: int) -> int:
        end = self._text.find("\n", index)
        if end < 0:
            return len(self._text)
        return end - 1 if self._text[end - 1 : end] == "\r" and end > index else end

    def _is_crlf(self, index: int) -> bool:
        newline = self._text.rindex("\n", 0, index)
        return self._text[newline - 1 : newline] == "\r"
