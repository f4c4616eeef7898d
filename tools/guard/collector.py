"""Stand in for a sentence encoder to learn which texts it will be asked for."""

from collections.abc import Sequence


class Collector:
    """Encodes nothing and remembers the texts, so that they are encoded all at once later."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def __call__(self, ours: Sequence[str], theirs: Sequence[str]) -> list[list[float]]:
        """Return zeros."""
        self.texts.update(ours, theirs)
        return [[0.0] * len(theirs) for _ in ours]

    def apart(self, ours: str, theirs: str) -> list[float]:
        """Return nothing."""
        self.texts.update((ours, theirs))
        return []
