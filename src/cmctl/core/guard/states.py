"""Where a text says that its news stands: open or closed, running or broken, before or after."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from cmctl.core.guard.learned import BrokenGuardError, learned
from cmctl.core.guard.words import Language, concept, tells, words_of
from cmctl.core.once import once

AXES = (
    "running", "available", "open", "happens", "postponed", "found", "filled", "after", "arrived",
    "ended", "decided", "calm", "corrected",
)  # fmt: skip
_FILE = "states.txt"
#: By the bits of yes and no.
_VALUES = (0, 1, -1, 0)
#: So many letters of a pattern are looked up before it is searched.
_START = 4
_GROUP = re.compile(r"\((?:\?[:!=]|\?<[!=])?[^()]*\)[?*+]?(?:\{[\d,]+\})?")
#: One of several, each without groups.
_CHOICE = re.compile(r"\(\?:([^()]*)\)(?![?*+{])")
#: What need not be there, and what is not literal.
_OPTIONAL = re.compile(r"\[[^]]*\][?*+]?|\\?.[?*]|\\?.\{[\d,]+\}|\\[a-z]\+?|[.^$+]")
_LITERAL = re.compile(r"[^\0\\?]+")
_NEGATOR = re.compile(
    r"\b(?:pas|plus d[e']|aucune?|jamais|sans|no|not|never|without|cannot)\b|n't\b|\bni\b|\bnon\b|"
    r"\b(?:coupures?|pannes?|ruptures?|absence|manque|penurie|arret) (?:de (?:la |l')?|d'|du )|"
    r"\b(?:lack|shortage|out) of\b"
)
_VERB_BEFORE = re.compile(r"\b(?:ne |n')(?:\w+ ){0,2}?(?:\w+ )?(?:pas|plus|jamais|guere)\b")


class _Sign(NamedTuple):
    """One pattern of an axis."""

    axis: str
    #: 1 for yes, 2 for no.
    bit: int
    pattern: str
    #: Stands wherever it is found.
    literal: str


class _Signs(NamedTuple):
    """All patterns, so that a text is searched only for those that can stand there."""

    always: Sequence[_Sign]
    #: By the first letters of what stands wherever they are found.
    by_start: Mapping[str, Sequence[_Sign]]


@lru_cache(maxsize=512)
def states_of(text: str) -> dict[str, int]:
    """Return, for each axis that a folded lower-case text speaks of: 1 yes, -1 no, 0 both."""
    always, by_start = _signs()
    bits = dict.fromkeys(AXES, 0)
    starts = {text[n : n + _START] for n in range(len(text) - _START + 1)}
    for signs in (always, *(by_start[start] for start in starts & by_start.keys())):
        for axis, bit, pattern, literal in signs:
            if literal in text and not bits[axis] & bit and _compiled(pattern).search(text):
                bits[axis] |= bit
    return {axis: _VALUES[both] for axis, both in bits.items() if both}


@once
def _signs() -> _Signs:
    """Return the patterns of `data/states.txt`."""
    always: list[_Sign] = []
    by_start: dict[str, list[_Sign]] = {}
    with learned(_FILE) as text:
        for line in text.splitlines():
            if not line.startswith("#"):
                axis, sign, pattern = line.split(" ", 2)
                if axis not in AXES:
                    raise ValueError(line)
                found = _Sign(axis, 1 if sign == "+" else 2, pattern, literal_of(pattern))
                starts = {literal[:_START] for literal in literals_of(pattern)}
                if any(len(start) < _START for start in starts):
                    always.append(found)
                    continue
                for start in starts:
                    by_start.setdefault(start, []).append(found)
    return _Signs(always, by_start)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when it is first needed: a text needs few of them."""
    try:
        return re.compile(pattern)
    except re.error as problem:
        raise BrokenGuardError(_FILE, problem) from problem


def literal_of(pattern: str) -> str:
    """Return the longest run of letters that stands wherever `pattern` is found; may be empty.

    Of a pattern with alternatives outside of groups there is none.
    """
    rest, before = pattern, ""
    while rest != before:  # groups within groups go from the inside
        before, rest = rest, _GROUP.sub("\0", rest)
    if "|" in rest:
        return ""
    return max(_LITERAL.findall(_OPTIONAL.sub("\0", rest)), key=len, default="")


def literals_of(pattern: str) -> Sequence[str]:
    """Return runs of letters of which one stands wherever `pattern` is found; one may be empty.

    Where one run stands everywhere and is long enough to be looked up, it is that alone.
    """
    literal = literal_of(pattern)
    choice = _CHOICE.search(pattern)
    if len(literal) >= _START or choice is None:
        return [literal]
    before, after = pattern[: choice.start()], pattern[choice.end() :]
    return [one for part in choice[1].split("|") for one in literals_of(before + part + after)]


@lru_cache(maxsize=256)
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
