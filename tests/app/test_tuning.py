"""Thresholds from a client's past: only what a person said of the news itself teaches."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cmctl.app.context import Context
from cmctl.app.guard.tuning import Tuned, tuned, write
from cmctl.config.load import load_settings
from cmctl.core.guard.evaluate import Pair
from cmctl.core.guard.model import Limits
from cmctl.core.ledger import Ruling

from .desk import Desk

#: So sure the guard is of nothing but the same text: it holds too little.
SURE = "guard: {flag: 0.4, block: 0.99}"
SAME = "Nouvel entrepôt à Rennes : {0} m², {0} emplois et {0} quais dès le 1er décembre."
AGAIN = "Notre nouvel entrepôt de Rennes ouvre le 1er décembre : {0} m², {0} quais, {0} emplois"
OTHER = "Le nouvel entrepôt de Nantes ouvre le 3 mars : 12 m², 4 quais et {0} emplois"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, extra=SURE)
    desk.write({"id": "one", "text": SAME.format(1), "channels": ["x"], "in": 60})
    desk.turn()
    yield desk
    desk.close()


def rule(ctx: Context, ours: str, theirs: str, *, same: bool | None) -> None:
    word = Ruling(
        at=ctx.now(),
        channel="a/x",
        number=1,
        source="timeline",
        ref="77",
        keep="both" if same is None else "theirs",
        reason="because",
        same=same,
        score=0.9,
        ours=ours,
        theirs=theirs,
    )
    ctx.store.rule(word)


def look(ctx: Context, pairs: list[Pair] | None = None) -> Tuned:
    return tuned(ctx, ctx.settings.clients["a"], pairs or [], None, list)


def test_decisions_lower_a_block_that_stopped_too_little_and_it_is_written(desk: Desk) -> None:
    before = desk.config.read_text()
    with desk.context() as ctx:
        for number in range(10, 26):
            rule(ctx, SAME.format(number), AGAIN.format(number), same=True)
            rule(ctx, SAME.format(number), OTHER.format(number), same=False)
        found = look(ctx)
        assert found.tuning.now == Limits(0.4, 0.99)
        assert (len(found.tuning.decided), found.tuning.same) == (32, 16)
        assert found.tuning.moves
        assert desk.config.read_text() == before
        moved = write(ctx, found)
    assert found.tuning.proposed is not None
    assert moved == {"block": found.tuning.proposed.block}
    assert 0.9 < moved["block"] < 0.99
    policy = load_settings(desk.config).settings
    assert policy is not None
    assert policy.clients["a"].guard.block == moved["block"]
    assert policy.channel("a/x").guard.block == moved["block"]


def test_what_was_said_of_the_news_counts_once_and_the_last_word_counts(desk: Desk) -> None:
    with desk.context() as ctx:
        rule(ctx, "one", "other", same=True)
        rule(ctx, "one", "other", same=False)
        rule(ctx, "one", "other", same=None)
        rule(ctx, "two", "other", same=None)
        found = look(ctx)
        assert [one.same for one in found.tuning.decided] == [False]
        assert found.tuning.proposed is None
        assert write(ctx, found) == {}


def test_labelled_pairs_count_beside(desk: Desk) -> None:
    pairs = [Pair(a=SAME.format(n), b=AGAIN.format(n), same=True) for n in range(10, 25)]
    pairs += [Pair(a=SAME.format(n), b=OTHER.format(n), same=False) for n in range(10, 25)]
    with desk.context() as ctx:
        found = look(ctx, pairs)
    assert (found.labelled, len(found.tuning.decided)) == (30, 30)
    assert found.tuning.proposed is not None


def test_a_channel_with_its_own_thresholds_is_named(desk: Desk) -> None:
    text = desk.config.read_text()
    desk.config.write_text(text.replace("account: y", "account: y, guard: {block: 0.95}"))
    with desk.context() as ctx:
        assert look(ctx).apart == ["a/y"]
