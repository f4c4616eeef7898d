"""Other people's text, safe to show: nothing in it moves the cursor, sets a colour or turns lines.

Statuses, error bodies and file names come from outside. A terminal obeys the control characters of
ECMA-48 (C0, DEL, C1) and the bidirectional controls of UAX 9 in them; here each of these becomes a
visible sign instead. Letters, emoji, joiners (U+200C, U+200D) and variation selectors stay.
"""

import re

_UNSAFE = (
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, overrides, isolates
    "\u2028\u2029"  # line and paragraph separators
    "\u206a-\u206f\ufeff\ufff9-\ufffb"  # deprecated and invisible format controls
    "\ud800-\udfff"  # lone surrogates, which no encoding can print
)
_ONE_LINE = f"[{_UNSAFE}]"  # compiled at the first use, which most runs never reach
_LINES = f"(?!\n)[{_UNSAFE}]"
# Common and harmless, but not `isprintable`.
_HARMLESS = ("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{ZERO WIDTH JOINER}")


def plain_line(text: str) -> str:
    """Return `text` as one line without a character that a terminal obeys."""
    return text if is_plain(text) else re.sub(_ONE_LINE, _visible, text)


def plain_lines(text: str) -> str:
    """Return `text` without a character that a terminal obeys, keeping its line ends as `\\n`."""
    return re.sub(_LINES, _visible, text.replace("\r\n", "\n"))


def is_plain(text: str) -> bool:
    """Tell quickly, for whole listings at once, that nothing in `text` needs replacing.

    False only means that it may: some harmless characters are not known here.
    """
    if text.isprintable():
        return True
    for character in _HARMLESS:
        text = text.replace(character, "")
    return text.isprintable()


def escape_json(document: str) -> str:
    """Return a JSON document in which the same characters stand as `\\uXXXX`, line ends kept."""
    return re.sub(_LINES, lambda match: f"\\u{ord(match[0]):04x}", document)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 0x7F else f"<U+{code:04X}>"
