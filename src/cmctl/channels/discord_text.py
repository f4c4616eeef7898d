"""Discord's Markdown: what is written is what is read.

support.discord.com, "Markdown Text 101"; docs.discord.com, "Message Formatting". A backslash before
a sign shows the sign; addresses are taken as they are, so nothing in them is escaped.
"""

import re

_ADDRESS = re.compile(r"(https?://[^\s<]+)")
#: Emphasis, code, spoilers, masked links, mentions, emoji and timestamps.
_SIGNS = re.compile(r"([\\*_~`|\[\]<])")
#: Headings, small text, lists and quotes, at the beginning of a line.
_LINE = re.compile(r"^(\s*)(#{1,3}|-#|[-+>]|>>>)(?=\s)|^(\s*\d+)(\.)(?=\s)", re.MULTILINE)
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


def escaped(text: str) -> str:
    """Return a text that Discord shows as it is written."""
    pieces = _ADDRESS.split(text)
    pieces[::2] = [_SIGNS.sub(r"\\\1", piece) for piece in pieces[::2]]
    return _LINE.sub(_line, "".join(pieces))


def plain(text: str) -> str:
    """Return what a reader sees of a text: its escapes undone, other marks left as they are."""
    pieces = _ADDRESS.split(text)
    pieces[::2] = [_ESCAPED.sub(r"\1", piece) for piece in pieces[::2]]
    return "".join(pieces)


def _line(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]}\\{match[2]}"
    return f"{match[3]}\\{match[4]}"
