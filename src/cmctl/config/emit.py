"""Values as YAML that every reader, of YAML 1.1 or 1.2, understands as the same value."""

import re
from collections.abc import Mapping, Sequence

Value = str | bool | float | Sequence["Value"] | Mapping[str, "Value"]

# Words, times and addresses that no reader takes for anything but text.
_WORDS = re.compile(r"[^\W\d_](?:[\w \u00a0\u202f.;!?()'’«»/+€-]*[\w.!?)»€])?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_ADDRESS = re.compile(r"https?://[\w./~+=?&%-]+")
_GUESSED = re.compile(r"true|false|yes|no|on|off|y|n|null|[-+]?\.?(inf|nan)", re.IGNORECASE)
# What double quotes need written as an escape, and what no literal block can hold.
_ESCAPED = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_BREAKS_BLOCK = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def flow(value: Value) -> str:
    """Return a value on one line, fit to stand in brackets."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(flow(one) for one in value) + "]"


def block(value: Value, indent: int) -> str:
    """Return a value as it stands behind a key that is indented by `indent` spaces."""
    if isinstance(value, str) and "\n" in value and _fits_block(value):
        margin = " " * (indent + 2)
        lines = [margin + line if line else "" for line in value.split("\n")]
        return "\n".join(("|", *lines))
    return flow(value)


def entries(values: Mapping[str, Value], indent: int) -> str:
    """Return a block mapping, each key on a line of its own, the first without its margin."""
    lines = (f"{key}: {block(value, indent)}" for key, value in values.items())
    return f"\n{' ' * indent}".join(lines)


def _fits_block(text: str) -> bool:
    """A literal block cannot begin with a space, nor tell its own last newline from the text's."""
    return not (text[0] in " \n" or text.endswith("\n") or _BREAKS_BLOCK.search(text))


def _scalar(text: str) -> str:
    plain = _WORDS.fullmatch(text) or _MOMENT.fullmatch(text) or _ADDRESS.fullmatch(text)
    if plain and not _GUESSED.fullmatch(text):
        return text
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    sign = found[0]
    return _SHORT.get(sign) or f"\\u{ord(sign):04X}"
