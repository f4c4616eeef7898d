"""UTM parameters: from which post, and from where, somebody came to a client's site."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_LINK = re.compile(r"https?://[^\s<>\"«»“”]+", re.IGNORECASE)
_CLOSES_A_SENTENCE = ".,;:!?…'’"
_STARTS = {")": "(", "]": "["}
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_HAS_UTM = re.compile(r"(?:^|&)utm_\w+=", re.IGNORECASE)

#: What there is, in the order in which it is written.
UTM_PARAMETERS = ("source", "medium", "campaign", "content", "term")
#: What a value may name in braces.
PLACEHOLDERS = ("client", "channel", "network", "post")


@dataclass(frozen=True, kw_only=True, slots=True)
class Utm:
    """What is added to links; nothing where there are no parameters."""

    #: `source`, `medium`, ... with values that may name what stands in `PLACEHOLDERS`.
    parameters: tuple[tuple[str, str], ...] = ()
    #: Hosts, in lower case, whose links are meant, theirs with `www.` too; empty: every link.
    sites: tuple[str, ...] = ()

    def query(self, names: Mapping[str, str]) -> str:
        """Return the parameters as a query, `names` in place of the placeholders."""
        filled = ((name, fill(value, names)) for name, value in self.parameters)
        return "&".join(f"utm_{name}={quote(value, safe='')}" for name, value in filled if value)


def fill(text: str, names: Mapping[str, str]) -> str:
    """Return a text with `{name}` replaced for each name that is known."""
    return _PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), text)


def placeholders(text: str) -> list[str]:
    """Return the names in braces, in their order."""
    return _PLACEHOLDER.findall(text)


def tag_links(text: str, query: str, sites: tuple[str, ...]) -> str:
    """Return a text with `query` added to its http links to `sites`, or to all of them."""
    if not query or "://" not in text:
        return text
    return _LINK.sub(lambda found: _tag_found(found[0], query, sites), text)


def _tag_found(word: str, query: str, sites: tuple[str, ...]) -> str:
    link = _without_end(word)
    return tag_link(link, query, sites) + word[len(link) :]


def _without_end(word: str) -> str:
    """Return a link without what closes the sentence around it; a bracket that it opens is its."""
    while word:
        if word[-1] not in _CLOSES_A_SENTENCE and not _closes_a_bracket(word):
            return word
        word = word[:-1]
    return word


def _closes_a_bracket(word: str) -> bool:
    start = _STARTS.get(word[-1])
    return start is not None and word.count(word[-1]) > word.count(start)


def tag_link(link: str, query: str, sites: tuple[str, ...]) -> str:
    """Return a link with `query` added; one that has a UTM parameter already is its author's."""
    address, hash_sign, fragment = link.partition("#")
    before, _, own = address.partition("?")
    if not query or not _is_meant(address, sites) or _HAS_UTM.search(own):
        return link
    joined = f"{own}&{query}" if own else query
    return f"{before}?{joined}{hash_sign}{fragment}"


def _is_meant(address: str, sites: tuple[str, ...]) -> bool:
    try:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # a bracket without its pair: no address, whatever a reader makes of it
        return False
    return not sites or host in {site.removeprefix("www.") for site in sites}
