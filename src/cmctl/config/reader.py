"""Text to YAML nodes that keep their places; every scalar stays the text that a person wrote.

PyYAML's C parser composes the nodes and our resolver leaves all scalars untyped, so that none of
YAML 1.1's guesses happens: `10:15` is not 615, `no` is not false, `0123` is not 83. What a text
means is decided where it is used, in `kinds.py`.
"""

import re
from collections.abc import Callable, Sequence

from yaml import CSafeLoader, YAMLError
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from cmctl.config.files import RawFile
from cmctl.core.model import Place, Problem

#: Posts need five levels; a person never writes thirty.
MAX_DEPTH = 30
#: How many values aliases may repeat in one file.
MAX_REPEATED = 10_000

# What YAML 1.2 (section 5.1) does not allow in a stream, as far as UTF-8 can carry it.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
# Where an anchor or a tag could stand; only then is the tree looked through for them.
_SPECIAL = re.compile(r"(?:^|[\s\[{,:])[&!]\S", re.MULTILINE)


class TooDeepError(Exception):
    """The nesting goes beyond `MAX_DEPTH`."""


class _Composer(CSafeLoader):
    """Composes nodes with an empty tag, counting the depth while it does."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def resolve(self, kind: type[Node], value: str, implicit: tuple[bool, bool]) -> str:  # noqa: ARG002
        return ""

    def descend_resolver(self, parent: Node | None, index: object) -> None:  # noqa: ARG002
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeepError

    def ascend_resolver(self) -> None:
        self._depth -= 1


def decode(raw: RawFile, file: str) -> str | Problem:
    """Return a file's text without its byte order mark, or what is wrong with its bytes."""
    if raw.problem:
        return raw.problem
    if raw.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _broken(file, (1, 1), "encoding", f"{file} is UTF-16", "save it as UTF-8")
    try:
        text = raw.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw.data[: error.start].decode("utf-8-sig", errors="replace")
        message = f"the byte 0x{raw.data[error.start]:02x} is not UTF-8"
        return _broken(file, _position(before), "encoding", message, "save the file as UTF-8")
    return text


def compose(text: str, file: str) -> Node | Problem | None:
    """Return the one document of `text` as a node, None where it is empty, or why it is none."""
    try:
        parser = _Composer(text)
    except UnicodeEncodeError as error:  # not from a file: a half of a surrogate pair was typed
        at = _position(text[: error.start])
        return _broken(file, at, "encoding", "a sign here is not Unicode text", "type it again")
    try:
        root: Node | None = parser.get_single_node()
    except TooDeepError:
        return _broken(
            file, (1, 1), "too-deep", f"more than {MAX_DEPTH} levels of nesting", "write it flatter"
        )
    except ReaderError:
        return _control_problem(text, file)
    except YAMLError as error:
        return _syntax_problem(error, file, text)
    finally:
        parser.dispose()
    if root is not None and _SPECIAL.search(text):
        return _special_problem(root, file) or root
    return root


def _control_problem(text: str, file: str) -> Problem:
    """Say which sign libyaml's reader refuses; it tells neither line nor column."""
    found = _CONTROL.search(text)
    code, start = (ord(found[0]), found.start()) if found else (0, 0)
    message = f"the control character U+{code:04X} cannot stand in a text file"
    return _broken(file, _position(text[:start]), "control-character", message, "delete it")


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _broken(file: str, at: tuple[int, int], code: str, message: str, fix: str) -> Problem:
    return Problem(code=code, message=message, fix=fix, place=Place(file, *at))


_HINTS = {
    "mapping values are not allowed": "put the text in quotes, or on the lines below `|`",
    "found character that cannot start any token": "put the text in quotes",
    "found a tab character": "indent with spaces, not with tabs",
    "found another document": "put it in a file of its own; one file is one document",
    "could not find expected ':'": "write `key: value`, or indent the text below its `|`",
    "found unexpected end of stream": "close the quote",
    "did not find expected node content": (
        "close the bracket; quote what begins with # or another sign"
    ),
    "did not find expected ',' or ']'": "close the bracket, and put commas between the items",
    "did not find expected ',' or '}'": "close the bracket, and put commas between the items",
    "found undefined alias": "put the text that begins with * in quotes",
    "did not find expected alphabetic": "put the text that begins with & or * in quotes",
    "did not find expected key": "indent the keys of one post alike, or quote the text above",
    "did not find expected '-'": "begin each item of the list with `- `, indented alike",
}


