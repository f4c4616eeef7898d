"""What a picture looks like, as a short fingerprint; two of one picture are near each other.

The hash is pHash: the signs of the 64 lowest frequencies of a discrete cosine transform of 32 x 32
grey values against their median, after Zauner, "Implementation and Benchmarking of Perceptual Image
Hash Functions" (2010). It outlives another size, another format and a strong compression, but no
crop: so a fingerprint holds the hashes of the whole picture and of the cuts that people and
networks make, and two pictures are the same where the whole of one looks like the whole or a cut of
the other.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi
from operator import mul

#: Grey values a side.
SIDE = 32
_KEPT = 8
_DIGITS = 16
#: Of 64 signs; two different photographs differ in 32 of them on average.
_NEAR = 12
#: Grey values that differ by less are one colour, and a hash of them is noise.
_FLAT = 2.0
_WAVES = [[cos(pi * k * (2 * n + 1) / (2 * SIDE)) for n in range(SIDE)] for k in range(_KEPT)]

#: Cuts of the same shape, as parts of a side; each in nine places.
_SIZES = (0.9, 0.81, 0.72)
#: Left, top, right, bottom, from 0 to 1.
Cut = tuple[float, float, float, float]


def cuts(width: int, height: int) -> list[Cut]:
    """Return the cuts of a picture of this size that get a hash, the whole first."""
    found: list[Cut] = [(0, 0, 1, 1)]
    for ratio in (1, 4 / 5, 5 / 4, 4 / 3, 3 / 2, 16 / 9, 1.91):
        part = ratio * height / width
        if part < 0.98:
            found.append(((1 - part) / 2, 0, (1 + part) / 2, 1))
        elif part > 1.02:
            found.append((0, (1 - 1 / part) / 2, 1, (1 + 1 / part) / 2))
    for size in _SIZES:
        places = [part * (1 - size) for part in (0, 0.5, 1)]
        found += [(x, y, x + size, y + size) for y in places for x in places]
    return found


def fingerprint(parts: Sequence[Sequence[float]]) -> str:
    """Return the fingerprint of a picture: `SIDE * SIDE` grey values, by rows, of each of its cuts.

    Empty where the whole is one colour.
    """
    return "".join(f"{phash(part):016x}" for part in parts) if _varies(parts[0]) else ""


def _varies(grey: Sequence[float]) -> bool:
    from statistics import pstdev  # noqa: PLC0415 - 7 ms, and few texts have pictures

    return pstdev(grey) >= _FLAT


def phash(grey: Sequence[float]) -> int:
    """Return the hash of `SIDE * SIDE` grey values."""
    from statistics import median  # noqa: PLC0415 - as above

    rows = [grey[SIDE * y : SIDE * (y + 1)] for y in range(SIDE)]
    across = [[sum(map(mul, wave, row)) for row in rows] for wave in _WAVES]
    found = [sum(map(mul, wave, column)) for wave in _WAVES for column in across]
    middle = median(found[1:])  # the first is the brightness of the whole
    return sum(1 << n for n, value in enumerate(found) if value > middle)


@lru_cache(maxsize=4096)
def _hashes(found: str) -> tuple[int, ...]:
    return tuple(int(found[n : n + _DIGITS], 16) for n in range(0, len(found), _DIGITS))


def same_picture(a: str, b: str) -> bool:
    """Tell whether two fingerprints are of one picture; what is no fingerprint is of none."""
    try:
        ours, theirs = _hashes(a), _hashes(b)
    except ValueError:
        return False
    if not ours or not theirs:
        return False
    return any((ours[0] ^ cut).bit_count() <= _NEAR for cut in theirs) or any(
        (theirs[0] ^ cut).bit_count() <= _NEAR for cut in ours
    )
