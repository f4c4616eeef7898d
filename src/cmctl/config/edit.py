"""Changes to a posts file that touch only what they mean; comments and layout stay.

Every function takes the file's text and returns the new one, after reading it back: where anything
else than the intended value would change, nothing does and `EditError` says so.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from cmctl.config.emit import Value, block, entries, flow
from cmctl.config.reader import compose, raw_value
from cmctl.config.slugs import slug, unique
from cmctl.core.errors import CmctlError
from cmctl.core.model import Problem

_BOM = "\ufeff"
_BY_HAND = "open the file and change it by hand"
SCHEMA_LINE = "# yaml-language-server: $schema={}\n"


class EditError(CmctlError):
    """The change cannot be made without touching more; the message says what to do by hand."""


def set_key(text: str, post: str, key: str, value: Value, *, path_id: str = "") -> str:
    """Set a top-level key of the post with the id `post`, adding it where it is not there.

    `path_id` is the id that a file with one post takes from its path.

    Raises:
        EditError: the post is not there, or its layout does not allow it.
    """

    def change(source: _Source) -> list["_Splice"]:
        node = source.post(post, path_id)
        pair = _pair(node, key)
        return [source.replace(node, *pair, value) if pair else source.add(node, key, value)]

    def intended(values: dict[str, Any]) -> None:
        values[key] = _raw(value)

    return _edited(text, change, lambda posts: intended(_values(posts, post, path_id)))


def remove_key(text: str, post: str, key: str, *, path_id: str = "") -> str:
    """Remove a top-level key of a post, with the comment on its line; fine where it is not there.

    Raises:
        EditError: as for `set_key`, or it is the post's only key.
    """

    def change(source: _Source) -> list["_Splice"]:
        node = source.post(post, path_id)
        return [source.cut(node, key)] if _pair(node, key) else []

    return _edited(text, change, lambda posts: _values(posts, post, path_id).pop(key, None))


def append_post(text: str, post: Mapping[str, Value], *, schema: str = "") -> str:
    """Add a post at the end of a list of posts; an empty text becomes one.

    `schema` is the address of the JSON Schema, for the editor's line in a new file.

    Raises:
        EditError: the file holds one post, or a list in brackets.
    """
    if not text.strip(f"{_BOM}\n\r "):
        text = SCHEMA_LINE.format(schema) if schema else ""

    def change(source: _Source) -> list["_Splice"]:
        return [source.append(post)]

    return _edited(text, change, lambda posts: posts.append(_raw(post)))


def insert_ids(text: str, taken: Iterable[str] = ()) -> tuple[str, list[str]]:
    """Write an id into every post of a list that has none, made of its text's first words.

    Returns the new text and the new ids. `taken` are the ids that the client's other files have.

    Raises:
        EditError: the file cannot be read, or its layout does not allow it.
    """
    used = set(taken)
    new: list[str] = []

    def change(source: _Source) -> list["_Splice"]:
        nodes = source.posts()
        used.update(str(known) for node in nodes if (known := _value(node, "id")))
        splices = []
        for node in nodes if source.is_list() else ():
            if not _pair(node, "id") and node.value:
                new.append(unique(slug(str(_value(node, "text") or "")), used))
                used.add(new[-1])
                splices.append(source.put_first(node, "id", new[-1]))
        return splices

    def intended(posts: list[Any]) -> None:
        missing = iter(new)
        for post in posts if new else ():
            if isinstance(post, dict) and "id" not in post and post:
                post["id"] = next(missing)

    return _edited(text, change, intended), new


# --- how -----------------------------------------------------------------------------------------


class _Splice(NamedTuple):
    """Replace what stands from `start` to `end`."""

    start: int
    end: int
    text: str


def _edited(
    text: str,
    change: Callable[["_Source"], list[_Splice]],
    intended: Callable[[list[Any]], object],
) -> str:
    """Apply a change and prove by reading back that it did what was intended and nothing else."""
    mark, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    newline = "\r\n" if "\r\n" in body else "\n"
    expected = _raw_posts(body)
    result = body
    for splice in sorted(change(_Source(body)), reverse=True):
        new = splice.text.replace("\n", newline)
        result = result[: splice.start] + new + result[splice.end :]
    intended(expected)
    if _raw_posts(result) != expected:
        raise EditError("the file's layout does not allow this change", hint=_BY_HAND)
    return mark + result


def _compose(text: str) -> Node | None:
    root = compose(text, "")
    if isinstance(root, Problem):
        line = root.place.line if root.place else 1
        message = f"the file has to be put right first: line {line}: {root.message}"
        raise EditError(message, hint=root.fix)
    return root


def _raw_posts(text: str) -> list[Any]:
    root = _compose(text)
    if root is None or (isinstance(root, ScalarNode) and not root.value):
        return []
    value = raw_value(root)
    return value if isinstance(value, list) else [value]


def _raw(value: Value) -> Any:
    """Return a value as the reader gives it back."""
    if isinstance(value, bool):
        return flow(value)
    if isinstance(value, Mapping):
        return {key: _raw(one) for key, one in value.items()}
    return value if isinstance(value, str) else [_raw(one) for one in value]


def _values(posts: list[Any], post: str, path_id: str) -> dict[str, Any]:
    """Return the raw post that `_Source.post` finds."""
    found: dict[str, Any] = next(
        one for one in posts if isinstance(one, dict) and one.get("id", path_id) == post
    )
    return found


def _pair(node: MappingNode, key: str) -> tuple[Node, Node] | None:
    return next((pair for pair in node.value if pair[0].value == key), None)


def _value(node: MappingNode, key: str) -> object:
    pair = _pair(node, key)
    return raw_value(pair[1]) if pair else None


def _without_newline(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")


class _Source:
    """A file's text with its nodes, and the splices that change it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = _compose(text)

    def is_list(self) -> bool:
        return isinstance(self._root, SequenceNode)

    def posts(self) -> list[MappingNode]:
        nodes = self._root.value if isinstance(self._root, SequenceNode) else [self._root]
        return [node for node in nodes if isinstance(node, MappingNode)]

    def post(self, identity: str, path_id: str) -> MappingNode:
        default = None if self.is_list() else path_id
        found = [node for node in self.posts() if (_value(node, "id") or default) == identity]
        if len(found) == 1:
            return found[0]
        raise EditError(f'the file has {len(found) or "no"} posts with the id "{identity}"')

    def replace(self, node: MappingNode, key: Node, value: Node, new: Value) -> _Splice:
        start, end = value.start_mark.index, self._end(value)
        if start < key.end_mark.index:
            raise EditError(f'"{key.value}" repeats another value by an alias', hint=_BY_HAND)
        comment = self._comment_of_block(value)
        on_one_line = comment or self._text[end : self._line_end(end)].strip() or node.flow_style
        text = flow(new) if on_one_line else block(new, self._margin(node))
        space = "" if self._text[start - 1] == " " else " "
        return _Splice(start, end, space + text + comment)

    def add(self, node: MappingNode, key: str, new: Value) -> _Splice:
        if not node.value:
            raise EditError("the post is empty", hint=_BY_HAND)
        end = self._end(node.value[-1][1])
        if node.flow_style:
            return _Splice(end, end, f", {key}: {flow(new)}")
        margin = self._margin(node)
        end = self._line_end(end)
        return _Splice(end, end, f"\n{' ' * margin}{key}: {block(new, margin)}")

    def put_first(self, node: MappingNode, key: str, new: str) -> _Splice:
        start = node.value[0][0].start_mark.index
        after = ", " if node.flow_style else "\n" + " " * self._margin(node)
        return _Splice(start, start, f"{key}: {flow(new)}{after}")

    def cut(self, node: MappingNode, key: str) -> _Splice:
        index = next(i for i, pair in enumerate(node.value) if pair[0].value == key)
        if len(node.value) == 1:
            raise EditError(f'"{key}" is all that the post has', hint="delete the post instead")
        start, end = node.value[index][0].start_mark.index, self._end(node.value[index][1])
        is_last = index == len(node.value) - 1
        if node.flow_style:
            if is_last:
                return _Splice(self._end(node.value[index - 1][1]), end, "")
            return _Splice(start, node.value[index + 1][0].start_mark.index, "")
        end = self._line_end(end)
        if index > 0:  # with its whole line, and the newline before it
            return _Splice(self._text.rindex("\n", 0, start) - self._is_crlf(start), end, "")
        rest = self._text[end:]
        return _Splice(start, end + len(rest) - len(rest.lstrip()), "")

    def append(self, post: Mapping[str, Value]) -> _Splice:
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
        return _Splice(end, end, f"{newline}{gap}{' ' * margin}- {entries(post, margin + 2)}\n")

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
