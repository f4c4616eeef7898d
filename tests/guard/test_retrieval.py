"""Which texts of a long history are compared."""

import math
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core.guard.retrieval import COMMON, Postings, likest, terms, weights

HISTORIES = st.lists(st.frozensets(st.sampled_from("abcdefghij"), min_size=1), max_size=40)


def by_hand(ours: frozenset[str], history: list[frozenset[str]], worth: Mapping[str, float]):
    """Rank every text by itself, as the definition says."""

    def score(n: int) -> float:
        shared = sum(worth.get(term, 0.0) for term in ours & history[n])
        return shared / min(len(ours), len(history[n]))

    sharing = [n for n in range(len(history)) if any(t in worth for t in ours & history[n])]
    return {n: score(n) for n in sharing}


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.frozensets(st.sampled_from("abcdefghijkl"), min_size=1), st.integers(1, 9))
def test_the_index_finds_what_looking_at_every_text_finds(history, ours, most):
    """No text that shares more than one that is found is left out."""
    found = {term: sum(term in text for text in history) for term in ours}
    worth = weights(found, len(history))
    postings = [
        (weight, [(n, len(text)) for n, text in enumerate(history) if term in text])
        for term, weight in worth.items()
    ]
    scores = by_hand(ours, history, worth)
    ranked = likest(postings, len(ours), most=most)
    assert len(ranked) == min(most, len(scores))
    left = [scores[n] for n in scores.keys() - set(ranked)]
    assert all(scores[n] >= other - 1e-12 for n in ranked for other in left)


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.frozensets(st.sampled_from("abcdefghijkl")), st.integers(0, 9))
def test_texts_in_memory_are_found_as_an_index_finds_them_within_a_range(history, ours, since):
    kept = Postings()
    for number, text in enumerate(history):
        kept.add(number, text)
    found = {term: sum(term in text for text in history) for term in ours}
    postings = [
        (weight, [(n, len(text)) for n, text in enumerate(history) if term in text and n >= since])
        for term, weight in weights(found, len(history)).items()
    ]
    assert set(kept.likest(ours, since=since, before=99)) == set(likest(postings, len(ours)))
    assert all(since <= n < since + 2 for n in kept.likest(ours, since=since, before=since + 2))


def test_what_is_rarer_is_worth_more_and_what_is_common_nothing():
    worth = weights({"unknown": 0, "rare": 1, "known": 100, "common": 6000}, 100_000)
    assert set(worth) == {"rare", "known"}
    assert worth["rare"] > worth["known"] > 0
    assert math.isclose(worth["rare"], 1, abs_tol=0.1)
    assert COMMON < 0.06


def test_a_text_is_found_by_its_words_figures_and_links_whatever_it_is():
    assert {"12000"} <= terms("Entrepôt de 12 000 m² à Rennes : https://atlas.example/r")
    for text in ("", "🎉🎉", "\ud800", "a" * 63_000, "https://a.example " * 50):
        terms(text)
