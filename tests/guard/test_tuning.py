"""Thresholds are proposed from decisions, and never further than these reach."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.guard.model import Limits
from cmctl.core.guard.tuning import (
    BLOCK_PRECISION,
    FLAG_RECALL,
    LEAST,
    LOWEST,
    Decided,
    Share,
    measured,
    tune,
)

NOW = Limits(flag=0.45, block=0.8)
scores = st.integers(0, 10_000).map(lambda score: score / 10_000)
limits = st.tuples(scores, scores).map(lambda both: Limits(*sorted(both)))
decisions = st.lists(st.builds(Decided, scores, st.booleans()), max_size=60)


def decided(*, same: list[float], different: list[float]) -> list[Decided]:
    return [Decided(s, True) for s in same] + [Decided(s, False) for s in different]


@given(decisions, limits)
def test_whatever_was_decided_what_is_proposed_keeps_its_word(
    made: list[Decided], now: Limits
) -> None:
    found = tune(made, now)
    if found.proposed is None:
        assert len(made) < LEAST or min(found.same, len(made) - found.same) < 5
        return
    flag, block = found.proposed
    assert 0 <= flag <= block <= 1
    assert block == 1.0 or measured(made, block).precision.value >= BLOCK_PRECISION
    before, after = measured(made, now.flag), measured(made, flag)
    if block >= now.flag:
        assert after.recall.value >= min(before.recall.value, FLAG_RECALL)
    if block < now.block:
        low = measured(made, now.block).precision.interval[0]
        assert measured(made, block).precision.interval[0] >= low


@given(decisions, limits, st.randoms(use_true_random=False))
def test_the_order_of_decisions_means_nothing(
    made: list[Decided], now: Limits, chance: random.Random
) -> None:
    shuffled = list(made)
    chance.shuffle(shuffled)
    assert tune(shuffled, now).proposed == tune(made, now).proposed


@given(st.integers(0, 200), st.integers(0, 200))
def test_an_interval_holds_its_share_and_narrows_with_more_of_the_same(right: int, of: int) -> None:
    right = min(right, of)
    low, high = Share(right, of).interval
    assert 0 <= low <= high <= 1
    if of:
        assert low - 1e-9 <= right / of <= high + 1e-9
        wider = Share(right * 4, of * 4).interval
        assert wider[1] - wider[0] < high - low


def test_the_interval_is_the_one_that_wilson_published() -> None:
    low, high = Share(9, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)


@pytest.mark.parametrize(
    ("same", "different", "why"),
    [
        (10, 9, "19 decisions, and thresholds are proposed from 20 on"),
        (30, 4, "only 4 of 34 decisions are about different news, and it takes 5"),
        (2, 30, "only 2 of 32 decisions are about the same news, and it takes 5"),
    ],
)
def test_few_decisions_propose_nothing_and_say_so(same: int, different: int, why: str) -> None:
    found = tune(decided(same=[0.9] * same, different=[0.5] * different), NOW)
    assert (found.proposed, found.why) == (None, (why,))


def test_thresholds_that_reach_their_aims_stay() -> None:
    found = tune(decided(same=[0.9] * 20 + [0.6], different=[0.3] * 9 + [0.5]), NOW)
    assert found.proposed == NOW
    assert not found.moves


def test_block_goes_above_what_it_was_wrong_about() -> None:
    found = tune(decided(same=[0.95] * 20, different=[0.85] * 2 + [0.3] * 6), NOW)
    assert found.proposed is not None
    assert found.proposed.block == 0.9
    assert "20 of 22" in found.why[0]


def test_block_that_no_score_makes_right_stops_the_same_text_alone() -> None:
    found = tune(decided(same=[0.9] * 20, different=[0.99] * 5), NOW)
    assert found.proposed is not None
    assert found.proposed.block == 1.0


def test_block_comes_down_to_hold_more_where_that_is_known_to_be_right() -> None:
    found = tune(decided(same=[0.9] * 15 + [0.7] * 6, different=[0.5] * 6), NOW)
    assert found.proposed is not None
    assert found.proposed.block == 0.7
    few = tune(decided(same=[0.9] * 15 + [0.7] * 4, different=[0.5] * 6), NOW)
    assert few.proposed is not None
    assert few.proposed.block == NOW.block


def test_flag_comes_down_to_what_was_missed_and_no_further() -> None:
    found = tune(decided(same=[0.9] * 18 + [0.4] * 4, different=[0.2] * 6), NOW)
    assert found.proposed is not None
    assert found.proposed.flag == 0.3
    lost = tune(decided(same=[0.9] * 18 + [0.02] * 4, different=[0.05] * 6), NOW)
    assert lost.proposed is not None
    assert lost.proposed.flag == LOWEST
    assert "18 of 22" in lost.why[1]


def test_flag_goes_up_where_it_asks_too_often_and_misses_nothing_by_it() -> None:
    found = tune(decided(same=[0.9] * 20, different=[0.5] * 12), NOW)
    assert found.proposed is not None
    assert 0.5 < found.proposed.flag <= 0.8
    needed = tune(decided(same=[0.9] * 20 + [0.47] * 5, different=[0.5] * 12), NOW)
    assert needed.proposed is not None
    assert needed.proposed.flag == NOW.flag
