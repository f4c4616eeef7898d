"""How X counts a text: twitter-text, configuration 3 (github.com/twitter/twitter-text).

After NFC, most letters of Europe count 1 and others 2, an emoji 2 however it is made up, and a
link, with or without its scheme, 23. `twitter-text-parser` passes the vendor's conformance suite.
"""

import re
from typing import Final

LIMIT: Final = 280
#: Looking for a link in a word takes a time that grows with the square of its length, and with its
#: length times its dots; what is beyond these counts in full.
_LONGEST: Final = 2000
_HEAVIEST: Final = 50_000
#: What every link has within it, and hardly a word that ends a sentence.
_DOMAIN: Final = re.compile(r"\.\w")


def length(text: str) -> int:
    """Return how much of the limit a text takes; a word over 2,000 characters is no link."""
    return sum(map(_weight, re.split(r"(\s+)", text)))


def links(text: str) -> list[tuple[int, int]]:
    """Return where X finds links, with or without their schemes: code points, start and end."""
    from twitter_text import extract_urls_with_indices  # noqa: PLC0415 - as below

    found = []
    for piece in re.finditer(r"\S+", text):
        if _DOMAIN.search(piece[0]) and not _is_heavy(piece[0]):
            spans = (link["indices"] for link in extract_urls_with_indices(piece[0]))
            found += [(piece.start() + start, piece.start() + end) for start, end in spans]
    return found


def without_links(text: str) -> str:
    """Return a text without what X takes for links."""
    for start, end in reversed(links(text)):
        text = text[:start] + text[end:]
    return text


def _is_heavy(piece: str) -> bool:
    return len(piece) > _LONGEST or len(piece) * piece.count(".") > _HEAVIEST


def _weight(piece: str) -> int:
    """Return the weight of a word, or of the space between two: no link has a space."""
    from twitter_text import parse_tweet  # noqa: PLC0415 - it compiles for half a second

    if _is_heavy(piece):
        piece = piece.replace(".", "x")  # weighs the same, and makes no link
    return int(parse_tweet(piece).weightedLength)
