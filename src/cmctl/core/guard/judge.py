"""The guard's one decision: normalise, extract, compare, decide, explain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from cmctl.core.guard.compare import Comparison, compare
from cmctl.core.guard.explain import reasons
from cmctl.core.guard.prepare import Prepared, prepare
from cmctl.core.guard.weigh import Weights
from cmctl.core.model import Decision, Match, Seen, Verdict

_ORDER = (Decision.ALLOW, Decision.FLAG, Decision.BLOCK)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which score on a match is flagged or blocks."""

    flag: float = 0.45
    block: float = 0.72


def judge(
    text: Seen,
    corpus: Sequence[Seen],
    *,
    window: timedelta = timedelta(days=14),
    thresholds: Thresholds | None = None,
) -> Verdict:
    """Judge whether `text` tells news of `corpus`: the client's other texts, seen or planned.

    Only texts within `window` of `text.at`, before or after, can match, and never `text` itself
    (same source and ref). All of `corpus` teaches what the client writes in every post. Any text
    gets a verdict; none raises. Matches come worst first.
    """
    limits = thresholds or Thresholds()
    ours = prepare(text.text)
    prepared = [prepare(seen.text) for seen in corpus]
    weights = Weights(prepared)
    own_weight = weights.total(ours.anchors)
    matches = []
    for seen, theirs in zip(corpus, prepared, strict=True):
        if abs(seen.at - text.at) > window or (seen.source, seen.ref) == (text.source, text.ref):
            continue
        same = text.text.strip() == seen.text.strip() != ""
        if not same and not _worth_comparing(ours, theirs, weights, own_weight):
            continue
        found = compare(ours, theirs, weights, (text.at.date(), seen.at.date()))
        score = 1.0 if same else _score(found)
        if score >= limits.flag:
            decision = Decision.BLOCK if score >= limits.block else Decision.FLAG
            why = reasons(ours, theirs, found)
            matches.append(Match(seen=seen, decision=decision, score=score, reasons=why))
    matches.sort(key=lambda m: (-m.score, m.seen.at, m.seen.ref))
    worst = matches[0] if matches else None
    return Verdict(
        decision=worst.decision if worst else Decision.ALLOW,
        score=worst.score if worst else 0.0,
        matches=tuple(matches),
    )


def _worth_comparing(ours: Prepared, theirs: Prepared, weights: Weights, own_weight: float) -> bool:
    """Tell cheaply whether the two share enough to be compared at all."""
    shared = weights.total(ours.anchors & theirs.anchors)
    return shared > 0 and shared >= 0.1 * min(own_weight, weights.total(theirs.anchors))


def _score(found: Comparison) -> float:
    """Return 0 to 1: what the other says of the shorter text; a disagreement outweighs it."""
    shorter = max(found.covered_ours, found.covered_theirs)
    both = min(found.covered_ours, found.covered_theirs)
    alike = 0.5 * shorter + 0.25 * both + 0.25 * found.likeness
    return round(alike * 0.3 ** len(found.differences), 4)
