"""Where a text says that its news stands: open or closed, running or broken, before or after."""

import re
from collections.abc import Sequence
from functools import lru_cache

from cmctl.core.guard.learned import learned
from cmctl.core.guard.words import Language, concept, tells, words_of
from cmctl.core.once import once

AXES = (
    "running", "available", "open", "happens", "postponed", "found", "filled", "after", "arrived",
    "ended", "decided", "calm", "corrected",
)  # fmt: skip
_NEGATOR = re.compile(
    r"\b(?:pas|plus d[e']|aucune?|jamais|sans|no|not|never|without|cannot)\b|n't\b|\bni\b|\bnon\b"
)
_VERB_BEFORE = re.compile(r"\b(?:ne |n')(?:\w+ ){0,2}?(?:\w+ )?(?:pas|plus|jamais|guere)\b")


@lru_cache(maxsize=512)
def states_of(text: str) -> dict[str, int]:
    """Return, for each axis that a folded lower-case text speaks of: 1 yes, -1 no, 0 both."""
    found = {}
    for name, (yes, no) in _patterns().items():
        is_yes, is_no = bool(yes.search(text)), bool(no.search(text))
        if is_yes or is_no:
            found[name] = is_yes - is_no
    return found


@once
def _patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return the patterns of yes and of no by axis, from `data/states.txt`."""
    found: dict[tuple[str, str], list[str]] = {}
    with learned("states.txt") as text:
        for line in text.splitlines():
            if not line.startswith("#"):
                axis, sign, pattern = line.split(" ", 2)
                found.setdefault((axis, sign), []).append(pattern)
        return {
            axis: (re.compile("|".join(found[axis, "+"])), re.compile("|".join(found[axis, "-"])))
            for axis in AXES
        }


@lru_cache(maxsize=512)
def denied(text: str, language: Language) -> frozenset[str]:
    """Return the concepts that stand within a negation of a folded lower-case text."""
    found: set[str] = set()
    for match in _VERB_BEFORE.finditer(text):
        found.update(_told(words_of(match.group()), language))
    for match in _NEGATOR.finditer(text):
        clause = re.split(r"[.,;:!?()]", text[match.end() : match.end() + 60])[0]
        found.update(_told(words_of(clause), language)[:3])
        if match.group() in ("pas", "n't", "not"):
            before = re.split(r"[.,;:!?()]", text[max(0, match.start() - 25) : match.start()])[-1]
            found.update(_told(words_of(before), language)[-1:])
    return frozenset(found)


def _told(words: Sequence[str], language: Language) -> list[str]:
    return [concept(w, language) for w in words if tells(w, language)]
