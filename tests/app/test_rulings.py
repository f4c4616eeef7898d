"""A word about two texts holds for every delivery that says them, and for no other text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.app.guard.resolve import Keep, Word, case_of, resolve
from cmctl.app.guard.rulings import BOTH, LET_PASS, Ours, unsettled
from cmctl.core.ledger import Ruling
from cmctl.core.model import Delivery, Seen, State

from .desk import Desk

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MENU = "🍲 Le pot-au-feu de la maison revient chaque midi à 14 €, café compris, place Hoche !"
HIS = "Le pot-au-feu de la maison revient chaque midi, 14 € café compris, place Hoche"


def ruling(keep: str = "both", source: str = "timeline", ref: str = "r9") -> Ruling:
    return Ruling(NOON, "a/x", 5, source, ref, keep, "why", None, 0.9, "ours", "theirs")


def seen(text: str, ref: str = "r9", source: str = "timeline") -> Seen:
    return Seen(source=source, ref=ref, text=text, at=NOON)


@pytest.mark.parametrize("keep", sorted(BOTH))
def test_that_both_go_out_is_said_of_the_texts_and_not_of_a_number(keep: str) -> None:
    assert unsettled(Ours("a/x", 8, "ours"), [seen("theirs")], [ruling(keep)]) == []
    between = [ruling(keep, "delivery", "7")]
    assert unsettled(Ours("a/x", 8, "ours"), [seen("theirs", "9", "queue")], between) == []
    assert unsettled(Ours("a/x", 9, "theirs"), [seen("ours", "8", "history")], between) == []


def test_that_ours_goes_for_theirs_is_said_of_these_two_alone() -> None:
    between = [ruling("ours", "delivery", "7")]
    assert unsettled(Ours("a/x", 5, "ours"), [seen("theirs", "7", "queue")], between) == []
    assert unsettled(Ours("a/x", 7, "theirs"), [seen("ours", "5", "history")], between) == []
    for about, other in (
        (Ours("a/x", 8, "ours"), seen("theirs", "7", "queue")),
        (Ours("a/x", 5, "ours"), seen("theirs", "9", "queue")),
        (Ours("a/x", 9, "theirs"), seen("ours", "5", "history")),
    ):
        assert unsettled(about, [other], between) == [other]


def test_the_same_words_typed_once_more_by_somebody_else_are_judged() -> None:
    again = seen("theirs", "r10")
    assert unsettled(Ours("a/x", 5, "ours"), [again], [ruling()]) == [again]


def test_a_word_about_one_channel_says_nothing_of_another() -> None:
    other = [seen("theirs", "9", "queue")]
    assert unsettled(Ours("a/y", 8, "ours"), other, [ruling("both", "delivery", "7")]) == other


@given(
    st.sampled_from(["ours", "theirs", "other"]),
    st.sampled_from(["ours", "theirs", "other"]),
    st.integers(4, 9),
    st.integers(4, 9),
    st.sampled_from(["timeline", "queue", "history"]),
    st.sampled_from(["theirs", "ours", "both", "move", "rewrite"]),
    st.sampled_from([("timeline", "r9"), ("delivery", "7")]),
)
def test_another_text_is_always_judged(  # noqa: PLR0917
    ours: str, said: str, number: int, ref: int, source: str, keep: str, of: tuple[str, str]
) -> None:
    other = seen(said, f"r{ref}" if source == "timeline" else str(ref), source)
    left = unsettled(Ours("a/x", number, ours), [other], [ruling(keep, *of)])
    if keep not in LET_PASS or {ours, said} != {"ours", "theirs"}:
        assert left == [other]


def test_one_word_settles_every_time_of_a_recurring_post(desk: Desk) -> None:
    noon = f"mon-sun {desk.clock.at + timedelta(hours=6):%H:00}"
    desk.write({"id": "menu", "text": MENU, "channels": ["x"], "every": noon})
    desk.turn()
    desk.network.post_by_hand("x", HIS)
    desk.clock.forward(minutes=1)
    desk.turn()
    assert len(held(desk)) > 2
    with desk.context() as ctx:
        resolve(ctx, case_of(ctx, held(desk)[0]), Word(Keep.BOTH, "chaque midi"))
    assert held(desk) == []
    desk.turn()
    assert held(desk) == []
    desk.network.post_by_hand("x", HIS)
    desk.clock.forward(minutes=1)
    desk.turn()
    assert len(held(desk)) > 2


def held(desk: Desk) -> list[Delivery]:
    return [one for one in desk.deliveries() if one.state is State.HELD]
