"""Where a text says that its news stands: open or closed, running or broken, before or after."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from cmctl.core.guard.learned import learned
from cmctl.core.guard.words import Language, concept, tells, words_of
from cmctl.core.once import once

AXES = (
    "running", "available", "open", "happens", "postponed", "found", "filled", "after", "arrived",
    "ended", "decided", "calm", "corrected", "past",
)  # fmt: skip
_NEGATOR = re.compile(
    r"\b(?:pas|plus d[e']|aucune?|jamais|sans|no|not|never|without|cannot)\b|n't\b|\bni\b|\bnon\b"
)
# What a pattern of `data/states.txt` consists of; no group stands in another.
_LETTERS = re.compile(r"[a-z' -]+")
_OR = re.compile(r"\|(?![^(]*\))")
_CHOICE = re.compile(r"\(\?:([^()]*)\)(?![?*+{])")
_OPTIONAL = re.compile(r"\([^()]*\)|\[[^\]]*\]|\\.|.[?*{]|[^a-z' -]")
#: Nearly every text has fewer letters in a row.
_FEW = 3
_VERB_BEFORE = re.compile(r"\b(?:ne |n')(?:\w+ ){0,2}?(?:\w+ )?(?:pas|plus|jamais|guere)\b")


class Way(NamedTuple):
    """One way of saying where news stands."""

    #: What every text has that says it so; looking for it is a hundred times cheaper.
    needs: str
    #: Empty where what it needs says it.
    pattern: str


@lru_cache(maxsize=512)
def states_of(text: str) -> dict[str, int]:
    """Return, for each axis that a folded lower-case text speaks of: 1 yes, -1 no, 0 both."""
    found = {}
    for name, (yes, no) in ways().items():
        is_yes, is_no = _is_said(yes, text), _is_said(no, text)
        if is_yes or is_no:
            found[name] = is_yes - is_no
    return found


def _is_said(ways: Iterable[Way], text: str) -> bool:
    for needs, pattern in ways:
        if needs in text and (not pattern or _compiled(pattern)(text)):
            return True
    return False


@once
def ways() -> dict[str, tuple[tuple[Way, ...], tuple[Way, ...]]]:
    """Return the ways of saying yes and of saying no by axis, from `data/states.txt`."""
    found: dict[tuple[str, str], list[Way]] = {}
    with learned("states.txt") as text:
        for line in text.splitlines():
            if not line.startswith("#"):
                axis, sign, pattern = line.split(" ", 2)
                found.setdefault((axis, sign), []).extend(_ways(pattern))
        return {axis: (tuple(found[axis, "+"]), tuple(found[axis, "-"])) for axis in AXES}


def _ways(pattern: str) -> Iterator[Way]:
    """Yield a pattern, each with the most letters in a row that are in all that it matches.

    In parts where it is one of several, or where too few letters are in all of them.
    """
    first, *others = _OR.split(pattern, maxsplit=1)
    if others:
        yield from (way for part in (first, *others) for way in _ways(part))
    elif _LETTERS.fullmatch(pattern):
        yield Way(pattern, "")
    elif len(needs := max(_OPTIONAL.split(pattern), key=len)) < _FEW and (
        choice := _CHOICE.search(pattern)
    ):
        for one in choice[1].split("|"):
            yield from _ways(pattern[: choice.start()] + one + pattern[choice.end() :])
    else:
        yield Way(needs, pattern)


@cache  # most are never needed: to compile them all takes as long as a hundred judgements
def _compiled(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).search


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


def negates(text: str) -> bool:
    """Tell whether a folded lower-case text negates something."""
    return _NEGATOR.search(text) is not None


def _told(words: Sequence[str], language: Language) -> list[str]:
    return [concept(w, language) for w in words if tells(w, language)]
