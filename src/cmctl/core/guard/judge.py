"""The guard's one decision: normalise, extract, compare, decide, explain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cmctl.core.guard.compare import Comparison, compare
from cmctl.core.guard.explain import reasons
from cmctl.core.guard.features import features
from cmctl.core.guard.glance import glance
from cmctl.core.guard.meaning import Encoder, meanings
from cmctl.core.guard.model import Model, models
from cmctl.core.guard.prepare import Prepared, prepare
from cmctl.core.guard.weigh import Client
from cmctl.core.model import Decision, Match, Seen, Verdict

#: Below this score by words and facts, meaning was never seen to make a match of two texts.
ASK_MEANING = 0.02
WITHOUT_MEANING = "judged by words and facts alone, without a sentence encoder"


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """From which score, 0 to 1, a match is flagged or blocks; a client may have its own."""

    flag: float
    block: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Two texts, judged."""

    score: float
    decision: Decision
    reasons: tuple[str, ...]
    #: None: a first look was enough to tell them apart.
    found: Comparison | None = None


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every comparison of one judgement needs."""

    ours: Prepared
    client: Client
    #: Of all that `ours` says.
    weight: float
    encoder: Encoder | None
    thresholds: Thresholds | None


def judge(
    text: Seen,
    corpus: Sequence[Seen],
    *,
    window: timedelta = timedelta(days=14),
    encoder: Encoder | None = None,
    thresholds: Thresholds | None = None,
) -> Verdict:
    """Judge whether `text` tells news of `corpus`: the client's other texts, seen or planned.

    Only texts within `window` of `text.at`, before or after, can match, and never `text` itself
    (same source and ref). All of `corpus` teaches what the client writes in every post. Any text
    gets a verdict; none raises. Matches come worst first.
    """
    others = [s for s in corpus if (s.source, s.ref) != (text.source, text.ref)]
    prepared = [prepare(seen.text) for seen in others]
    bench = _bench(prepare(text.text), prepared, encoder, thresholds)
    day = text.at.date()
    matches = []
    for seen, theirs in zip(others, prepared, strict=True):
        if abs(seen.at - text.at) > window:
            continue
        judged = _judged(bench, theirs, (day, seen.at.date()), same=_equal(text.text, seen.text))
        if judged.decision is not Decision.ALLOW:
            matches.append(
                Match(
                    seen=seen,
                    decision=judged.decision,
                    score=judged.score,
                    reasons=judged.reasons,
                )
            )
    matches.sort(key=lambda m: (-m.score, m.seen.at, m.seen.ref))
    return Verdict(
        decision=matches[0].decision if matches else Decision.ALLOW,
        score=matches[0].score if matches else 0.0,
        matches=tuple(matches),
        notes=() if encoder else (WITHOUT_MEANING,),
    )


def judge_pair(
    ours: str,
    theirs: str,
    *,
    posted: tuple[date | None, date | None] = (None, None),
    encoder: Encoder | None = None,
    thresholds: Thresholds | None = None,
) -> Judged:
    """Judge two texts by themselves, with reasons also where they tell different news.

    `posted` are their days in their own zones, where they are known: "tomorrow" is a date then.
    """
    a, b = prepare(ours), prepare(theirs)
    bench = _bench(a, [b], encoder, thresholds)
    judged = _judged(bench, b, posted, same=_equal(ours, theirs))
    return Judged(
        judged.score,
        judged.decision,
        judged.reasons or reasons(a, b, compare(a, b, posted)),
        judged.found,
    )


def _bench(
    whole: Prepared,
    others: Sequence[Prepared],
    encoder: Encoder | None,
    thresholds: Thresholds | None,
) -> _Bench:
    client = Client(others, whole)
    ours = client.news_of(whole)
    return _Bench(ours, client, client.weights(ours.anchors), encoder, thresholds)


def _equal(ours: str, theirs: str) -> bool:
    return ours.strip() == theirs.strip() != ""


def _judged(
    bench: _Bench, other: Prepared, posted: tuple[date | None, date | None], *, same: bool
) -> Judged:
    ours, client = bench.ours, bench.client
    if same:
        return Judged(1.0, Decision.BLOCK, ("the same text, to the letter",))
    theirs = client.news_of(other)
    first = models().glance
    seen = glance(ours, theirs, client, bench.weight)
    if seen is None or first.score(seen) < first.flag:
        return Judged(0.0, Decision.ALLOW, ())
    found = compare(ours, theirs, posted)
    model, values = models().words, features(ours, theirs, found, client)
    score = model.score(values)
    if bench.encoder is not None and score >= ASK_MEANING:
        model = models().meaning
        score = model.score(values | meanings(ours, theirs, found, client, bench.encoder))
    decision = _decision(score, model, bench.thresholds)
    told = () if decision is Decision.ALLOW else reasons(ours, theirs, found)
    return Judged(score, decision, told, found)


def _decision(score: float, model: Model, thresholds: Thresholds | None) -> Decision:
    limits = thresholds or model
    if score >= limits.block:
        return Decision.BLOCK
    return Decision.FLAG if score >= limits.flag else Decision.ALLOW
