"""A comparison as numbers: what the models read. The same whichever text is called ours."""

import re
from collections.abc import Iterable
from functools import lru_cache

from cmctl.core.guard.compare import Comparison, Posted, in_order
from cmctl.core.guard.facts import facts_of
from cmctl.core.guard.prepare import Prepared, Sentence
from cmctl.core.guard.states import AXES, negates, states_of
from cmctl.core.guard.weigh import Client

#: Kinds of facts that count by themselves; all of them count together.
_KINDS = ("time", "number", "date", "result", "moment", "name", "title")
_NO_FIGURES = ("name", "title", "link", "contact")
#: Axes on which two texts that say opposite things are hardly ever one news.
_SURE = ("running", "available", "open", "happens", "found", "filled")
_STATES = tuple((axis, f"state_{axis}") for axis in AXES)
_DAY = (
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_BEFORE = r"(?:le |la |a |au |du |en |on |at |in |the |l')?"
#: `et non 58 €`, `pas à 16h`, `not Tuesday`; `au lieu de` of days and times only, as prices fall.
_TAKEN_BACK = re.compile(
    rf"\b(?:(?:non(?: pas)?|pas|not) {_BEFORE}((?:\w+ )?\d.{{0,12}}|{_DAY}\b.{{0,12}})|"
    rf"(?:au lieu d[eu]|plutot que|instead of|rather than) {_BEFORE}"
    rf"({_DAY}\b.{{0,12}}|\d{{1,2}} ?(?:h|[ap]m|:\d\d).{{0,5}}))"
)
#: Texts further apart than this are as far from one another as any; none were seen in training.
_DAYS = 14
#: A run of so many words in common is part of a frame.
_RUN = 3


def features(
    a: Prepared, b: Prepared, found: Comparison, client: Client, posted: Posted = (None, None)
) -> dict[str, float]:
    """Return the features by name; `posted` are the days of the texts, where they are known."""
    if not in_order(a, b):
        a, b, found = b, a, found.mirrored()
    return {
        **_words(a, b, found, client),
        **_sentences(a, b, found, client),
        **_strings(a, b),
        **_runs(a, b, found, client),
        **_facts(found, client),
        **_states(a, b, found, client),
        **_heads(a, b),
        **_days(posted),
    }


def _days(posted: Posted) -> dict[str, float]:
    """How long one text came after the other: news is told again within days, a frame weekly."""
    first, second = posted
    if first is None or second is None:
        return {"days_known": 0.0, "days_apart": 0.0}
    return {"days_known": 1.0, "days_apart": float(min(abs((first - second).days), _DAYS))}


def _words(a: Prepared, b: Prepared, found: Comparison, client: Client) -> dict[str, float]:
    """How much of each text the other says, by weight."""
    mine, other = frozenset(a.concepts), frozenset(b.concepts)
    whole = (client.weights(mine), client.weights(other))
    left = (client.weights(found.only_ours), client.weights(found.only_theirs))
    covered = [1 - rest / all_ if all_ else 0.0 for rest, all_ in zip(left, whole, strict=True)]
    rare = [
        sum(client.weight(w) > 0.75 for w in side) for side in (found.only_ours, found.only_theirs)
    ]
    short = 0 if whole[0] <= whole[1] else 1
    return {
        "covered_more": max(covered),
        "covered_less": min(covered),
        "covered_short": covered[short],
        "shared_weight": client.weights(found.shared & (mine | other)) / 2,
        "weight_short": min(whole),
        "weight_long": max(whole),
        "weight_ratio": min(whole) / max(*whole, 1e-9),
        # Unlike weights, the same among few texts of a client and among many.
        "words_short": float(min(len(mine), len(other))),
        "words_shared": len(found.shared & (mine | other)) / 2,
        "left_less": min(left),
        "left_more": max(left),
        "left_short": left[short],
        "rare_less": min(rare),
        "rare_short": rare[short],
        "same_language": float(a.language == b.language),
        "tags_shared": _part(a.form.tags, b.form.tags),
    }


def _part(a: frozenset[str], b: frozenset[str]) -> float:
    """Return how much of the smaller set the other has."""
    return len(a & b) / max(1, min(len(a), len(b)))


def _sentences(a: Prepared, b: Prepared, found: Comparison, client: Client) -> dict[str, float]:
    """How well each sentence of the shorter text is covered, and the opening of each text."""
    short, long = (a, b) if len(a.concepts) <= len(b.concepts) else (b, a)
    left = found.only_ours | found.only_theirs
    told = [s for s in short.sentences if s.concepts]
    each = [_covered(s, left, client) for s in told]
    best = [_best(s, long.sentences, client) for s in told]
    heads = [
        _covered(next((s for s in text.sentences if s.concepts), None), left, client)
        for text in (a, b)
    ]
    return {
        "sentence_worst": min(each, default=0.0),
        "sentence_best": max(each, default=0.0),
        "head_less": min(heads),
        "head_more": max(heads),
        "sentence_match_mean": sum(best) / len(best) if best else 0.0,
        "sentence_match_worst": min(best, default=0.0),
        "sentences_short": float(len(each)),
    }


def _covered(sentence: Sentence | None, left: frozenset[str], client: Client) -> float:
    if sentence is None:
        return 0.0
    words = frozenset(sentence.concepts)
    whole = client.weights(words)
    return 1 - client.weights(words & left) / whole if whole else 0.0


def _best(sentence: Sentence, others: Iterable[Sentence], client: Client) -> float:
    words = frozenset(sentence.concepts)
    whole = client.weights(words) or 1.0
    return max((client.weights(words.intersection(o.concepts)) for o in others), default=0) / whole


def _strings(a: Prepared, b: Prepared) -> dict[str, float]:
    from rapidfuzz import fuzz  # noqa: PLC0415 - a listing does not pay for it

    words_a, words_b = " ".join(a.concepts), " ".join(b.concepts)
    return {
        "ratio": fuzz.ratio(a.text, b.text) / 100,
        "token_set": fuzz.token_set_ratio(words_a, words_b) / 100,
        "token_sort": fuzz.token_sort_ratio(words_a, words_b) / 100,
        "partial": fuzz.partial_ratio(a.text[:600], b.text[:600]) / 100,
    }


def _runs(a: Prepared, b: Prepared, found: Comparison, client: Client) -> dict[str, float]:
    """The frame of a weekly post: long runs in common with something else put between them."""
    from rapidfuzz.distance import Indel, Levenshtein  # noqa: PLC0415

    words_a, words_b = a.text.split()[:400], b.text.split()[:400]
    longest = together = swaps = 0
    for op in Levenshtein.opcodes(words_a, words_b):
        length = op.src_end - op.src_start
        if op.tag == "equal":
            longest = max(longest, length)
            together += length if length >= _RUN else 0
        swaps += op.tag == "replace"
    shorter = max(1, min(len(words_a), len(words_b)))
    left = min(client.weights(found.only_ours), client.weights(found.only_theirs))
    return {
        "run": longest / shorter,
        "in_runs": together / shorter,
        "swaps": float(swaps),
        "swapped": left * together / shorter,
        "order": Indel.normalized_similarity(a.concepts, b.concepts),
    }


def _facts(found: Comparison, client: Client) -> dict[str, float]:
    """What agrees, what differs and what only one text says, by kind and together."""
    result: dict[str, float] = {}
    for kind in _KINDS:
        fact = found.facts.get(kind)
        sides = sorted((len(fact.ours), len(fact.theirs))) if fact else (0, 0)
        result[f"{kind}_both"] = float(len(fact.both)) if fact else 0.0
        result[f"{kind}_differs"], result[f"{kind}_one"] = float(sides[0]), float(sides[1])
    facts = [f for kind, f in found.facts.items() if kind not in _NO_FIGURES]
    both = sum(len(f.both) for f in facts)
    left = sorted((sum(len(f.ours) for f in facts), sum(len(f.theirs) for f in facts)))
    link, contact = found.facts.get("link"), found.facts.get("contact")
    return result | {
        "facts_both": float(both),
        "facts_left_less": float(left[0]),
        "facts_left_more": float(left[1]),
        "facts_differ": float(sum(f.differs for f in facts)),
        "facts_agree_part": both / max(1, both + left[0]),
        "facts_cover": both / max(1, both + left[1]),
        "link_same": float(bool(link and any(_is_page(x, client) for x in link.both))),
        "link_differs": float(bool(link and link.differs and not link.both)),
        "contact_same": float(bool(contact and contact.both)),
    }


def _is_page(link: object, client: Client) -> bool:
    """Tell whether a link leads to a page of its own and not to where every post leads."""
    return "/" in str(link) and client.weight(str(link)) == 1.0


def _states(a: Prepared, b: Prepared, found: Comparison, client: Client) -> dict[str, float]:
    """Where both texts say that the news stands, and what one of them denies."""
    mine, other = a.states, b.states
    shared = found.shared.intersection(a.concepts).intersection(b.concepts)
    each = {name: abs(mine.get(x, 0) - other.get(x, 0)) / 2 for x, name in _STATES}
    said = {x: mine[x] * other[x] for x in mine.keys() & other.keys()}
    denied, others = a.denied, b.denied
    return {
        "states_opposed": float(sum(x < 0 for x in said.values())),
        "states_opposed_surely": float(sum(said.get(x, 0) < 0 for x in _SURE)),
        "states_agree": float(sum(x > 0 for x in said.values())),
        "states_one": float(len(mine.keys() ^ other.keys())),
        "states_apart": float(sum(each.values())),
        "denied_apart": client.weights((denied ^ others) & shared),
        "denied_both": client.weights(denied & others),
        "retracted": float(_takes_back(a, b) or _takes_back(b, a)),
        **each,
    }


def _takes_back(a: Prepared, b: Prepared) -> bool:
    """Tell whether `a` takes back a figure or day that `b` says and does not take back itself."""
    figures, days = _taken_back(a.text)
    if not figures and not days:
        return False
    others, other_days = _taken_back(b.text)
    told = {day.weekday for day in b.facts.days} - {None}
    return bool((figures - others) & b.facts.values or (days - other_days) & told)


@lru_cache(maxsize=256)
def _taken_back(text: str) -> tuple[frozenset[float], frozenset[int | None]]:
    """Return the figures and the weekdays that a folded lower-case text takes back."""
    found = [facts_of(m[1] or m[2])[0] for m in _TAKEN_BACK.finditer(text)]
    days = frozenset(day.weekday for facts in found for day in facts.days) - {None}
    return frozenset().union(*(facts.values for facts in found)), days


def _heads(a: Prepared, b: Prepared) -> dict[str, float]:
    """What the openings of both texts say of where the news stands; later ones digress."""
    first, second = _head(a), _head(b)
    mine, other = states_of(first), states_of(second)
    said = [mine[x] * other[x] for x in mine.keys() & other.keys()]
    return {
        "heads_opposed": float(sum(x < 0 for x in said)),
        "heads_agree": float(sum(x > 0 for x in said)),
        "heads_apart": sum(abs(mine.get(x, 0) - other.get(x, 0)) for x in AXES) / 2,
        "head_after": abs(mine.get("after", 0) - other.get("after", 0)) / 2,
        "heads_negated_one": float(negates(first) != negates(second)),
    }


def _head(text: Prepared) -> str:
    return next((s.folded for s in text.sentences if s.concepts), "")
