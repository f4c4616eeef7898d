"""Which texts of a long history are compared."""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core import guard
from cmctl.core.guard import judge
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.retrieval import History, compared, look, look_from
from cmctl.core.guard.sketches import MADE_BY, read, sketch, sketched
from cmctl.core.guard.terms import LIKEST, NEAREST
from cmctl.core.model import Decision, Seen
from cmctl.core.settings import EVER

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
#: Words of one account: the first ones stand in many of its texts.
WORDS = [
    "atelier",
    "marché",
    "Rennes",
    "samedi",
    "ouverture",
    "entrepôt",
    "Nantes",
    "concert",
    "braderie",
    "Camille",
    "menu",
    "dîner",
    "expo",
    "Brest",
    "tombola",
    "12",
    "45",
    "18h30",
    "30",
    "décembre",
    "lundi",
    "annulé",
    "complet",
    "recrute",
    "vélo",
    "librairie",
    "théâtre",
    "fanfare",
    "poterie",
    "Morlaix",
    "kayak",
    "refuge",
    "tisane",
    "papier",
    "lampe",
    "cidre",
    "galette",
    "compost",
    "ruche",
    "sentier",
]
SIGNED = "\n\n📍 3 quai des Lices, Rennes. Du mardi au samedi."
ODD = ("", "🎉", "\ud800", "https://a.example/x", "a" * 13_000, "مرحبا بكم", "#RENNES #expo")


def written(draw: random.Random) -> str:
    """Return a text of some words, the first of `WORDS` more often than the last."""
    count = draw.choice((2, 3, 4, 6, 9, 14))
    words = [WORDS[int(len(WORDS) * draw.random() ** 2)] for _ in range(count)]
    words.insert(draw.randrange(count), draw.choice((",", ".", "!", ": venez")))
    return " ".join(words) + (SIGNED if draw.random() < 0.4 else "")


def seen(number: int, text: str, at: datetime) -> Seen:
    return Seen(source="timeline", ref=f"s{number}", text=text, at=at)


def history(count: int, seed: int) -> list[Seen]:
    """Return texts of one account, the last one the latest, 40 minutes between two."""
    draw = random.Random(seed)
    made = [written(draw) for _ in range(count)]
    made[3 : 3 + len(ODD)] = ODD
    return [seen(n, text, NOW - (count - n) * timedelta(minutes=40)) for n, text in enumerate(made)]


def kept(texts: Sequence[Seen]) -> History:
    found = History()
    for number, one in enumerate(texts, 1):
        found.add(number, number, sketch(one.text))
    return found


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 9999), st.integers(1, 700), st.one_of(st.none(), st.text(max_size=90)))
def test_a_history_finds_what_judging_every_text_would_compare(seed, far, other):
    """Of all texts that are not among the nearest; no text is read for it."""
    draw = random.Random(seed)
    texts = history(NEAREST + far, seed)
    ours = Seen(source="queue", ref="0", text=written(draw) if other is None else other, at=NOW)
    looking = look(ours, texts)
    expected = {n for n in compared(ours, texts, looking, window=EVER) if n < far}
    ids = [*kept(texts[:far]).likest(looking, since=0, before=far + 1)]
    assert {number - 1 for number in ids[:LIKEST]} == expected
    worth = [looking.worth(prepare(texts[number - 1].text)) for number in ids]
    assert worth == sorted(worth, key=lambda x: -(x or 0))
    assert all(
        looking.worth(prepare(texts[n].text)) is None for n in range(far) if n + 1 not in ids
    )


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 9999), st.integers(0, 300), st.integers(0, 300))
def test_only_what_stands_within_a_time_is_found(seed, since, before):
    texts = history(300, seed)
    looking = look(seen(0, written(random.Random(seed)), NOW), texts)
    every = kept(texts).likest(looking, since=0, before=999)
    within = [number for number in every if since <= number < before]
    assert [*kept(texts).likest(looking, since=since, before=before)] == within


