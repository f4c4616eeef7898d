"""What is left of judging where the guard's own files are broken: likeness of words and figures."""

import re
from collections.abc import Sequence
from datetime import timedelta

from cmctl.core.guard.normalise import bare
from cmctl.core.model import Decision, Match, Seen, Verdict

#: From this token ratio on, texts with the same figures are flagged.
_ALIKE = 85
_FIGURE = re.compile(r"\d+")


def judge_by_likeness(
    text: Seen, corpus: Sequence[Seen], *, window: timedelta, why: str
) -> Verdict:
    """Block the same words in the same order, and flag nearly the same with the same figures.

    The verdict's note says `why` no more than that was looked at.
    """
    ours = bare(text.text)
    matches = [
        match
        for seen in corpus
        if (seen.source, seen.ref) != (text.source, text.ref)
        if abs(seen.at - text.at) <= window
        if (match := _match(ours, seen))
    ]
    matches.sort(key=lambda m: (-m.score, m.seen.at, m.seen.ref))
    return Verdict(
        decision=matches[0].decision if matches else Decision.ALLOW,
        score=matches[0].score if matches else 0.0,
        matches=tuple(matches),
        notes=(f"judged by likeness alone: {why}",),
    )


def _match(ours: str, seen: Seen) -> Match | None:
    from rapidfuzz.fuzz import token_set_ratio  # noqa: PLC0415 - a listing does not pay for it

    theirs = bare(seen.text)
    if not ours or not theirs:
        return None
    if ours == theirs:
        return Match(seen=seen, decision=Decision.BLOCK, score=1.0, reasons=("the same words",))
    score = token_set_ratio(ours, theirs)
    if score < _ALIKE or set(_FIGURE.findall(ours)) != set(_FIGURE.findall(theirs)):
        return None
    why = ("nearly the same words, and the same figures",)
    return Match(seen=seen, decision=Decision.FLAG, score=round(score / 100, 4), reasons=why)
