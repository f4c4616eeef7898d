import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core.guard import WITHOUT_MEANING, Thresholds, judge, judge_pair
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.sides import sides
from cmctl.core.guard.terms import AXES
from cmctl.core.model import Decision, Seen

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINDOW = timedelta(days=14)
DAY = timedelta(days=1)


def seen(text: str, ref: str = "1", *, at: datetime = NOON, source: str = "timeline") -> Seen:
    return Seen(source=source, ref=ref, text=text, at=at)


class Alike:
    """An encoder to which all texts mean the same, and which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, ours: Sequence[str], theirs: Sequence[str]) -> list[list[float]]:
        self.asked.extend((*ours, *theirs))
        return [[1.0] * len(theirs) for _ in ours]

    def apart(self, ours: str, theirs: str) -> list[float]:
        self.asked.extend((ours, theirs))
        return [0.0] * AXES


OURS = seen("Nous ouvrons un entrepôt à Rennes le 1er décembre", "ours", source="queue")
SAME = "Rennes : notre nouvel entrepôt ouvre le 1er décembre !"


def test_the_same_news_in_other_words_is_found() -> None:
    verdict = judge(OURS, [seen(SAME)], window=WINDOW)
    assert verdict.decision is not Decision.ALLOW
    assert verdict.matches[0].seen.text == SAME


def test_a_text_is_never_compared_with_itself() -> None:
    assert judge(OURS, [OURS], window=WINDOW).decision is Decision.ALLOW


def test_the_same_ref_from_another_source_is_another_text() -> None:
    other = seen(OURS.text, "ours", source="timeline")
    assert judge(OURS, [other], window=WINDOW).decision is Decision.BLOCK


@pytest.mark.parametrize("days", [-15, 15])
def test_only_texts_within_the_window_count_before_and_after(days: int) -> None:
    far = seen(OURS.text, at=NOON + timedelta(days=days))
    assert judge(OURS, [far], window=WINDOW).decision is Decision.ALLOW
    assert judge(OURS, [far], window=timedelta(days=15)).decision is Decision.BLOCK


def test_matches_come_worst_first() -> None:
    verdict = judge(OURS, [seen(SAME, "a"), seen(OURS.text, "b")], window=WINDOW)
    assert [m.seen.ref for m in verdict.matches] == ["b", "a"]
    assert verdict.score == verdict.matches[0].score


def test_another_price_is_other_news_and_a_person_reads_why() -> None:
    ours = seen("Menu du jour : quiche lorraine et salade, 12,50 €", "ours")
    same = judge(ours, [seen("Quiche lorraine et salade au menu du jour, 12,50 €")], window=WINDOW)
    other = judge(ours, [seen("Quiche lorraine et salade au menu du jour, 13 €")], window=WINDOW)
    assert same.decision is Decision.BLOCK
    assert "same price: 12,50 €" in same.matches[0].reasons
    assert other.decision is Decision.ALLOW


def test_tomorrow_is_told_by_the_day_of_the_client_and_not_by_that_of_greenwich() -> None:
    after_midnight = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the 25th in Paris
    theirs = seen("Grand marché demain matin place du Foirail", at=after_midnight)
    ours = seen("Demain matin, grand marché place du Foirail !", "ours", at=NOON + DAY)
    paris = judge(ours, [theirs], window=WINDOW, zone=ZoneInfo("Europe/Paris"))
    assert paris.decision is not Decision.ALLOW
    assert "same date: tomorrow" in paris.matches[0].reasons
    reasons = [m.reasons for m in judge(ours, [theirs], window=WINDOW).matches]
    assert all("same date: tomorrow" not in said for said in reasons)


def test_the_menu_of_another_week_is_another_menu() -> None:
    ours = seen("Le menu de la semaine est affiché, venez goûter le tajine !", "ours")
    theirs = "Menu de la semaine affiché : venez goûter notre tajine"
    week_before = seen(theirs, at=NOON - 7 * DAY)
    same, other = (judge(ours, [s], window=WINDOW) for s in (seen(theirs), week_before))
    assert same.decision is Decision.BLOCK
    assert same.score > other.score
    compared = sides(ours.text, theirs, (NOON.date(), week_before.at.date()))
    date = next(fact for fact in compared.facts if fact.kind == "date")
    assert date.ours == ("this week (said on 24 November)",)
    assert date.theirs == ("this week (said on 17 November)",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Merci",
        "🎉🎉🎉",
        "mot " * 16_000,
        "e" * 63_000,
        "9" * 5_000,
        "https://a.fr/b https://c.fr/d?utm_source=x",
        "http://[::1",
        "مرحبا بكم في متجرنا",
        "שלום לכולם",
        "e\u0301" * 2_000,
        "\ud83d tout seul \udc00",
        "\u202e\u2066a\u0000b\u001b[31m",
        "<b>gras</b> &amp; [red]rouge[/red]",
    ],
)
def test_every_text_gets_a_verdict(text: str) -> None:
    others = [seen("Bonjour à tous", "a"), seen(text, "b")]
    expected = Decision.BLOCK if text.strip() else Decision.ALLOW
    assert judge(seen(text, "ours"), others, window=WINDOW).decision is expected


@pytest.mark.parametrize(
    "text",
    [
        "1" * 12_000,
        "1 " * 6_000,
        "111 " * 3_000,
        "quatre-vingt " * 1_000,
        "#a" * 6_000,
        "a." * 6_000,
        "lundi 1 " * 1_500,
        "ne pas " * 2_000,
        "Ab " * 4_000,
        "l'" * 6_000,
        "1h " * 4_000,
        " ".join(f"mot{n}" for n in range(2_000)),
        "👩‍👩‍👧" * 2_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_are_judged_in_little_time(text: str) -> None:
    began = time.monotonic()
    judge_pair(text, text[1:] + " encore")
    assert time.monotonic() - began < 30  # not for ever, however slow the machine


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec=None), max_size=120), st.text(max_size=120))
def test_no_pair_of_texts_raises(a: str, b: str) -> None:
    verdict = judge(seen(a, "a"), [seen(b, "b"), seen(a, "c")], window=WINDOW)
    assert 0 <= verdict.score <= 1
    assert verdict == judge(seen(a, "a"), [seen(b, "b"), seen(a, "c")], window=WINDOW)
    assert all(isinstance(reason, str) for reason in judge_pair(a, b).reasons)


def test_each_reason_is_read_off_the_two_texts() -> None:
    ours = "Quiche lorraine et salade, 12,50 €, mardi 3 mars"
    theirs = "Quiche lorraine et salade, 13 €, mercredi 4 mars"
    told = judge_pair(ours, theirs).reasons
    assert "different date: Tuesday 3 March (yours) and Wednesday 4 March (theirs)" in told
    assert "different price: 12,50 € (yours) and 13 € (theirs)" in told
    assert not [reason for reason in told if "nothing" in reason]


def test_cancelled_news_is_other_news() -> None:
    told = judge_pair("Le marché de samedi est annulé", "Le marché de samedi aura bien lieu")
    assert told.decision is Decision.ALLOW
    assert "yours says called off, theirs takes place" in told.reasons


def test_a_translation_is_the_same_news() -> None:
    french = "Soirée dégustation jeudi 19 à 19h30, 25 €, 8 places"
    english = "Thursday 19 at 7.30pm: tasting night, €25, only eight places left!"
    assert judge_pair(french, english).decision is not Decision.ALLOW


def test_what_stands_under_every_post_is_no_evidence() -> None:
    address = "\n📍 Librairie La Plume, 8 place aux Herbes, Dinan. Mardi-samedi 10h-19h #lire"
    news = ["Dédicace de Paul Kerbrat samedi", "On recrute un vendeur", "Les BD sont soldées",
            "Fermé pour inventaire lundi", "Le rayon jeunesse déménage"]  # fmt: skip
    corpus = [seen(text + address, str(n)) for n, text in enumerate(news)]
    assert judge(seen("Lecture de contes mercredi" + address, "o"), corpus).matches == ()


def test_a_verdict_says_that_it_was_judged_without_meaning() -> None:
    assert judge(OURS, [], window=WINDOW).notes == (WITHOUT_MEANING,)


def test_an_encoder_is_asked_only_about_texts_that_may_match() -> None:
    encoder = Alike()
    corpus = [seen(SAME, "a"), seen("Arrivage de moules ce matin", "b")]
    verdict = judge(OURS, corpus, encoder=encoder)
    assert [m.seen.ref for m in verdict.matches] == ["a"]
    assert verdict.notes == ()
    assert not [text for text in encoder.asked if "moules" in text]


def test_two_texts_that_somebody_asks_about_are_compared_whatever_they_share() -> None:
    assert judge_pair("chaudière en rade", "Privés de chauffage ce matin").score > 0


def test_a_client_may_have_its_own_thresholds() -> None:
    never = Thresholds(flag=1.1, block=1.1)
    assert judge(OURS, [seen(SAME)], thresholds=never).decision is Decision.ALLOW


def test_every_score_is_the_same_whichever_text_comes_first() -> None:
    for a, b in ((OURS.text, SAME), ("Fermé lundi", "Ouvert lundi"), ("J-7 !", "J-6 !")):
        assert judge_pair(a, b).score == judge_pair(b, a).score


def test_the_same_words_in_another_dress_are_the_same_news() -> None:
    told = judge_pair("Concert ce soir à 20h !", "CONCERT CE SOIR A 20 H 🎶🎶")
    assert told.decision is Decision.BLOCK


def test_a_text_that_takes_a_figure_back_is_not_the_same_news() -> None:
    announced = "Plateau de fruits de mer pour deux : 58 €. Commandes au 02 61 91 40 07."
    corrected = "Erratum ! Le plateau de fruits de mer pour deux est à 68 €, et non 58 €."
    assert judge_pair(announced, corrected).decision is Decision.ALLOW


def test_another_version_is_other_news() -> None:
    told = judge_pair("cmctl 2.0.1 is out, bug fixes only", "cmctl 2.0.2 is out, bug fixes only")
    assert "different version: 2.0.1 (yours) and 2.0.2 (theirs)" in told.reasons


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Don du sang 15h-19h30 lundi", "don du sang lundi de 15h à 19h 30"),
        ("Soldes : -30 % sur tout jusqu'au 15", "soldes 30% de remise sur tout jusqu'au 15"),
        ("Treizième édition du festival à dix-huit heures", "13e édition du festival à 18h"),
    ],
)
def test_who_says_all_that_the_other_says_with_its_figures_is_asked_about(
    ours: str, theirs: str
) -> None:
    assert judge_pair(ours, theirs).decision is not Decision.ALLOW


def test_another_letter_is_other_news() -> None:
    ours, theirs = "Entraînement du groupe B mardi à 18h", "Entraînement du groupe A mardi à 18h"
    told = judge_pair(ours, theirs)
    assert "different code: b (yours) and a (theirs)" in told.reasons
    assert told.score < judge_pair(ours, "mardi 18h entraînement groupe B").score


def test_short_texts_that_differ_in_a_letter_alone_are_other_news() -> None:
    assert judge_pair("Text a", "Text b.").decision is Decision.ALLOW
    assert judge_pair("On passe au plan b !", "On passe au plan c !").decision is Decision.ALLOW


@pytest.mark.parametrize("text", ["Le groupe a gagné", "And I said yes", "Il y en a", "LA SALLE B"])
def test_a_letter_is_told_from_a_word(text: str) -> None:
    assert not prepare(text).facts.codes


def test_a_figure_that_agrees_is_told_once() -> None:
    told = judge_pair("Entrée 5 € dimanche 3 mai", "Dimanche 3 mai, entrée 5e").reasons
    assert [reason for reason in told if "5" in reason] == ["same price: 5 €"]


def test_two_posts_on_one_page_that_disagree_on_nothing_are_flagged() -> None:
    french = "Notre rapport annuel est en ligne : https://exemple.fr/rapport-2025"
    english = "Our annual report is online: https://exemple.fr/rapport-2025?utm_source=x"
    assert judge_pair(french, english).decision is not Decision.ALLOW


@settings(max_examples=40, deadline=None)
@given(st.dates(), st.integers(0, 400), st.sampled_from([SAME, "Fermé lundi", "Rennes, demain !"]))
def test_scores_are_the_same_whichever_text_comes_first_on_whatever_days(
    day: date, apart: int, text: str
) -> None:
    other = day + timedelta(days=apart) if day.year < 9000 else day
    one_way = judge_pair(OURS.text, text, posted=(day, other))
    other_way = judge_pair(text, OURS.text, posted=(other, day))
    assert one_way.score == other_way.score