@pytest.mark.parametrize("seed", range(3))
def test_the_verdict_on_a_long_history_is_that_on_the_nearest_and_the_found(seed):
    texts = history(NEAREST + 400, seed)
    draw = random.Random(seed + 100)
    for old in (5, 40, 200, 300):
        words = texts[old].text.partition("\n")[0].split()
        draw.shuffle(words)
        ours = Seen(source="queue", ref="0", text=" ".join(words), at=NOW)
        ids = [*kept(texts[:400]).likest(look(ours, texts), since=0, before=999)][:LIKEST]
        some = [*(texts[number - 1] for number in sorted(ids)), *texts[400:]]
        assert judge(ours, some, window=EVER) == judge(ours, texts, window=EVER)


def test_the_same_text_is_found_among_very_many_that_are_alike():
    menu = "Menu du jour : {} et sa purée maison, tarte aux pommes, 14 €"
    dishes = [f"plat{n}" for n in range(NEAREST + 900)]
    texts = [
        seen(n, menu.format(dish), NOW - (2000 - n) * timedelta(hours=1))
        for n, dish in enumerate(dishes)
    ]
    for old in (0, 7, 350, 899):
        ours = Seen(source="queue", ref="0", text=texts[old].text, at=NOW)
        said = judge(ours, texts, window=EVER)
        assert said.decision is Decision.BLOCK
        assert said.matches[0].seen == texts[old]


def test_all_of_a_short_history_is_compared():
    texts = history(NEAREST, 1)
    looking = look(seen(0, "rien", NOW), texts)
    ours = Seen(source="queue", ref="0", text="rien", at=NOW)
    assert [*compared(ours, texts, looking, window=EVER)] == list(range(NEAREST))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_a_sketch_is_looked_at_as_its_text_is(ours, theirs):
    looking = look_from(prepare(ours), [])
    found = History()
    found.add(1, 0, sketch(theirs))
    worth = looking.worth(prepare(theirs))
    assert [*found.likest(looking, since=0, before=1)] == ([] if worth is None else [1])


def test_any_text_has_a_sketch_that_can_be_stored():
    for text in (*ODD, "a" * 63_000, "https://a.example " * 50, "1234567 € et 1234568 €"):
        assert sketch(text).encode("utf-8")
        assert sketch(text) == sketch(text)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=200), st.integers(0, 9999).map(lambda n: written(Random(n)))))
def test_a_sketch_says_what_the_text_says(text):
    found, whole = read(sketch(text)), prepare(text)
    assert found.lines == whole.lines
    assert found.anchors == whole.anchors
    assert found.figures == whole.figures
    assert found.names == whole.names
    assert found.language == whole.language


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9999), st.integers(0, 3))
def test_a_sketch_without_the_frame_is_that_of_the_text_without_it(seed, first):
    text = f"{written(Random(seed))}\n{written(Random(seed + 1))}. {written(Random(seed + 2))}"
    whole = prepare(text)
    frame = frozenset(sorted(whole.lines)[first:])
    found, rest = read(sketch(text)).without(frame), whole.without(frame)
    assert (found.lines, found.anchors, found.names) == (rest.lines, rest.anchors, rest.names)
    assert found.figures == rest.figures


def test_a_sketch_of_another_text_or_by_other_lists_is_not_read():
    one = seen(1, "Le concert est annulé", NOW)
    other = sketch("La braderie de samedi").partition(" ")[2]
    for kept in ("", "other lists", sketch("La braderie de samedi"), f"{'0' * 12} {other}"):
        assert sketched(replace(one, sketch=kept)).anchors == prepare(one.text).anchors


def test_sketches_are_made_again_where_anything_changes_that_makes_them():
    """The version covers every module of the guard that `prepare` is made of."""
    folder = Path(guard.__file__).parent
    found, left = set(), {"sketches.py"}
    while left:
        name = left.pop()
        found.add(name)
        names = re.findall(
            r"from cmctl\.core\.guard\.(\w+) import", (folder / name).read_text("utf-8")
        )
        left |= {f"{one}.py" for one in names} - found
    assert {*MADE_BY} >= found - {"states.py"}  # what a text says of states is no part of a sketch


