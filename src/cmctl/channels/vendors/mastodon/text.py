"""How Mastodon counts a text.

It follows Mastodon's `StatusLengthValidator`: grapheme clusters, where a link with its scheme
counts 23 and a mention counts without its server (docs.joinmastodon.org, "Posting to your
profile"). What Mastodon would not make a link of counts in full.
"""

import re
from typing import Final

from cmctl.core.text import graphemes

#: What a link counts, however long it is.
LINK_LENGTH: Final = 23
#: A longer address is not made a link.
_LONGEST_LINK: Final = 4096
_LONGEST_HOST: Final = 253
_HOST = r"(?:[^\s/?#:@!()<>\"'«».,;]+\.)+(?:xn--[a-z0-9-]+|[^\W\d_]{2,})"
_PATH = r"(?:/[^\s<>()?]*(?:\([^\s<>()?]*\)[^\s<>()?]*)*)?"
_QUERY = r"(?:\?[^\s<>\"«»]*)?"
_LINK = rf"(?<![\w@＠$#＃])(?P<link>https?://(?P<host>{_HOST})(?![\w-])(?::\d+)?{_PATH}{_QUERY})"
_NAME = r"[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*"
_MENTION = rf"(?<![=/\w])@(?P<name>{_NAME})(?P<server>@\w+(?:[.-]+\w+)*)?"
_ENTITY = re.compile(f"{_LINK}|{_MENTION}", re.IGNORECASE)
#: Punctuation that ends a sentence and not a link.
_SENTENCE: Final = "!?*\"'「」;:=,.$%[]~&|@…»"


def counted(text: str, *, link_length: int = LINK_LENGTH) -> int:
    """Return how many characters Mastodon counts; some servers count links otherwise."""
    return graphemes(_ENTITY.sub(lambda match: _counted_as(match, link_length), text))


def short_mentions(text: str) -> str:
    """Return the text with mentions as a timeline shows them: without their server."""
    return _ENTITY.sub(lambda match: match[0] if match["link"] else f"@{match['name']}", text)


def _counted_as(match: re.Match[str], link_length: int) -> str:
    if match["link"]:
        link = match["link"].rstrip(_SENTENCE)
        if len(link) > _LONGEST_LINK or len(match["host"]) > _LONGEST_HOST:
            return match[0]
        return "x" * link_length + match["link"][len(link) :]
    if match["server"] and len(match["server"]) > _LONGEST_HOST:
        return match[0]
    return f"@{match['name']}"