def _syntax_problem(error: YAMLError, file: str, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    context = getattr(error, "context", None)
    fix = next((hint for sign, hint in _HINTS.items() if sign in said), "")
    message = f"this is not YAML: {said}{f' {context}' if context else ''}"
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if tabbed := _tabbed(text, line):
        message = "a tab indents this line, and YAML takes spaces only"
        fix = f"indent with spaces: {tabbed!r}"
    return _broken(file, (line, column), "syntax", message, fix)


def _tabbed(text: str, line: int) -> str:
    """Return a line that tabs indent as spaces would; empty where none does."""
    found = text.split("\n")[line - 1 : line]
    written = found[0].rstrip() if found else ""
    indent = written[: len(written) - len(written.lstrip())]
    return indent.replace("\t", "  ") + written.lstrip()[:40] if "\t" in indent else ""


def _special_problem(root: Node, file: str) -> Problem | None:
    """Look for tags, and for aliases that repeat too much or contain themselves."""
    audit = _Audit()
    try:
        expanded = audit.size(root)
    except _RefusedError as error:
        mark = error.node.start_mark
        place = (mark.line + 1, mark.column + 1)
        return _broken(file, place, error.code, error.message, error.fix)
    if expanded - len(audit.sizes) > MAX_REPEATED:
        message = f"the aliases of this file repeat more than {MAX_REPEATED} values"
        return _broken(file, (1, 1), "alias-bomb", message, "write the values out")
    return None


class _RefusedError(Exception):
    def __init__(self, node: Node, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.node, self.code, self.message, self.fix = node, code, message, fix


class _Audit:
    """Counts the values of a tree as if every alias were written out, visiting each node once."""

    def __init__(self) -> None:
        self.sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def size(self, node: Node) -> int:
        known = self.sizes.get(id(node))
        if known is not None:
            return known
        if id(node) in self._open:
            message = "an alias stands inside of what it repeats"
            raise _RefusedError(node, "alias-bomb", message, "write the values out")
        if node.tag:
            message = f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} is not used here"
            raise _RefusedError(node, "tag", message, "remove it, or put the text in quotes")
        self._open.add(id(node))
        total = 1 + sum(self.size(child) for child in children(node))
        self._open.discard(id(node))
        self.sizes[id(node)] = total
        return total


def children(node: Node) -> Sequence[Node]:
    """Return the nodes right below `node`, keys and values in their order."""
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    if isinstance(node, SequenceNode):
        return list(node.value)
    return ()


# --- scalars -------------------------------------------------------------------------------------

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


def is_nothing(node: Node) -> bool:
    """Tell whether a value was left empty (`key:`, `~`, `null`), unquoted."""
    return isinstance(node, ScalarNode) and not node.style and node.value in _NOTHING


def text_of(node: ScalarNode) -> str:
    """Return a scalar's exact text; the newline that every block scalar ends with is left out."""
    text: str = node.value
    if node.style in ("|", ">") and text.endswith("\n"):
        return text[:-1]
    return text


def raw_value(node: Node, scalar: Callable[[ScalarNode], object] = text_of) -> object:
    """Return a tree as mappings, lists and what `scalar` makes of the rest: its exact text.

    The last of duplicate keys counts; who needs to know looks before.
    """
    if isinstance(node, MappingNode):
        return {_key_text(key): raw_value(value, scalar) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [raw_value(item, scalar) for item in node.value]
    assert isinstance(node, ScalarNode)  # noqa: S101 - the three kinds of nodes
    return scalar(node)


def plain_value(node: Node) -> object:
    """Return a tree whose meaning is not known here: `true`, `false` and whole numbers have types.

    That is less than YAML 1.2's core schema guesses: `0123`, `1.10`, `no` and `on` stay text.
    """
    return raw_value(node, _typed)


def _typed(node: ScalarNode) -> object:
    text = text_of(node)
    if node.style:
        return text
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _WHOLE.fullmatch(text) else text


def _key_text(node: Node) -> str:
    return node.value if isinstance(node, ScalarNode) else str(raw_value(node))


def kind_of(node: Node) -> str:
    """Return what a node is, in a person's words."""
    if isinstance(node, CollectionNode):
        return "a mapping" if isinstance(node, MappingNode) else "a list"
    return "nothing" if is_nothing(node) else "a text"
