"""Ids out of words: ASCII, lower case, with hyphens."""

import re
import unicodedata
from collections.abc import Container

_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "Œ": "oe", "Æ": "ae"}
)
_WORDS = 5
_LENGTH = 48


def slug(text: str) -> str:
    """Return the first words of `text` as an id; `post` where it has no letters of ours."""
    without_links = re.sub(r"https?://\S+", " ", text)
    decomposed = unicodedata.normalize("NFKD", without_links.translate(_LETTERS))
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    words = re.findall(r"[a-z0-9]+", letters.lower())[:_WORDS]
    return "-".join(words)[:_LENGTH].strip("-") or "post"


def unique(wanted: str, taken: Container[str]) -> str:
    """Return `wanted`, with a number behind it where it is taken."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
