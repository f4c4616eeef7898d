"""Sketches: what the first look looks at of a text, kept so that the text need not be read again.

Reading a text takes half a millisecond and more, and a judgement looks at hundreds; most of them
share too little with ours to be worth more than that look. A sketch is plain text: a line that
names how it was made and of what text, a line of links and contacts, and a line for each sentence.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from sys import intern
from typing import NamedTuple
from zlib import crc32

from cmctl.core.guard.learned import BrokenGuardError
from cmctl.core.guard.normalise import lean
from cmctl.core.guard.prepare import Sentence, prepare
from cmctl.core.model import Seen
from cmctl.core.once import once

#: The files that say what a sketch has; where one of them changes, all sketches are made again.
MADE_BY = (
    "dates.py",
    "facts.py",
    "learned.py",
    "normalise.py",
    "numbers.py",
    "prepare.py",
    "sketches.py",
    "words.py",
    "data/concepts.txt",
)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What the first look looks at of a text; the values as in `Prepared`."""

    lines: frozenset[str]
    anchors: frozenset[str]
    figures: frozenset[float]
    names: frozenset[str]
    language: str
    #: Links and contacts, and the sentences, as they are kept.
    _apart: str
    _sentences: tuple[str, ...]

    def without(self, frame: Set[str]) -> "Sketch":
        """Return it without the sentences of `frame`; as it is where nothing else would be left."""
        kept = tuple(one for one in self._sentences if _line(one) not in frame)
        if len(kept) == len(self._sentences) or not any(map(_tells, kept)):
            return self
        return _of_parts(self.language, self._apart, kept)


def sketched(seen: Seen) -> Sketch:
    """Return the sketch of a text: the one that it brings, where this program would make it so."""
    if seen.sketch.startswith(_head(seen.text)):
        return read(seen.sketch)
    return read(sketch(seen.text))


@once
def version() -> str:
    """Return what names the lists and rules by which this program makes sketches.

    Raises:
        BrokenGuardError: one of their files is missing.
    """
    digest = blake2b(digest_size=6)
    for name in MADE_BY:
        try:
            digest.update((Path(__file__).parent / name).read_bytes())
        except OSError as problem:
            raise BrokenGuardError(name, problem) from problem
    return digest.hexdigest()


@lru_cache(maxsize=2048)  # a queue is compared with itself, and has no sketches in the store
def sketch(text: str) -> str:
    """Return the sketch of a text as it is kept."""
    found = prepare(text)
    apart = found.form.links | found.form.contacts
    each = dict.fromkeys(map(_written, found.sentences))
    return "\n".join((f"{_head(text)}{found.language}", " ".join(apart), *each))


def _head(text: str) -> str:
    """Return how the sketch of `text` begins that this program makes."""
    return f"{version()} {crc32(text.encode('utf-8', 'surrogatepass')):08x} "


def _written(sentence: Sentence) -> str:
    names = sentence.names
    others = frozenset(sentence.concepts) - names
    tells = "+" if sentence.concepts or sentence.facts else "-"
    figures = map(repr, sentence.facts.values)
    fields = (f"{sentence.line}{tells}", *map(" ".join, (names, others, figures)))
    return "\t".join(fields)


class Unpacked(NamedTuple):
    """The values of a sketch, each once."""

    language: str
    names: frozenset[str]
    #: All that two texts can have in common and that is no name.
    others: frozenset[str]
    figures: frozenset[float]


def unpacked(kept: str) -> Unpacked:
    """Return what stands in a sketch of this program, whatever is the client's frame."""
    head, apart, *sentences = kept.split("\n")
    return _unpacked(head.rpartition(" ")[2], apart, sentences)


def _unpacked(language: str, apart: str, sentences: Iterable[str]) -> Unpacked:
    names, others, figures = [], apart.split(), []
    for sentence in sentences:
        _, named, other, values = sentence.split("\t")
        names += named.split()
        others += other.split()
        figures += values.split()
    values_of = frozenset(map(float, figures))
    called = _interned(names)
    others += [f"{value:g}" for value in values_of]
    return Unpacked(language, called, _interned(others) - called, values_of)


@lru_cache(maxsize=1024)
def read(kept: str) -> Sketch:
    """Return a sketch that was made by this program, as `sketch` wrote it."""
    head, apart, *sentences = kept.split("\n")
    return _of_parts(head.rpartition(" ")[2], apart, tuple(sentences))


def _of_parts(language: str, apart: str, sentences: tuple[str, ...]) -> Sketch:
    found = _unpacked(language, apart, sentences)
    return Sketch(
        lines=frozenset(map(_line, sentences)),
        anchors=found.names | found.others,
        figures=lean(found.figures),
        names=lean(found.names),
        language=language,
        _apart=apart,
        _sentences=sentences,
    )


def _interned(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(intern, words))  # the texts of a client share most of their words


def _line(sentence: str) -> str:
    return sentence[: sentence.index("\t") - 1]


def _tells(sentence: str) -> bool:
    return sentence[sentence.index("\t") - 1] == "+"
