"""Links, mentions and hashtags of a Bluesky post, by UTF-8 byte offsets.

docs.bsky.app, "Links, mentions, and rich text"; lexicon `app.bsky.richtext.facet`. Nothing in the
text itself is changed, and a server takes offsets unchecked, so they must be right here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from cmctl.core.text import graphemes

_KIND = "app.bsky.richtext.facet"
_LINK = r"(?<![\w@/])(?P<link>https?://[^\s<>\"«»]+)"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_MENTION = rf"(?<![\w@./])@(?P<handle>(?:{_LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
# What no reader sees ends a hashtag, as in the network's own client.
_TAG = r"(?<![^\s(«])[#＃](?!\ufe0f)(?P<tag>[^\s\u00ad\u2060\u200a-\u200d\u20e2]+)"
_MARK = re.compile(f"{_LINK}|{_MENTION}|{_TAG}")
_TAG_GRAPHEMES = 64
_SENTENCE = ".,;:!?…'’”"


def facets(text: str, resolve: Callable[[str], str | None]) -> list[dict[str, object]]:
    """Return the facets of `text`, in order.

    `resolve` gives the DID of a handle, or None where there is no such account: that mention stays
    plain text.
    """
    found: list[dict[str, object]] = []
    for start, shown, feature in _features(text, resolve):
        first = len(text[:start].encode())
        index = {"byteStart": first, "byteEnd": first + len(shown.encode())}
        found.append({"index": index, "features": [feature]})
    return found


def expand(text: str, links: list[Mapping[str, object]]) -> str:
    """Return `text` with every link that a client has shortened shown whole.

    `links` are the facets as a server stores them, written by any client: what is out of range or
    malformed is left alone.
    """
    data = text.encode()
    for start, end, uri in sorted(_ranges(links, len(data)), reverse=True):
        shown = data[start:end].decode(errors="replace")
        if shown.rstrip("….").lower() in uri.lower():
            data = data[:start] + uri.encode() + data[end:]
    return data.decode(errors="replace")


def _features(
    text: str, resolve: Callable[[str], str | None]
) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Yield where each mark starts, what the text shows of it, and what it is."""
    for match in _MARK.finditer(text):
        if match["link"]:
            uri = _trimmed_link(match["link"])
            yield match.start(), uri, {"$type": f"{_KIND}#link", "uri": uri}
        elif match["handle"]:
            did = resolve(match["handle"])
            if did:
                yield match.start(), match[0], {"$type": f"{_KIND}#mention", "did": did}
        elif tag := _trimmed_tag(match["tag"]):
            yield match.start(), match[0][0] + tag, {"$type": f"{_KIND}#tag", "tag": tag}


def _trimmed_link(link: str) -> str:
    """Leave the punctuation of the sentence out of a link."""
    link = link.rstrip(_SENTENCE)
    while link.endswith(")") and link.count(")") > link.count("("):
        link = link[:-1].rstrip(_SENTENCE)
    return link


def _trimmed_tag(tag: str) -> str:
    """Return a hashtag without what follows it, or nothing where it is none."""
    while tag and unicodedata.category(tag[-1])[0] == "P":
        tag = tag[:-1]
    word = any(not c.isdecimal() and unicodedata.category(c)[0] != "P" for c in tag)
    return tag if word and graphemes(tag) <= _TAG_GRAPHEMES else ""


def _ranges(links: list[Mapping[str, object]], length: int) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and address of the link facets that fit the text."""
    for facet in links:
        index, features = facet.get("index"), facet.get("features")
        if not isinstance(index, Mapping) or not isinstance(features, list):
            continue
        start, end = index.get("byteStart"), index.get("byteEnd")
        uris = (item.get("uri") for item in features if isinstance(item, Mapping))
        uri = next((uri for uri in uris if isinstance(uri, str)), "")
        if uri and isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length:
            yield start, end, uri
