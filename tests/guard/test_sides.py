from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core.guard.headline import headline
from cmctl.core.guard.sides import Mark, sides
from cmctl.core.model import Decision, Match, Seen

OURS = (
    "🚚 Notre nouvel entrepôt ouvre à Rennes le jeudi 1er décembre à 10 h ! 12 000 m², 45 emplois"
)
THEIRS = (
    "Notre nouvel entrepot ouvre a Rennes le 2 décembre à 11h, 12 000 m2 et 45 emplois, bravo Ali"
)
DUE = datetime(2026, 11, 24, 9, 15, tzinfo=UTC)


def marked(text: str, marks: tuple[Mark, ...]) -> dict[str, str]:
    return {text[one.start : one.end]: one.kind for one in marks}


def test_marks_say_what_is_shared_what_differs_and_what_stands_in_one_alone() -> None:
    found = sides(OURS, THEIRS)
    ours, theirs = marked(OURS, found.ours), marked(THEIRS, found.theirs)
    assert ours["Rennes"] == theirs["Rennes"] == ours["12 000"] == theirs["12 000"] == "shared"
    assert ours["10"] == theirs["11"] == ours["décembre"] == "differs"
    assert theirs["bravo"] == "only"
    assert "à" not in ours


def test_facts_stand_by_kind_with_what_agrees_and_what_differs() -> None:
    facts = {fact.kind: fact for fact in sides(OURS, THEIRS).facts}
    assert (facts["time"].ours, facts["time"].theirs) == (("10 h",), ("11 h",))
    assert facts["time"].differs
    assert not facts["number"].differs
    assert facts["number"].both == ("45", "12000")
    assert not facts["words"].differs


def test_a_day_is_the_same_where_each_post_says_it_in_its_own_way() -> None:
    days = (date(2026, 11, 23), date(2026, 11, 24))
    facts = {fact.kind: fact for fact in sides("Fermé demain", "Fermé aujourd'hui", days).facts}
    assert not facts["date"].differs


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            Seen(
                source="timeline", ref="1", text=OURS, at=DUE - timedelta(minutes=90), author="G."
            ),
            "Same news as G.'s post of 08:45, 1 h 30 before: Rennes, nouvel, entrepôt; "
            "no fact differs",
        ),
        (
            Seen(source="queue", ref="3", text=OURS, at=DUE + timedelta(days=1), post="bis"),
            "Same news as our planned post bis of Wed 25 Nov 10:15 CET, 1 d after: "
            "Rennes, nouvel, entrepôt; no fact differs",
        ),
    ],
)
def test_the_verdict_is_one_sentence(seen: Seen, said: str) -> None:
    match = Match(seen=seen, decision=Decision.BLOCK, score=0.9)
    assert headline(match, DUE, ZoneInfo("Europe/Paris"), sides(OURS, OURS)) == said


def test_the_sentence_says_what_differs() -> None:
    seen = Seen(source="history", ref="1", text=THEIRS, at=DUE)
    match = Match(seen=seen, decision=Decision.FLAG, score=0.5)
    said = headline(match, DUE, ZoneInfo("Europe/Paris"), sides(OURS, THEIRS))
    assert said.startswith("Perhaps the same news as our post of 10:15, at the same time")
    assert "time: 10 h (ours) and 11 h (theirs)" in said


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_marks_lie_within_any_text_in_order(ours: str, theirs: str) -> None:
    found = sides(ours, theirs)
    for text, marks in ((ours, found.ours), (theirs, found.theirs)):
        ends = [0, *(edge for one in marks for edge in (one.start, one.end)), len(text)]
        assert ends == sorted(ends)
