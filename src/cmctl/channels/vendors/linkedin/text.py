r"""LinkedIn's "little" text format, in which a post's `commentary` is written.

learn.microsoft.com/linkedin, "little Text Format": `| { } @ [ ] ( ) < > # \ * _ ~` are reserved,
and what is meant as it stands takes a backslash; without one a post can be cut short although the
answer is a success. A hashtag is `{hashtag|\#|word}`, and a mention `@[name](urn)`.
"""

import re
from typing import Final

#: Of a post and of a comment, in UTF-16 units: the documents say "characters".
LIMIT: Final = 3000
COMMENT_LIMIT: Final = 1250
_RESERVED = re.compile(r"[|{}@\[\]()<>#\\*_~]")
#: What is not plain text in what a person wrote; a `#` in an address is no hashtag.
_WRITTEN = re.compile(
    r"(?P<address>https?://\S+)"
    r"|@\[(?P<name>[^\[\]\n]+)\]\((?P<urn>urn:li:(?:person|organization):[\w-]+)\)"
    r"|(?<![\w#])#(?P<tag>\w*[^\W\d_]\w*)"
)
_STORED = re.compile(
    r"\{hashtag\|\\?#\|(?P<tag>(?:\\.|[^}\\])*)\}"
    r"|@\[(?P<name>(?:\\.|[^\]\\])*)\]\([^)]*\)"
    r"|\\(?P<sign>.)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def escaped(text: str) -> str:
    """Return a text as `commentary` has it: hashtags and mentions stay what they are."""
    pieces, end = [], 0
    for match in _WRITTEN.finditer(text):
        pieces += [_signs(text[end : match.start()]), _element(match)]
        end = match.end()
    return "".join([*pieces, _signs(text[end:])])


def plain(commentary: str) -> str:
    """Return a `commentary` as followers read it."""
    return _STORED.sub(_read, commentary)


def shown(text: str) -> str:
    """Return what followers read of a text: the name alone of whom it mentions."""
    return plain(escaped(text))


def _element(match: re.Match[str]) -> str:
    if match["tag"]:
        return f"{{hashtag|\\#|{_signs(match['tag'])}}}"
    if match["urn"]:
        return f"@[{_signs(match['name'])}]({match['urn']})"
    return _signs(match["address"])


def _signs(text: str) -> str:
    return _RESERVED.sub(lambda match: f"\\{match[0]}", text)


def _read(match: re.Match[str]) -> str:
    if match["sign"] is not None:
        return match["sign"]
    written = match["name"] if match["tag"] is None else f"#{match['tag']}"
    return _ESCAPED.sub(r"\1", written)
