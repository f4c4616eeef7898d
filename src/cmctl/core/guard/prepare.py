"""All that comparing needs to know of one text, worked out once."""

import re
from binascii import b2a_base64
from collections.abc import Set
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from sys import intern

from cmctl.core.guard.facts import Facts, facts_of
from cmctl.core.guard.normalise import LIMIT, Plain, fold, lean, plain
from cmctl.core.guard.states import denied, states_of
from cmctl.core.guard.words import Language, language_of, told, words_of

_SENTENCE = re.compile(
    r"(?:[!?…]{1,9}|(?<!\b\w)(?<!\b\w\w)(?<!\b\w\w\w)\.{1,9})(?=\s|$)|[\n•|]+|\s[-·]\s"
)
_TITLE = re.compile(r"[«“\"] ?([^«»“”\"\n]{3,60}) ?[»”\"]")
_WORD = re.compile(r"\w+")
_SMALL = b"abcdefghijklmnopqrstuvwxyz"
# It begins with the letter that nearly every place lacks, and looks behind that one.
_NAME = re.compile(r"[A-Z](?<!^.)(?<![:\"«»(\[] .)(?<![#\"«(\w].)[\w-]*[a-z][\w-]*", re.DOTALL)

#: `groupe B`, `vitamin C`, and at the end `plan b`; not `et I`, `Marie C.`, `J'ai` or `il y en a`.
_LETTER = re.compile(r"(?<=\w\w )(?:[A-HJ-Z](?![\w'.&/-])|(?<!\ben )(?<!\bil )(?<!\bon )[a-xz]$)")


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One sentence of a text, with what it says."""

    #: Trimmed, accents and case kept.
    text: str
    #: The same, folded, in lower case.
    folded: str
    #: Stands for that, in a few letters.
    line: str
    facts: Facts
    #: What the words that carry news are compared by, in order, doubles included.
    concepts: tuple[str, ...]
    names: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One text, ready to be compared with any other."""

    sentences: tuple[Sentence, ...]
    #: The lines of its sentences.
    lines: frozenset[str]
    #: The sentences together, folded, in lower case.
    text: str
    language: Language
    facts: Facts
    concepts: tuple[str, ...]
    #: How each concept was written first: with its accents.
    written: dict[str, str]
    #: Of capitalised words inside sentences: people, places, brands.
    names: frozenset[str]
    #: Words between quotation marks: titles, names of things.
    titles: frozenset[str]
    #: Has its links, contacts and hashtags.
    form: Plain
    #: Concepts, figures, links and contacts: what two texts can have in common.
    anchors: frozenset[str]

    @property
    def figures(self) -> frozenset[float]:
        """Return every figure, whatever it counts."""
        return self.facts.values

    @property
    def states(self) -> dict[str, int]:
        """Return where the text says that its news stands, by axis: 1 yes, -1 no, 0 both."""
        return states_of(self.text)

    @property
    def denied(self) -> frozenset[str]:
        """Return the concepts that stand within a negation."""
        return denied(self.text, self.language)

    def without(self, frame: Set[str]) -> "Prepared":
        """Return it without the lines of `frame`; as it is where nothing else would be left."""
        kept = tuple(s for s in self.sentences if s.line not in frame)
        if len(kept) == len(self.sentences) or not any(s.concepts or s.facts for s in kept):
            return self
        return _rejoined(self, kept)


def prepare(text: str) -> Prepared:
    """Return what is compared of `text`; the same object for the same text while it is cached."""
    return _prepare(text[:LIMIT])


@lru_cache(maxsize=256)
def _prepare(text: str) -> Prepared:
    form = plain(text)
    language = language_of(words_of(fold(form.text).lower()))
    shouted = _is_shouted(form.text)
    parts = (part.strip() for part in _SENTENCE.split(form.text))
    found = [_sentence(part, language, shouted) for part in parts if part]
    written: dict[str, str] = {}
    for _, words in found:
        written |= {name: word for name, word in words.items() if name not in written}
    titles = _titles(form.text, language)
    return _joined(tuple(sentence for sentence, _ in found), form, language, written, titles)


def _is_shouted(text: str) -> bool:
    """Tell whether more than half of the letters are capitals."""
    letters = text.encode("utf-8", "replace")
    small = len(letters) - len(letters.translate(None, _SMALL))
    if 2 * small >= len(text):  # nearly every text, told a hundred times faster
        return False
    return sum(map(str.isupper, text)) * 2 > sum(map(str.isalpha, text))


@lru_cache(maxsize=512)  # signatures and frames of a client stand in many of its texts
def _sentence(text: str, language: Language, shouted: bool) -> tuple[Sentence, dict[str, str]]:
    """Return a sentence, and how each of its concepts was written first."""
    cased = fold(text)
    lower = cased.lower()
    facts, rest = facts_of(lower, english=language is not Language.FRENCH)
    if not shouted and (letters := _LETTER.findall(cased)):
        facts = replace(facts, codes=facts.codes.union(map(str.lower, letters)))
    accented = {folded(word): word for word in _WORD.findall(text)}
    telling = [(found, word) for word in words_of(rest) if (found := told(word, language))]
    concepts = tuple(found for found, _ in telling)
    written: dict[str, str] = {}
    for found, word in telling:
        written.setdefault(found, intern(accented.get(word, word)))
    names = frozenset() if shouted else _concepts(" ".join(_NAME.findall(cased)), language)
    known = lean(names.intersection(concepts))
    return Sentence(text, lower, _line(lower), facts, concepts, known), written


def _line(folded: str) -> str:
    digest = blake2b(folded.encode("utf-8", "replace"), digest_size=6).digest()
    return b2a_base64(digest, newline=False).decode()


@lru_cache(maxsize=2048)
def folded(word: str) -> str:
    """Return a word without accents, in lower case."""
    return fold(word).lower()


def _concepts(text: str, language: Language) -> frozenset[str]:
    if not text:
        return frozenset()
    return frozenset(told(word, language) for word in words_of(text.lower())) - {""}


def _titles(text: str, language: Language) -> frozenset[str]:
    titles = (_concepts(fold(title), language) for title in _TITLE.findall(text))
    return frozenset().union(*titles)


@lru_cache(maxsize=256)
def _rejoined(text: Prepared, kept: tuple[Sentence, ...]) -> Prepared:
    return _joined(kept, text.form, text.language, text.written, text.titles)


def _joined(
    sentences: tuple[Sentence, ...],
    form: Plain,
    language: Language,
    written: dict[str, str],
    titles: frozenset[str],
) -> Prepared:
    facts = Facts.together([s.facts for s in sentences])
    concepts = tuple(c for s in sentences for c in s.concepts)
    text = " . ".join(s.folded for s in sentences)
    figures = {f"{value:g}" for value in facts.values}
    return Prepared(
        sentences=sentences,
        lines=frozenset(s.line for s in sentences),
        text=text,
        language=language,
        facts=facts,
        concepts=concepts,
        written=written,
        names=lean(frozenset().union(*[s.names for s in sentences])),
        titles=lean(titles.intersection(concepts)),
        form=form,
        anchors=frozenset(concepts) | figures | form.links | form.contacts,
    )
