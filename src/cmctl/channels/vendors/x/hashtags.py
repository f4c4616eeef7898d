"""What X makes hashtags of: twitter-text (github.com/twitter/twitter-text), `validHashtag`.

A hashtag has a letter, and ends where neither a letter, a digit nor one of a few signs follows: of
`#Saint-Malo` it is `#Saint`.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from cmctl.channels.vendors.x.text import links

#: Beside letters, marks and digits.
_SIGNS: Final = (
    r"_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c"
    r"\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\xb7"
)
#: What joins two words of one name, and ends a hashtag all the same.
_JOINED: Final = re.compile(r"[-'’]\w+")


class Hashtag(NamedTuple):
    """A hashtag, and where it stands with its sign: code points from the start, and the end."""

    name: str
    start: int
    end: int


def hashtags(text: str) -> list[Hashtag]:
    """Return the hashtags of a text in their order; what stands in a link is none."""
    if not {"#", "＃"} & set(text):
        return []
    found = [Hashtag(match[1], *match.span()) for match in _pattern().finditer(text)]
    taken = links(text) if found else []
    return [
        one for one in found if not any(start < one.end and one.start < end for start, end in taken)
    ]


def cut(text: str) -> Iterator[tuple[str, str]]:
    """Yield the hashtags that end before their word does: the word, and what is left of it."""
    for one in hashtags(text):
        if rest := _JOINED.match(text, one.end):
            yield text[one.start : one.end] + rest[0], text[one.start : one.end]


@cache
def _pattern() -> Any:
    import regex  # noqa: PLC0415 - few texts are for X

    letter, any_ = r"[\p{L}\p{M}]", rf"[\p{{L}}\p{{M}}\p{{Nd}}{_SIGNS}]"
    before = rf"(?:(?<![\p{{L}}\p{{M}}\p{{Nd}}{_SIGNS}&])|(?<=[\ufe0e\ufe0f]))"
    tag = rf"(?![\ufe0f\u20e3])({any_}*+(?<={letter}{any_}*))"
    return regex.compile(rf"{before}[#＃]{tag}(?![#＃]|://)")
