"""The guard's one decision: normalise, extract, compare, decide, explain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from cmctl.core.guard.certain import bounds
from cmctl.core.guard.compare import compare
from cmctl.core.guard.explain import reasons
from cmctl.core.guard.features import features
from cmctl.core.guard.glance import glance
from cmctl.core.guard.learned import BrokenGuardError
from cmctl.core.guard.likeness import judge_by_likeness
from cmctl.core.guard.meaning import meanings
from cmctl.core.guard.model import Limits, Model, models
from cmctl.core.guard.normalise import LIMIT
from cmctl.core.guard.prepare import Prepared, prepare
from cmctl.core.guard.retrieval import Look, compared, look, look_from
from cmctl.core.guard.rules import Pair, ruled
from cmctl.core.guard.sketches import Sketch, sketched
from cmctl.core.guard.terms import WITHOUT_MEANING, Encoder, Judged, Rules, Thresholds
from cmctl.core.guard.threads import as_read
from cmctl.core.guard.weigh import Client
from cmctl.core.model import Decision, Match, Seen, Verdict

#: Below this score by words and facts, meaning was never seen to make a match of two texts.
ASK_MEANING = 0.08
_WORST_FIRST = (Decision.BLOCK, Decision.FLAG, Decision.ALLOW)
_OTHER_NEWS = Judged(0.0, Decision.ALLOW, ())


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every comparison of one judgement needs."""

    ours: Prepared
    client: Client
    #: Of all that `ours` says.
    weight: float
    encoder: Encoder | None
    thresholds: Thresholds | None
    #: In which days are told; None: each text's own.
    zone: tzinfo | None = None

    def day(self, at: datetime) -> date:
        """Return the day of an instant."""
        try:
            return (at.astimezone(self.zone) if self.zone else at).date()
        except OverflowError:  # at the ends of the calendar
            return at.date()


def judge(  # noqa: PLR0913 - all that decides
    text: Seen,
    corpus: Sequence[Seen],
    *,
    window: timedelta,
    encoder: Encoder | None,
    thresholds: Thresholds | None,
    rules: Rules,
    zone: tzinfo | None = None,
) -> Verdict:
    """Judge a text among others; see `cmctl.core.guard.judge`."""
    read = () if text.reply_to else as_read(corpus)  # an answer to somebody tells no news
    others = [s for s in read if (s.source, s.ref) != (text.source, text.ref)]
    try:
        matches = _matches(text, others, window, encoder, thresholds, rules, zone)
    except BrokenGuardError as problem:
        return judge_by_likeness(text, others, window=window, why=problem.message)
    return Verdict(
        decision=matches[0].decision if matches else Decision.ALLOW,
        score=matches[0].score if matches else 0.0,
        matches=tuple(matches),
        notes=tuple(_notes(text, encoder)),
    )


def _notes(text: Seen, encoder: Encoder | None) -> Iterator[str]:
    if encoder is None:
        yield WITHOUT_MEANING
    if len(text.text) > LIMIT:
        yield f"judged by the first {LIMIT} of {len(text.text)} characters"


def _matches(  # noqa: PLR0913, PLR0917 - as above
    text: Seen,
    others: Sequence[Seen],
    window: timedelta,
    encoder: Encoder | None,
    thresholds: Thresholds | None,
    rules: Rules,
    zone: tzinfo | None,
) -> list[Match]:
    looking = look(text, others)
    bench = _bench(looking, encoder, thresholds, zone)
    day = bench.day(text.at)
    matches = []
    within = [others[n] for n in compared(text, others, looking, window=window)]
    worth = _worth(bench, text, within)
    for place, seen in enumerate(within):
        pictured = text.pictures and seen.pictures
        if place not in worth and not pictured:
            continue  # nothing more of it is read
        theirs = bench.client.news_of(prepare(seen.text))
        days, same = (day, bench.day(seen.at)), _equal(text.text, seen.text)
        judged = _judged(bench, theirs, days, same=same) if place in worth else _OTHER_NEWS
        if judged.decision is Decision.ALLOW and not pictured:
            continue
        pair = Pair(text, seen, bench.ours, theirs, bench.client, days)
        judged = ruled(judged, pair, rules, _limits(bench), window)
        if judged.decision is not Decision.ALLOW:
            matches.append(
                Match(
                    seen=seen,
                    decision=judged.decision,
                    score=judged.score,
                    reasons=judged.reasons,
                )
            )
    matches.sort(key=lambda m: (_WORST_FIRST.index(m.decision), -m.score, m.seen.at, m.seen.ref))
    return matches


def _worth(bench: _Bench, text: Seen, within: Sequence[Seen]) -> frozenset[int]:
    """Return the places of the texts that are worth comparing, by what two texts share."""
    return frozenset(
        place
        for place, seen in enumerate(within)
        if _equal(text.text, seen.text) or _shares_enough(bench, sketched(seen))
    )


def _shares_enough(bench: _Bench, theirs: Sketch) -> bool:
    first = models().glance
    news = bench.client.news_of(theirs)
    seen = glance(bench.ours, news, bench.client.weights, bench.weight)
    return seen is not None and first.score(seen) >= first.flag


def _limits(bench: _Bench) -> Limits:
    model = models().meaning if bench.encoder else models().words
    return model.limits(bench.thresholds)


def judge_pair(  # noqa: PLR0913 - as above
    ours: str,
    theirs: str,
    *,
    posted: tuple[date | None, date | None],
    history: Sequence[str],
    encoder: Encoder | None,
    thresholds: Thresholds | None,
) -> Judged:
    """Judge two texts by themselves; see `cmctl.core.guard.judge_pair`.

    Somebody asks about these two, so they are compared whatever they share.
    """
    a, b = prepare(ours), prepare(theirs)
    others = [prepare(text) for text in history if text not in {ours, theirs}]
    bench = _bench(look_from(a, [b, *others]), encoder, thresholds)
    judged = _judged(bench, bench.client.news_of(b), posted, same=_equal(ours, theirs))
    return Judged(
        judged.score,
        judged.decision,
        judged.reasons or reasons(a, b, compare(a, b, posted)),
    )


def _bench(
    looking: Look,
    encoder: Encoder | None,
    thresholds: Thresholds | None,
    zone: tzinfo | None = None,
) -> _Bench:
    return _Bench(looking.ours, looking.client, looking.weight, encoder, thresholds, zone)


def _equal(ours: str, theirs: str) -> bool:
    return ours.strip() == theirs.strip() != ""


def _judged(
    bench: _Bench, theirs: Prepared, posted: tuple[date | None, date | None], *, same: bool
) -> Judged:
    ours, client = bench.ours, bench.client
    if same:
        return Judged(1.0, Decision.BLOCK, ("the same text, to the letter",))
    found = compare(ours, theirs, posted)
    model, values = models().words, features(ours, theirs, found, client, posted)
    worded = models().wording.margin(ours, theirs)
    score = model.score(values, worded)
    if bench.encoder is not None and score >= ASK_MEANING:
        model = models().meaning
        values |= meanings(ours, theirs, found, client, bench.encoder)
        axes = models().axes.margin(ours, theirs, bench.encoder)
        score = model.score(values, worded + axes)
    score = bounds(ours, theirs, values).of(score)
    decision = _decision(score, model, bench.thresholds)
    told = () if decision is Decision.ALLOW else reasons(ours, theirs, found)
    return Judged(score, decision, told)


def _decision(score: float, model: Model, thresholds: Thresholds | None) -> Decision:
    limits = model.limits(thresholds)
    if score >= limits.block:
        return Decision.BLOCK
    return Decision.FLAG if score >= limits.flag else Decision.ALLOW