ROOT = Path(__file__).parents[2]


def labelled() -> tuple[list[tuple[str, str]], list[str]]:
    """Return pairs of texts that tell the same news, and everything else that people wrote."""
    files = ("tests/guard/unseen/pairs.jsonl", "tools/guard/own-pairs.jsonl")
    lines = [line for one in files for line in (ROOT / one).read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    same = [(row["a"], row["b"]) for row in rows if row["label"]]
    others = [text for row in rows if not row["label"] for text in (row["a"], row["b"])]
    extra = (ROOT / "tools/guard/extra.tsv").read_text("utf-8").splitlines()
    return same, others + [text for line in extra for text in line.split("\t")[2:]]


def test_rewrites_in_a_long_history_are_told_as_where_they_alone_are_compared():
    """Of texts that people wrote; two in a hundred may be lost among those that share more."""
    same, others = labelled()
    near = [seen(n, text, NOW - n * timedelta(hours=1)) for n, text in enumerate(others[:NEAREST])]
    old = [*others[NEAREST:], *(there for _, there in same)]
    far = [seen(n, text, NOW - n * timedelta(hours=1)) for n, text in enumerate(old, NEAREST)]
    far.reverse()  # of two that are worth the same the later one is compared
    found, told, wanted = kept(far), 0, 0
    for ours, there in same[::3]:
        asked = Seen(source="queue", ref="0", text=ours, at=NOW)
        one = next(text for text in far if text.text == there)
        ids = [*found.likest(look(asked, near), since=0, before=9999)]
        if refs_of(asked, [*near, one]) & {one.ref}:
            wanted += 1
            some = [far[number - 1] for number in ids[:LIKEST]]
            told += one.ref in refs_of(asked, [*near, *some])
        places = compared(asked, [*near, *far], look(asked, [*near, *far]), window=EVER)
        chosen = {n - NEAREST + 1 for n in places if n >= NEAREST}
        assert {*ids[:LIKEST]} == chosen
    assert wanted >= 15
    assert told >= 0.98 * wanted


def refs_of(ours: Seen, others: Sequence[Seen]) -> set[str]:
    return {match.seen.ref for match in judge(ours, others, window=EVER).matches}


def test_what_has_other_names_comes_after_what_disagrees_on_nothing():
    """However much more of the frame it shares."""
    frame = "Le grand concert de Camille à {} samedi soir est annulé, billets remboursés"
    texts = [frame.format(town) for town in ("Brest", "Rennes", "Morlaix", "Quimper")]
    texts.append("Concert annulé à Nantes : billets remboursés")
    found = kept([seen(n, text, NOW) for n, text in enumerate(texts)])
    looking = look_from(prepare(frame.format("Nantes")), [])
    ids = [*found.likest(looking, since=0, before=99)]
    assert ids[0] == len(texts)
    assert {*ids} == {*range(1, len(texts) + 1)}


def test_what_tells_nothing_is_found_where_it_is_worth_comparing():
    """Whatever ours weighs: all that the first look lets through, and nothing else."""
    texts = [seen(n, "Bon marché", NOW - n * timedelta(hours=1)) for n in range(40)]
    for text in ("Bon marché", "Marché", "Marché 12"):
        looking = look(Seen(source="queue", ref="0", text=text, at=NOW), texts)
        worth = [looking.worth(prepare(one.text)) for one in texts]
        ids = {*kept(texts).likest(looking, since=0, before=99)}
        assert ids == {n for n, one in enumerate(worth, 1) if one is not None}


def test_what_is_added_while_ids_are_taken_changes_nothing():
    texts = history(300, 4)
    looking = look(seen(0, written(Random(9)), NOW), texts)
    expected = [*kept(texts[:200]).likest(looking, since=0, before=999)]
    growing = kept(texts[:200])
    ids = growing.likest(looking, since=0, before=999)
    first = next(ids)
    for number, one in enumerate(texts[200:], 201):
        growing.add(number, number, sketch(one.text))
    assert [first, *ids] == expected
