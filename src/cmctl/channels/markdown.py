"""Markdown as chat networks read it: what is written is what is read.

A backslash before a sign shows the sign; addresses are taken as they are, so nothing in them is
escaped. Sources: support.discord.com, "Markdown Text 101", and docs.discord.com, "Message
Formatting"; docs.mattermost.com, "Format messages".
"""

import re
from typing import Final

_ADDRESS = re.compile(r"(https?://[^\s<]+)")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


class Dialect:
    """The signs that a network takes for marks: `signs` anywhere, `line` where a line begins."""

    def __init__(self, *, signs: str, line: str) -> None:
        self._signs = re.compile(f"([{signs}])")
        self._line = re.compile(rf"^(\s*)({line})|^(\s*\d+)(\.)(?=\s)", re.MULTILINE)

    def escaped(self, text: str) -> str:
        """Return a text that is shown as it is written."""
        pieces = _ADDRESS.split(text)
        pieces[::2] = [self._signs.sub(r"\\\1", piece) for piece in pieces[::2]]
        return self._line.sub(_escape, "".join(pieces))

    def length(self, text: str) -> int:
        """Count a text as it goes out, its escapes included."""
        return len(self.escaped(text))


def plain(text: str) -> str:
    """Return what a reader sees of a text: its escapes undone, other marks left as they are."""
    pieces = _ADDRESS.split(text)
    pieces[::2] = [_ESCAPED.sub(r"\1", piece) for piece in pieces[::2]]
    return "".join(pieces)


def _escape(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]}\\{match[2]}"
    return f"{match[3]}\\{match[4]}"


#: Emphasis, code, spoilers, masked links, mentions, emoji and timestamps; headings, small text,
#: lists and quotes.
DISCORD: Final = Dialect(signs=r"\\*_~`|\[\]<", line=r"(?:#{1,3}|-#|[-+>]|>>>)(?=\s)")
#: Emphasis, code, tables and links; headings, lists, rules and quotes.
MATTERMOST: Final = Dialect(signs=r"\\*_~`|\[\]", line=r"#{1,6}(?=\s)|[-+](?=\s)|-(?=-)|>")
