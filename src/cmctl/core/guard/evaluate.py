"""How well the guard judges: measures over labelled pairs and replayed timelines.

Average precision and the area under the ROC curve are those of Fawcett, "An introduction to ROC
analysis" (2006); equal scores count as half right.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cmctl.core.guard import Encoder, Judged, Thresholds, judge, judge_pair
from cmctl.core.guard.model import Limits, models
from cmctl.core.model import Decision, Match, Seen

BASELINES = ("ratio", "token_sort_ratio", "token_set_ratio", "WRatio")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two texts that a person has labelled."""

    a: str
    b: str
    #: They tell the same news.
    same: bool
    kind: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """How good a yes is, and how many are found."""

    precision: float
    recall: float
    #: The score from which on it was a yes.
    threshold: float

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_json(self) -> dict[str, float]:
        """Return plain values."""
        figures = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {k: round(v, 4) for k, v in figures.items()} | {"threshold": self.threshold}


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """What judging labelled pairs told."""

    pairs: Sequence[Pair]
    judged: Sequence[Judged]
    limits: Limits

    def errors(self) -> list[tuple[Pair, Judged]]:
        """Return the pairs where flag-or-block is wrong, the surest errors first."""
        both = zip(self.pairs, self.judged, strict=True)
        wrong = [(p, j) for p, j in both if p.same != (j.decision is not Decision.ALLOW)]
        return sorted(wrong, key=lambda e: -abs(e[1].score - self.limits.flag))

    def as_json(self) -> dict[str, object]:
        """Return the figures as plain values, the baselines beside them."""
        scores, labels = [j.score for j in self.judged], [p.same for p in self.pairs]
        return {
            "pairs": len(self.pairs),
            "auc": round(auc(scores, labels), 4),
            "average_precision": round(average_precision(scores, labels), 4),
            "block": quality(scores, labels, self.limits.block).as_json(),
            "flag_or_block": quality(scores, labels, self.limits.flag).as_json(),
            "by_kind": self._accuracy(lambda p: p.kind),
            "by_language": self._accuracy(lambda p: p.language),
            "baselines": baselines(self.pairs),
        }

    def _accuracy(self, name: Callable[[Pair], str]) -> dict[str, dict[str, float]]:
        right: dict[str, list[bool]] = defaultdict(list)
        for pair, judged in zip(self.pairs, self.judged, strict=True):
            right[name(pair)].append(pair.same == (judged.decision is not Decision.ALLOW))
        return {
            key: {"n": len(found), "accuracy": round(sum(found) / len(found), 4)}
            for key, found in sorted(right.items())
        }


def evaluate(
    pairs: Iterable[Pair],
    *,
    encoder: Encoder | None = None,
    thresholds: Thresholds | None = None,
) -> Evaluation:
    """Judge every pair by itself; without times, "tomorrow" is the same day in both texts."""
    model = models().meaning if encoder else models().words
    limits = model.limits(thresholds)
    both = [(p, judge_pair(p.a, p.b, encoder=encoder, thresholds=thresholds)) for p in pairs]
    judged = [one for _, one in both]
    return Evaluation(pairs=[pair for pair, _ in both], judged=judged, limits=limits)


def quality(scores: Sequence[float], labels: Sequence[bool], threshold: float) -> Quality:
    """Return precision and recall of a yes from `threshold` on; no yes at all is precise."""
    held = [label for score, label in zip(scores, labels, strict=True) if score >= threshold]
    return Quality(
        precision=sum(held) / len(held) if held else 1.0,
        recall=sum(held) / max(1, sum(labels)),
        threshold=threshold,
    )


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return how likely a true match scores above a false one; 0.5 where one kind is missing."""
    true = [s for s, label in zip(scores, labels, strict=True) if label]
    false = sorted(s for s, label in zip(scores, labels, strict=True) if not label)
    if not true or not false:
        return 0.5
    above = sum(bisect_left(false, s) + bisect_right(false, s) for s in true)
    return above / 2 / (len(true) * len(false))


def average_precision(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return the precision over all thresholds, weighted by what each adds to the recall."""
    total, found, seen, area = max(1, sum(labels)), 0, 0, 0.0
    by_score: dict[float, list[bool]] = defaultdict(list)
    for score, label in zip(scores, labels, strict=True):
        by_score[score].append(label)
    for score in sorted(by_score, reverse=True):
        found += sum(by_score[score])
        seen += len(by_score[score])
        area += sum(by_score[score]) / total * found / seen
    return area


