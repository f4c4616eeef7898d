"""What a French or English word means, in 64 bytes: words of near meanings have most bits alike.

`data/lexicon.bin` is written by `tools/guard/lexicon.py`: records of one length in the order of
their keys. It is mapped and not read, so that only the pages that are asked for take memory. The
bits are the signs of projections, whose differing part tells the angle between two vectors
(Charikar, "Similarity estimation techniques from rounding algorithms", 2002).
"""

import mmap
from functools import lru_cache
from hashlib import blake2b
from math import cos, pi
from pathlib import Path
from typing import NamedTuple

from cmctl.core.guard.learned import BrokenGuardError
from cmctl.core.guard.words import Language, stem
from cmctl.core.once import once

NAME = "lexicon.bin"
BITS = 512
#: The file begins with these letters and the number of its records, in four bytes.
MAGIC = b"lexicon1"
START = len(MAGIC) + 4
KEY = 5
#: Key, how rare the word is, bits.
RECORD = KEY + 1 + BITS // 8
#: How near two words are whose bits differ in so many places: the cosine of their angle.
COSINES = tuple(cos(pi * differing / BITS) for differing in range(BITS + 1))
_LANGUAGES = {
    Language.FRENCH: ("fr", "en"),
    Language.ENGLISH: ("en", "fr"),
    Language.UNKNOWN: ("fr", "en"),
}


class Entry(NamedTuple):
    """What is known of a word."""

    #: 0 to 1: how seldom it is used by everybody; 1 for a word that is not known.
    rarity: float
    #: Its meaning; of a word that is not known, bits that are like no other word's.
    bits: int
    known: bool


def key(word_stem: str, language: str) -> bytes:
    """Return what a stem is filed under; `language` as two letters."""
    name = f"{language} {word_stem}".encode("utf-8", "replace")
    return blake2b(name, digest_size=KEY).digest()


@lru_cache(maxsize=2048)
def entry(word: str, language: Language) -> Entry:
    """Return what is known of a folded lower-case word, by its stem; its own language first.

    Raises:
        BrokenGuardError: the file is missing or corrupt.
    """
    root = stem(word)
    for each in _LANGUAGES[language]:
        record = _record(key(root, each))
        if record:
            return Entry(record[KEY] / 255, int.from_bytes(record[KEY + 1 :], "big"), known=True)
    own = blake2b(root.encode("utf-8", "replace"), digest_size=BITS // 8).digest()
    return Entry(1.0, int.from_bytes(own, "big"), known=False)


def _record(wanted: bytes) -> bytes:
    """Return the record of a key; nothing where there is none."""
    data = _mapped()
    low, high = 0, (len(data) - START) // RECORD
    while low < high:
        middle = (low + high) // 2
        start = START + middle * RECORD
        found = data[start : start + KEY]
        if found == wanted:
            return data[start : start + RECORD]
        if found < wanted:
            low = middle + 1
        else:
            high = middle
    return b""


@once
def _mapped() -> mmap.mmap:
    try:
        with (Path(__file__).parent / "data" / NAME).open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as problem:
        raise BrokenGuardError(NAME, problem) from problem
    records = int.from_bytes(data[len(MAGIC) : START], "big")
    if data[: len(MAGIC)] != MAGIC or len(data) != START + records * RECORD:
        raise BrokenGuardError(NAME, ValueError("it is cut short or another file"))
    return data
