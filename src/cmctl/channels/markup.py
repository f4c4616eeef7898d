"""Plain text to HTML that says exactly it, and back."""

import re
from html import escape
from html.parser import HTMLParser

_LINK = re.compile(r"https?://[^\s<>\"«»]+")
#: What ends a sentence and not a link.
_SENTENCE = ".,;:!?…)]'’"


def lines(text: str) -> str:
    """Return a text as HTML that a reader sees as it is written, its links to be clicked on."""
    pieces: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        link = found[0].rstrip(_SENTENCE)
        pieces += [
            _escaped(text[end : found.start()]),
            f'<a href="{escape(link)}">{escape(link)}</a>',
        ]
        end = found.start() + len(link)
    return "".join([*pieces, _escaped(text[end:])])


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which blank lines part, each as `lines` gives it."""
    return [lines(part.strip("\n")) for part in re.split(r"\n{2,}", text) if part.strip()]


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def plain(html: str) -> str:
    """Return HTML as the text a reader sees: paragraphs, lines, links shown whole."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects text; knows the elements that networks write texts with."""

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