def baselines(pairs: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """Return what plain rapidfuzz scorers reach on `pairs` at the threshold best for them."""
    from rapidfuzz import fuzz, utils  # noqa: PLC0415 - a listing does not pay for it

    labels, results = [p.same for p in pairs], {}
    for name in BASELINES:
        scorer = getattr(fuzz, name)
        scores = [scorer(p.a, p.b, processor=utils.default_process) / 100 for p in pairs]
        tried = (quality(scores, labels, threshold) for threshold in sorted(set(scores)))
        best = max(tried, key=lambda q: q.f1, default=quality([], [], 0.0))
        results[name] = {"auc": round(auc(scores, labels), 4), **best.as_json()}
    return results


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """One client's posts in order, with the pairs (earlier, later) that tell the same news."""

    posts: Sequence[Seen]
    duplicates: frozenset[tuple[int, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """A post that the guard stopped or missed, and the text that it was about."""

    post: Seen
    other: Seen
    score: float = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """What playing timelines in order told."""

    posts: int
    duplicates: int
    missed: Sequence[Alarm]
    #: Posts that repeat nothing and would have been blocked or flagged.
    false_holds: Sequence[Alarm]
    false_flags: Sequence[Alarm]

    def as_json(self) -> dict[str, object]:
        """Return the counts and the lists as plain values."""
        return {
            "posts": self.posts,
            "duplicates": self.duplicates,
            "found": self.duplicates - len(self.missed),
            "missed": len(self.missed),
            "false_holds": len(self.false_holds),
            "false_flags": len(self.false_flags),
            "missed_list": [_plain(a) for a in self.missed],
            "false_hold_list": [_plain(a) for a in self.false_holds],
            "false_flag_list": [_plain(a) for a in self.false_flags],
        }


def replay(
    timelines: Iterable[Timeline],
    *,
    window: timedelta = timedelta(days=14),
    encoder: Encoder | None = None,
    thresholds: Thresholds | None = None,
) -> Replay:
    """Play timelines in order, each post judged against those before it within `window`."""
    posts = duplicates = 0
    missed: list[Alarm] = []
    false: dict[Decision, list[Alarm]] = {Decision.BLOCK: [], Decision.FLAG: []}
    for timeline in timelines:
        posts += len(timeline.posts)
        duplicates += len(timeline.duplicates)
        for number, post in enumerate(timeline.posts):
            earlier = timeline.posts[:number]
            said = judge(post, earlier, window=window, encoder=encoder, thresholds=thresholds)
            same = [timeline.posts[i] for i, j in timeline.duplicates if j == number]
            found = {match.seen for match in said.matches}
            missed += [Alarm(post=post, other=other) for other in same if other not in found]
            if not same and said.matches:
                false[said.decision].append(_alarm(post, said.matches[0]))
    return Replay(
        posts=posts,
        duplicates=duplicates,
        missed=missed,
        false_holds=false[Decision.BLOCK],
        false_flags=false[Decision.FLAG],
    )


def _alarm(post: Seen, match: Match) -> Alarm:
    return Alarm(post=post, other=match.seen, score=match.score, reasons=match.reasons)


def _plain(alarm: Alarm) -> Mapping[str, object]:
    return {
        "at": alarm.post.at.isoformat(),
        "text": alarm.post.text,
        "other_at": alarm.other.at.isoformat(),
        "other_text": alarm.other.text,
        "score": alarm.score,
        "reasons": list(alarm.reasons),
    }
