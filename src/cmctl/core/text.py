"""What followers read of a post, as one text, and how long a text is for a reader."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from hashlib import blake2b

from cmctl.core.model import Content
from cmctl.core.plain import plain_line

_TAG = re.compile(r"#(\w+)")
_ASIDE = re.compile(r"https?://\S+|www\.\S+|#\w+")
_WORD = re.compile(r"\w+")
_AROUND_A_LINK = ".,;:!?…()[]«»\"'“”’"


def compose(content: Content, *, link: bool = True) -> str:
    """Return the text that goes out: text, link and hashtags, a blank line between.

    The link is left out where the text contains it, and with `link=False`, for a network that has
    a place of its own for it; a hashtag is left out where the text has it, in whatever case.
    """
    text = content.text.strip()
    paragraphs = [text]
    if link and content.link and not contains_link(text, content.link):
        paragraphs.append(content.link)
    paragraphs.append(" ".join(f"#{tag}" for tag in _tags_left(content, text)))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _tags_left(content: Content, text: str) -> tuple[str, ...]:
    if "#" not in text:
        return content.hashtags
    shown = set(_TAG.findall(text.casefold()))
    return tuple(tag for tag in content.hashtags if tag.casefold() not in shown)


def follower_text(content: Content) -> str:
    """Return all that a follower reads: an event's title, what `compose` gives, what follows."""
    title = content.event.title if content.event else ""
    parts = (title, compose(content), *map(str.strip, (*content.thread, content.first_comment)))
    return "\n\n".join(part for part in parts if part)


def wording(text: str) -> int:
    """Return a hash of a text's words, as a signed 64-bit number; 0: it has none.

    Case, styled letters, links, hashtags and signs make no difference: the same text pasted
    elsewhere has the same number.
    """
    words = _WORD.findall(_ASIDE.sub(" ", unicodedata.normalize("NFKC", text)).casefold())
    if not words:
        return 0
    found = blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(found, "big", signed=True)


def excerpt(text: str, width: int = 120) -> str:
    """Return the beginning of a text on one line, at most `width` characters with its `…`."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    return line[: width - 1].rstrip(" \u200d") + "…"  # no joiner without what it joins


def contains_link(text: str, link: str) -> bool:
    """Tell whether a text shows exactly this link, and not only one that begins like it."""
    return any(link in (word, word.strip(_AROUND_A_LINK)) for word in text.split())


def graphemes(text: str) -> int:
    """Count what a reader sees as one character: an emoji with its skin tone is one.

    Extended grapheme clusters of Unicode Standard Annex 29.
    """
    if text.isascii() and "\r" not in text:
        return len(text)
    import regex  # noqa: PLC0415 - half of the texts never need it

    return len(regex.findall(r"\X", text))


def utf16_units(text: str) -> int:
    """Count as networks written in UTF-16 languages do: an emoji is two or more."""
    return len(text.encode("utf-16-le")) // 2


def fitting(text: str, limit: int, count: Callable[[str], int]) -> int:
    """Return how many characters of a text fit a limit, by a count that grows word by word.

    No grapheme and no link is taken in part.
    """
    import regex  # noqa: PLC0415 - as above

    ends = [match.end() for match in regex.finditer(r"\X", text)]
    words = [end for end in ends if end == len(text) or text[end].isspace()]

    def last(candidates: list[int], otherwise: int) -> int:
        fit = bisect_right(candidates, limit, key=lambda end: count(text[:end]))
        return candidates[fit - 1] if fit else otherwise

    start = last(words, 0)
    if any("://" in word for word in text[start:].split(maxsplit=1)[:1]):
        return start
    return last([end for end in ends if end > start], start)


def cut_shown(text: str, cut: int, width: int = 24) -> str:
    """Return what stands around a place in a text, on one line, with a `|` at the place."""
    import regex  # noqa: PLC0415 - as above

    before, after = regex.findall(r"\X", text[:cut]), regex.findall(r"\X", text[cut:])
    shown = "".join((*before[-width:], "|", *after[:width]))
    line = plain_line(" ".join(shown.split()))
    return f"{'…' * (len(before) > width)}{line}{'…' * (len(after) > width)}"
