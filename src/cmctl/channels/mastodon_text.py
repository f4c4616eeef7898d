"""How Mastodon counts a text, and what its HTML says as plain text.

Counting follows Mastodon's `StatusLengthValidator`: grapheme clusters, where a link with its scheme
counts 23 and a mention counts without its server (docs.joinmastodon.org, "Posting to your
profile"). What Mastodon would not make a link of counts in full.
"""

import re
from html.parser import HTMLParser
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


def plain(html: str) -> str:
    """Return a status's HTML as the text a reader sees: paragraphs, lines, links shown whole."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects text; knows the elements that servers of the Mastodon API send."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._link: str | None = None
        self._link_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._pieces.append("\n")
        elif tag in {"p", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"}:
            self._pieces.append("\n\n")
        elif tag in {"li", "div"}:
            self._pieces.append("\n")
        elif tag == "a":
            self._open_link({name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "blockquote", "pre", "ul", "ol"}:
            self._pieces.append("\n\n")
        elif tag == "a":
            self._close_link()

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    def text(self) -> str:
        """Return what was read, without the layout's own empty lines."""
        text = re.sub(r"\n{3,}", "\n\n", "".join(self._pieces))
        return text.strip("\n")

    def _open_link(self, attributes: dict[str, str]) -> None:
        classes = attributes.get("class", "").split()
        if "mention" not in classes and "hashtag" not in classes:
            self._link, self._link_from = attributes.get("href", ""), len(self._pieces)

    def _close_link(self) -> None:
        """Add the address where the link's words do not show it."""
        if self._link:
            shown = "".join(self._pieces[self._link_from :])
            if not shown.startswith(("http://", "https://")) and shown != self._link:
                self._pieces.append(f" {self._link}")
        self._link = None
