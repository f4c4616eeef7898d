"""What two texts with the same news come to where other things than their texts count too.

The model says how sure it is that two texts tell the same news. Then, in this order:

1. *Pictures.* The same picture makes a doubtful pair a flag, and never more: a restaurant uses one
   photograph for many dishes. It does so only where the texts disagree on no fact. Short texts that
   tell nothing of their own, equal to the letter, are only flagged over different pictures: the
   menu is on the slate.
2. *On purpose.* A translation, the full text of a teaser, and what its author means to tell again
   come to no worse than the client's rules say. Where two rules apply, the milder one counts.

Nothing here makes two texts that differ in a fact the same news.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from cmctl.core.guard.compare import Comparison, Posted, compare
from cmctl.core.guard.explain import reasons
from cmctl.core.guard.languages import languages_of
from cmctl.core.guard.model import Limits
from cmctl.core.guard.prepare import Prepared, Sentence
from cmctl.core.guard.terms import Judged, Rules
from cmctl.core.guard.weigh import Client
from cmctl.core.model import Decision, Seen
from cmctl.core.pictures import same_picture
from cmctl.core.show import duration

#: From this score on a pair is in doubt; below it hardly any that tells the same news was seen.
DOUBTFUL = 0.1
#: Texts with fewer words that carry news, and no figure, tell nothing of their own.
_TELLING = 4
#: A teaser says at most this part of what the full text does, and of what it says at most this part
#: is not in the full text.
_TEASED, _OWN = 0.6, 0.35
_WORST_FIRST = (Decision.BLOCK, Decision.FLAG, Decision.ALLOW)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that were judged, with what is known of them."""

    ours: Seen
    theirs: Seen
    #: The same as they are compared, without the client's frame.
    a: Prepared
    b: Prepared
    client: Client
    #: Their days.
    posted: Posted


def ruled(judged: Judged, pair: Pair, rules: Rules, limits: Limits, window: timedelta) -> Judged:
    """Return what two texts come to; reasons tell which rule counted."""
    judged = _with_pictures(judged, pair, limits)
    if judged.decision is Decision.ALLOW:
        return judged
    for worst, applies, why in _on_purpose(pair, rules, window):
        # What changes nothing is not asked: most of these matches are judged for one check.
        if _WORST_FIRST.index(worst) > _WORST_FIRST.index(judged.decision) and applies(pair):
            judged = replace(judged, decision=worst, reasons=(why, *judged.reasons))
    return judged


def _with_pictures(judged: Judged, pair: Pair, limits: Limits) -> Judged:
    ours, theirs = pair.ours.pictures, pair.theirs.pictures
    if not ours or not theirs:
        return judged
    if not any(same_picture(mine, other) for mine in ours for other in theirs):
        if judged.decision is not Decision.BLOCK or _tells(pair.a) or _tells(pair.b):
            return judged
        why = "different pictures, and the words tell no news of their own"
        return replace(judged, decision=Decision.FLAG, reasons=(why, *judged.reasons))
    if judged.decision is not Decision.ALLOW:
        return replace(judged, reasons=("the same picture", *judged.reasons))
    found = compare(pair.a, pair.b, pair.posted)
    doubtful = judged.score >= DOUBTFUL or not (_tells(pair.a) and _tells(pair.b))
    if not doubtful or _disagree(pair, found):
        return judged
    told = ("the same picture", *reasons(pair.a, pair.b, found))
    return Judged(max(judged.score, limits.flag), Decision.FLAG, told)


def _tells(text: Prepared) -> bool:
    return len(frozenset(text.concepts)) >= _TELLING or bool(text.facts)


def _disagree(pair: Pair, found: Comparison) -> bool:
    if any(f.differs for kind, f in found.facts.items() if kind not in ("link", "contact")):
        return True
    ours, theirs = pair.a.states, pair.b.states
    return any(ours[axis] * theirs[axis] < 0 for axis in ours.keys() & theirs.keys())


def _on_purpose(
    pair: Pair, rules: Rules, window: timedelta
) -> Iterator[tuple[Decision, Callable[[Pair], bool], str]]:
    """Yield the worst that may be said where a rule applies, and why."""
    yield rules.translations, _in_another_language, "it stands there in another language"
    yield rules.teasers, _is_teaser, "theirs only announced what yours tells in full"
    wait = rules.cooldown
    if wait is None:
        wait = window if pair.ours.evergreen else timedelta()
    within = abs(pair.ours.at - pair.theirs.at) < wait
    why = f"it is meant to come again, and its cool-down of {duration(wait)} is not over"
    yield Decision.FLAG if within else Decision.ALLOW, _again, why


def _in_another_language(pair: Pair) -> bool:
    ours, theirs = _languages(pair.a.sentences), _languages(pair.b.sentences)
    return bool(ours and theirs and ours.isdisjoint(theirs))


@lru_cache(maxsize=64)  # ours is asked for beside many others
def _languages(sentences: tuple[Sentence, ...]) -> frozenset[str]:
    return languages_of(sentence.text for sentence in sentences)


def _is_teaser(pair: Pair) -> bool:
    """Tell whether theirs came first, said much less, and hardly anything that ours does not say.

    Both may be new to followers: a teaser is told by its size alone.
    """
    if pair.theirs.at >= pair.ours.at:
        return False
    client, other = pair.client, frozenset(pair.b.concepts)
    whole, teased = client.weights(frozenset(pair.a.concepts)), client.weights(other)
    if not teased or teased > _TEASED * whole:
        return False
    found = compare(pair.a, pair.b, pair.posted)
    return client.weights(found.only_theirs) <= _OWN * teased


def _again(pair: Pair) -> bool:
    """Tell whether both are cmctl's own, and ours was written to be told again."""
    ours, theirs = pair.ours, pair.theirs
    own = theirs.source in ("queue", "history")
    return own and (ours.evergreen or (ours.post != "" and ours.post == theirs.post))
