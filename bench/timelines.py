"""Texts as accounts have them by the hundred thousand: always the same for the same numbers.

Sentences of French posts whose words are drawn by Zipf's law from a vocabulary as large as that of
so many posts (Heaps' law: some 60,000 words); names and figures are drawn as well. What is drawn
means nothing, but shares with other texts what texts of one account share.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import accumulate, product

ONSETS = "b br c ch d f fr g gr j l m n p pl qu r s t tr v"
VOWELS = "a ai an e é en eu i in o oi on ou u"
CODAS = "r l s t n c"
TAILS = "ard ale ier age on ette ment ure ie elle eur ible oire"
FRAMES = (
    *("{w} et {w} {w} ce {day} : {w} {w} dès {n} h, {w} {w} à {name}.", "Notre {w} {w} !"),
    *("{name} {w} la {w} de {w}, {n} € par {w}, {w} {w}. On vous attend !", "{w} {w} {w} {w} ?"),
    *("Merci à {name} pour {w} {w} : {n} {w}, {n} {w} et une {w}.", "Fermé {day}, {w} {w}."),
    *("Nous cherchons un {w} ou une {w} ({n} h, {w}). {w} à {name}.", "Le {w} {w} le {n} juin."),
)
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
SIGNATURE = "📍 3 quai des Lices, Rennes. Du mardi au samedi. #rennes #boutique"


class Author:
    """Writes texts; the same seed writes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        onsets, vowels, codas, tails = (x.split() for x in (ONSETS, VOWELS, CODAS, TAILS))
        syllables = ["".join(parts) for parts in product(onsets, vowels, codas)]
        made = random.Random(0)
        pairs = made.sample(range(len(syllables) ** 2), 60_000)
        self._words = [
            syllables[n // len(syllables)] + syllables[n % len(syllables)] + made.choice(tails)
            for n in pairs
        ]
        self._weights = list(accumulate(1 / (rank + 30) for rank in range(len(self._words))))

    def text(self) -> str:
        """Return one post of one to four sentences, every other one signed."""
        draw = self._random
        sentences = [self._sentence() for _ in range(draw.randint(1, 4))]
        signature = f"\n\n{SIGNATURE}" if draw.random() < 0.5 else ""
        return " ".join(sentences) + signature

    def texts(self, count: int) -> Iterator[str]:
        """Return so many posts."""
        return (self.text() for _ in range(count))

    def rewritten(self, text: str) -> str:
        """Return the news of a text as somebody else types it: shorter, unsigned, in bad order."""
        draw = self._random
        words = text.partition("\n")[0].split()
        kept = [word for word in words if draw.random() < 0.75] or words
        middle = draw.randrange(len(kept))
        return " ".join((*kept[middle:], *kept[:middle])).lower()

    def _sentence(self) -> str:
        frame = self._random.choice(FRAMES)
        while "{" in frame:
            frame = frame.replace("{w}", self.word(), 1).replace("{day}", self._day(), 1)
            frame = frame.replace("{name}", self.word().capitalize(), 1)
            frame = frame.replace("{n}", str(self._random.randint(1, 999)), 1)
        return frame

    def word(self) -> str:
        """Return a word, rare ones rarely."""
        return self._random.choices(self._words, cum_weights=self._weights)[0]

    def _day(self) -> str:
        return self._random.choice(DAYS)


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return median, 95th percentile and longest, in milliseconds."""
    found = sorted(seconds)
    places = {"p50_ms": len(found) // 2, "p95_ms": len(found) * 95 // 100, "max_ms": len(found) - 1}
    return {name: round(found[place] * 1000, 1) for name, place in places.items()}
