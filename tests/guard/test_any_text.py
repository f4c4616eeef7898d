"""Whatever a network or a person hands over gets a verdict, and no markup out of it is obeyed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core.guard import AS_JUDGED, Rules, judge, judge_pair
from cmctl.core.guard.languages import languages_of
from cmctl.core.guard.likeness import judge_by_likeness
from cmctl.core.guard.normalise import bare, canonical_link, fold, plain
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.threads import as_read
from cmctl.core.model import Decision, Seen
from cmctl.core.pictures import same_picture
from cmctl.core.plain import plain_line

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
#: Lone surrogates too: networks send them.
ANY = st.text(st.characters(codec=None), max_size=80)
ODD = st.sampled_from(
    ["", " \n", "ok", "🎉", "👩‍👩‍👧", "e\u0301\u0301", "\u202e", "\ud83d", "\udc00", "\x1b[31m",
     "[red]", "<b>", "&amp;", "http://[::1", "https://a.fr/?utm_source=x", "12,50 €", "le 31/02",
     "J-7", "مرحبا", "#a", "@b", "«", "0" * 40, "²³½", "Ⅷ", "\u0000", "ﷺ"]
)  # fmt: skip
TEXT = st.one_of(
    ANY, st.lists(ODD, max_size=12).map(" ".join), st.lists(ODD, max_size=8).map("".join)
)
PICTURES = st.lists(st.sampled_from(["", "0" * 16, "f" * 32, "zz", "1"]), max_size=2).map(tuple)


@st.composite
def seen(draw: st.DrawFn, ref: str = "ours") -> Seen:
    return Seen(
        source=draw(st.sampled_from(["queue", "history", "timeline"])),
        ref=ref or draw(st.sampled_from(["a", "b", "c"])),
        text=draw(TEXT),
        at=NOON + draw(st.integers(-40, 40)) * timedelta(hours=11),
        post=draw(st.sampled_from(["", "p"])),
        reply_to=draw(st.sampled_from(["", "", "a", "b"])),
        pictures=draw(PICTURES),
        evergreen=draw(st.booleans()),
    )


@settings(max_examples=120, deadline=None)
@given(seen(), st.lists(seen(ref=""), max_size=5), st.sampled_from(list(Decision)))
def test_any_text_among_any_others_gets_a_verdict(
    text: Seen, corpus: list[Seen], worst: Decision
) -> None:
    rules = Rules(translations=worst, teasers=worst, cooldown=timedelta(days=3))
    said = judge(text, corpus, rules=rules)
    assert said == judge(text, corpus, rules=rules)
    assert 0 <= said.score <= 1
    assert [match for match in said.matches if match.decision is Decision.ALLOW] == []
    assert said.decision is (said.matches[0].decision if said.matches else Decision.ALLOW)
    order = [Decision.BLOCK, Decision.FLAG, Decision.ALLOW]
    plainly = judge(text, corpus, rules=replace(AS_JUDGED, cooldown=rules.cooldown))
    assert order.index(said.decision) >= order.index(plainly.decision)
    for match in said.matches:
        assert all(plain_line(reason).isprintable() for reason in match.reasons)


@settings(max_examples=120, deadline=None)
@given(TEXT, TEXT)
def test_every_step_takes_any_text(a: str, b: str) -> None:
    form = plain(a)
    assert fold(fold(form.text)) == fold(form.text)
    assert all(isinstance(link, str) for link in (*form.links, canonical_link(a)))
    assert prepare(a).anchors >= form.links
    assert isinstance(bare(a), str)
    languages_of([a, b])
    same_picture(a, b)
    judged = judge_pair(a, b)
    assert judged.score == judge_pair(b, a).score
    theirs = Seen(source="timeline", ref="t", text=b, at=NOON)
    ours = Seen(source="queue", ref="o", text=a, at=NOON)
    by_likeness = judge_by_likeness(ours, [theirs], window=timedelta(days=1), why="a test")
    assert by_likeness.notes == ("judged by likeness alone: a test",)
    assert as_read([ours, theirs]) == [ours, theirs]


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour à toutes et à tous ! " * 2_200,
        "é" * 63_000,
        "https://a.fr/b?c=1 " * 3_400,
        "🎉" * 63_000,
    ],
    ids=["sentences", "one word", "links", "emoji"],
)
def test_a_very_long_text_is_judged_by_its_beginning_and_says_so(text: str) -> None:
    ours = Seen(source="queue", ref="o", text=text, at=NOON)
    theirs = Seen(source="timeline", ref="t", text=f"{text} !", at=NOON)
    notes = judge(ours, [theirs]).notes
    assert f"judged by the first 12000 of {len(text)} characters" in notes


def test_texts_that_are_all_links_are_compared_by_their_pages() -> None:
    ours = "https://exemple.fr/rapport?utm_source=x https://exemple.fr/annexe"
    same = "http://www.exemple.fr/annexe/\nexemple.fr/rapport#haut"
    other = "https://exemple.fr/menu https://exemple.fr/carte"
    assert judge_pair(ours, same).decision is not Decision.ALLOW
    assert judge_pair(ours, other).decision is Decision.ALLOW
    assert judge_pair("bit.ly/3xYz", "https://bit.ly/3xYz?s=20").decision is not Decision.ALLOW
    assert judge_pair("https://bit.ly/3xYz", "https://bit.ly/4aBc").decision is Decision.ALLOW


@pytest.mark.parametrize(
    "text",
    ["pas " * 15_750, "half past 6 " * 5_250, "18 heures 30 " * 4_800, "au lieu de " * 5_700,
     "\ud83d" * 63_000, "e\u0301" * 31_500, "\u202e\x1b[31m" * 9_000, "(" * 63_000],
    ids=["negations", "clock", "hours", "instead", "surrogates", "marks", "escapes", "brackets"],
)  # fmt: skip
def test_a_text_of_one_thing_63_000_characters_long_gets_a_verdict(text: str) -> None:
    judged = judge_pair(text, f"{text[:9_000]} samedi")
    assert 0 <= judged.score <= 1
