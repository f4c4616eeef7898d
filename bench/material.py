"""Long histories of texts that people wrote, told anew with other names, figures and words.

Sentences of `tools/guard` and `tests/guard/unseen` are recombined; of their words, those that few
of these texts have are drawn again, by Zipf's law, so that 100,000 texts share what those of one
account do. Pairs that tell the same news keep their words: names and larger figures are others, the
same in both.
"""

import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from timelines import Author

ROOT = Path(__file__).parents[1]
PAIRS = (
    ROOT / "tools/guard/own-pairs.jsonl",
    ROOT / "tests/guard/unseen/pairs.jsonl",
    ROOT / "tools/guard/extra.tsv",
)
STREAMS = (ROOT / "tools/guard/own-streams.jsonl", ROOT / "tests/guard/unseen/streams.jsonl")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NAME = re.compile(r"(?<=[\w,;'’] )[A-ZÀ-Þ][^\W\d_]{2,}")
#: A word that no more of the texts have is drawn again in most of its places.
_RARE, _DRAWN = 6, 0.7
#: A larger figure is no hour and no day.
_LARGE = 31
#: Capitalised in English, and no names.
_DATES = frozenset(
    re.findall(
        r"\w+",
        "monday tuesday wednesday thursday friday saturday sunday january february march april may "
        "june july august september october november december english french",
    )
)


class Material:
    """Tells what was written anew; the same seed tells the same."""

    def __init__(self, pairs: Iterable[Path] = PAIRS, *, seed: int) -> None:
        rows = [row for path in pairs for row in _rows(path)]
        #: Two texts that tell the same news.
        self._same = [(row[1], row[2]) for row in rows if row[0]]
        self._texts = [text for row in rows for text in row[1:]] + _posts()
        words = Counter(word for text in self._texts for word in {*_words(text)})
        self._rare = sorted(word for word, found in words.items() if found <= _RARE)
        self._known = frozenset(self._rare)
        self._sentences = [one for text in self._texts for one in _SENTENCE.split(text) if one]
        self._random, self._author = random.Random(seed), Author(seed)

    def text(self) -> str:
        """Return one post of one to five sentences."""
        some = self._random.choices(self._sentences, k=self._random.choice((1, 2, 2, 3, 3, 4, 5)))
        return " ".join(_WORD.sub(lambda found: self._drawn(found.group()), one) for one in some)

    def texts(self, count: int) -> Iterator[str]:
        """Return so many posts."""
        return (self.text() for _ in range(count))

    def same(self, count: int) -> Sequence[tuple[str, str]]:
        """Return so many pairs of texts that tell the same news, each of another one."""
        order = self._random.sample(self._same, len(self._same))
        return [self._renamed(*order[n % len(order)]) for n in range(count)]

    def _drawn(self, word: str) -> str:
        if word.isdigit():
            return self._figure(word)
        if word.lower() not in self._known or self._random.random() > _DRAWN:
            return word
        drawn = self._random.choice((self._author.word, lambda: self._random.choice(self._rare)))()
        return drawn.capitalize() if word[0].isupper() else drawn

    def _figure(self, digits: str) -> str:
        value = int(digits[:9])
        if value <= _LARGE:
            return str(self._random.randint(1, 23 if value < 24 else _LARGE))
        return str(self._random.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1))

    def _renamed(self, a: str, b: str) -> tuple[str, str]:
        a, b = (unicodedata.normalize("NFKC", text) for text in (a, b))
        names = {_key(name) for text in (a, b) for name in _NAME.findall(text)} - _DATES
        figures = {one for one in _WORD.findall(a) if one.isdigit() and int(one[:9]) > _LARGE}
        new: dict[str, str] = {name: self._author.word() for name in sorted(names)}
        new |= {one: self._figure(one) for one in sorted(figures)}
        return _WORD.sub(_by(new), a), _WORD.sub(_by(new), b)


def _by(new: dict[str, str]) -> Callable[[re.Match[str]], str]:
    def replace(found: re.Match[str]) -> str:
        word = found.group()
        if not (other := new.get(_key(word))):
            return word
        return other.upper() if word.isupper() and len(word) > 1 else (
            other.capitalize() if word[0].isupper() else other
        )  # fmt: skip

    return replace


def _key(word: str) -> str:
    parted = unicodedata.normalize("NFD", word.lower())
    return "".join(char for char in parted if not unicodedata.combining(char))


def _words(text: str) -> Iterator[str]:
    return (word.lower() for word in _WORD.findall(text) if len(word) > 4 and word.isalpha())


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    for line in path.read_text("utf-8").splitlines():
        if path.suffix == ".jsonl":
            row = json.loads(line)
            yield row["label"], row["a"], row["b"]
        else:
            label, _, a, b = line.split("\t")
            yield int(label), a, b


def _posts() -> list[str]:
    lines = [line for path in STREAMS for line in path.read_text("utf-8").splitlines()]
    return [item["text"] for line in lines for item in json.loads(line)["items"]]
