"""Names as a text writes them: `Sainte-Anne`, `Léa Martin`, and not each of their words alone."""

import re
from collections.abc import Collection, Iterator

from cmctl.core.guard.normalise import fold
from cmctl.core.guard.prepare import Prepared
from cmctl.core.guard.words import Language, told

_WORD = re.compile(r"[^\W_]+")
#: What may stand between two words of one name.
_WITHIN = frozenset(" -‐‑")


def called(names: Collection[str], *texts: Prepared) -> list[str]:
    """Return names, by their concepts, as the texts write them: in their order, each once."""
    left = dict.fromkeys(names)
    found: list[str] = []
    for text in texts:
        for written, concepts in _runs(text, names):
            if not left.keys().isdisjoint(concepts):
                found.append(written)
                left = {name: None for name in left if name not in concepts}
    return [*found, *left]


def _runs(text: Prepared, names: Collection[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each run of words of `names`, as it is written, with the concepts of its words."""
    for sentence in text.sentences:
        start, end, concepts = 0, 0, set[str]()
        for word in _WORD.finditer(sentence.text):
            name = _name(word.group(), text.language)
            goes_on = name in names and sentence.text[end : word.start()] in _WITHIN
            if concepts and not goes_on:
                yield sentence.text[start:end], concepts
                concepts = set()
            if name in names:
                start, end = start if concepts else word.start(), word.end()
                concepts.add(name)
        if concepts:
            yield sentence.text[start:end], concepts


def _name(word: str, language: Language) -> str:
    return told(fold(word).lower(), language)
