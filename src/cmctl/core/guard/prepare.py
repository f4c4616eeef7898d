"""All that comparing needs to know of one text, worked out once."""

import re
from dataclasses import dataclass
from functools import lru_cache

from cmctl.core.guard.facts import Facts, facts_of
from cmctl.core.guard.normalise import LIMIT, Plain, plain
from cmctl.core.guard.words import STOP_WORDS, stem, words_of

_SENTENCE = re.compile(r"[.!?…•\n|]+(?=\s|$)|\s[-•·|]\s|\n")
_NAME = re.compile(r"(?<![.!?…•\n|:\"«»(] )(?<![\n#•|])\b[A-Z][\w'-]*[a-z][\w-]*")


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One text, ready to be compared with any other."""

    plain: Plain
    facts: Facts
    #: Stems of the words that carry news, in order, doubles included.
    stems: tuple[str, ...]
    #: How each stem was written first, folded, for a person to read.
    written: dict[str, str]
    #: Stems of capitalised words inside sentences: people, places, brands.
    names: frozenset[str]
    #: The stems of each sentence that has any.
    sentences: tuple[frozenset[str], ...]
    #: Stems, figures, links and contacts: two texts without one in common cannot be one news.
    anchors: frozenset[str]


def prepare(text: str) -> Prepared:
    """Return what is compared of `text`; the same object for the same text while it is cached."""
    return _prepare(text[:LIMIT])


@lru_cache(maxsize=8192)
def _prepare(text: str) -> Prepared:
    form = plain(text)
    facts, rest = facts_of(form.text)
    written: dict[str, str] = {}
    stems = tuple(stems_of(rest, written))
    sentences = tuple(s for part in _SENTENCE.split(rest) if (s := frozenset(stems_of(part))))
    shouted = sum(map(str.isupper, form.cased)) * 2 > sum(map(str.isalpha, form.cased))
    names = "" if shouted else " ".join(_NAME.findall(form.cased))
    figures = {f"{value:g}" for value in facts.values}
    return Prepared(
        plain=form,
        facts=facts,
        stems=stems,
        written=written,
        names=frozenset(stems_of(names.lower())) & frozenset(stems),
        sentences=sentences,
        anchors=frozenset(stems) | figures | form.links | form.contacts,
    )


def stems_of(text: str, written: dict[str, str] | None = None) -> list[str]:
    """Return the stems of the words of `text` that carry news."""
    stems = []
    for word in words_of(text):
        if word in STOP_WORDS or (len(word) == 1 and word.isascii()):
            continue
        stems.append(stem(word))
        if written is not None:
            written.setdefault(stems[-1], word)
    return stems
