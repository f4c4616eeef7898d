"""What a client wants said of news that is repeated on purpose, and what pictures say."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import cmctl
from cmctl.core.guard import Rules, judge
from cmctl.core.guard.languages import languages_of
from cmctl.core.guard.threads import as_read
from cmctl.core.model import Decision, Seen, Verdict

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRENCH = "Soirée dégustation au bar jeudi 19 à 19h30 avec nos vins, 25 €, plus que 8 places"
ENGLISH = "Thursday 19 at 7.30pm: tasting night at the bar with our wines, €25, only 8 places left!"
SLATE = "01" * 200
OTHER = "fe" * 200


def seen(text: str, ref: str = "theirs", **what: object) -> Seen:
    values = {"source": "timeline", "at": NOON - HOUR, **what}
    return Seen(ref=ref, text=text, **values)


def ours(text: str, **what: object) -> Seen:
    return seen(text, "ours", **{"source": "queue", "at": NOON, **what})


def said(a: Seen, *corpus: Seen, **rules: object) -> Verdict:
    return judge(a, corpus, rules=Rules(**rules))


# --- translations ---------------------------------------------------------------------------------


@pytest.mark.parametrize("worst", list(Decision))
def test_a_translation_is_said_to_be_no_worse_than_the_client_wants(worst: Decision) -> None:
    plainly = judge(ours(FRENCH), [seen(ENGLISH)])
    assert plainly.decision is not Decision.ALLOW
    verdict = said(ours(FRENCH), seen(ENGLISH), translations=worst)
    assert verdict.decision is min(worst, plainly.decision, key=["allow", "flag", "block"].index)


def test_a_flagged_translation_says_that_it_is_one() -> None:
    told = said(ours("Fermé lundi"), seen("Fermé lundi"), translations=Decision.ALLOW)
    assert told.decision is Decision.BLOCK
    one = "Our annual report is online for all of you: https://exemple.fr/rapport"
    two = "Notre rapport annuel est en ligne pour vous : https://exemple.fr/rapport"
    verdict = said(ours(one), seen(two))
    assert verdict.decision is Decision.FLAG


def test_a_text_in_two_languages_is_no_translation_of_either() -> None:
    both = f"{FRENCH}\n\n{ENGLISH}"
    verdict = said(ours(FRENCH), seen(both), translations=Decision.ALLOW)
    assert verdict.decision is not Decision.ALLOW


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Nous ouvrons un entrepôt à Rennes le 1er décembre", {"fr"}),
        ("Our new warehouse opens in Rennes on 1 December", {"en"}),
        ("Unser neues Lager in Rennes öffnet am 1. Dezember", {"de"}),
        ("Nuestro nuevo almacén abre hoy con todos vosotros", {"es"}),
        ("Il nostro nuovo magazzino apre oggi e vi aspetta", {"it"}),
        ("Ons nieuwe magazijn is vandaag geopend voor jullie", {"nl"}),
        ("O nosso novo armazém abre hoje às nove", {"pt"}),
        ("Zapraszamy do nas już jutro na otwarcie", {"pl"}),
        ("افتتاح متجرنا الجديد غدا", {"ar"}),
        ("Сегодня мы открываем склад", {"ru"}),
        ("新しい倉庫が開きます", {"ja"}),
        ("Menu : burger frites", set()),
        ("OK", set()),
        ("", set()),
    ],
)
def test_a_language_is_told_by_its_small_words_or_its_script(
    text: str, languages: set[str]
) -> None:
    assert languages_of([text]) == languages


# --- teasers --------------------------------------------------------------------------------------

TEASER = "Un nouvel entrepôt à Rennes !"
FULL = (
    "Notre nouvel entrepôt ouvre à Rennes : 8 000 m² de stockage frigorifique, 45 emplois créés, "
    "des camions électriques et une cantine pour toute l'équipe de la zone industrielle."
)


@pytest.mark.parametrize(
    ("worst", "decision"),
    [(Decision.BLOCK, None), (Decision.FLAG, Decision.FLAG), (Decision.ALLOW, Decision.ALLOW)],
)
def test_the_full_text_of_a_teaser_is_what_the_client_wants(
    worst: Decision, decision: Decision | None
) -> None:
    plainly = judge(ours(FULL), [seen(TEASER)]).decision
    assert plainly is not Decision.ALLOW
    verdict = said(ours(FULL), seen(TEASER), teasers=worst)
    assert verdict.decision is (decision or plainly)


def test_a_teaser_comes_first() -> None:
    later = seen(TEASER, at=NOON + HOUR)
    verdict = said(ours(FULL), later, teasers=Decision.ALLOW)
    assert verdict.decision is not Decision.ALLOW


def test_the_same_text_again_is_no_teaser() -> None:
    assert said(ours(FULL), seen(FULL), teasers=Decision.ALLOW).decision is Decision.BLOCK


# --- what comes again -----------------------------------------------------------------------------

TIP = "L'astuce de la semaine : arrosez vos plantes le soir, elles boivent toute la nuit"


@pytest.mark.parametrize(
    ("cooldown", "days", "decision"),
    [
        (timedelta(days=7), 3, Decision.FLAG),
        (timedelta(days=7), 8, Decision.ALLOW),
        (None, 3, Decision.FLAG),  # the window is its cool-down
        (timedelta(), 1, Decision.ALLOW),
    ],
)
def test_an_evergreen_post_only_flags_within_its_cooldown(
    cooldown: timedelta | None, days: int, decision: Decision
) -> None:
    before = seen(TIP, source="history", at=NOON - days * DAY)
    assert said(ours(TIP, evergreen=True), before, cooldown=cooldown).decision is decision
    assert said(ours(TIP), before, cooldown=cooldown).decision is Decision.BLOCK


def test_an_evergreen_post_blocks_after_what_the_owner_wrote() -> None:
    assert said(ours(TIP, evergreen=True), seen(TIP)).decision is Decision.BLOCK


def test_times_of_one_recurring_post_only_flag_within_its_cooldown() -> None:
    before = seen(TIP, source="history", post="tip", at=NOON - 3 * DAY)
    again = ours(TIP, post="tip")
    assert said(again, before).decision is Decision.ALLOW
    verdict = said(again, before, cooldown=timedelta(days=7))
    assert verdict.decision is Decision.FLAG
    assert "its cool-down of 7 d is not over" in verdict.matches[0].reasons[0]


def test_a_block_comes_before_a_flag_whatever_their_scores() -> None:
    flagged = seen(TIP, "a", source="history", at=NOON - DAY)
    blocked = seen(f"{TIP} !", "b")
    verdict = said(ours(TIP, evergreen=True), flagged, blocked)
    assert verdict.decision is Decision.BLOCK
    assert [match.seen.ref for match in verdict.matches] == ["b", "a"]


# --- pictures -------------------------------------------------------------------------------------


def test_a_picture_alone_is_no_evidence() -> None:
    lunch = ours("Blanquette de veau et tarte aux pommes", pictures=(SLATE,))
    staff = seen("Bienvenue à Louise, notre nouvelle apprentie pâtissière", pictures=(SLATE,))
    assert said(lunch, staff).decision is Decision.ALLOW


def test_the_same_picture_makes_a_doubtful_pair_a_flag() -> None:
    a, b = "On y est, quelle équipe !", "Quelle journée… merci à toutes et à tous"
    assert judge(ours(a), [seen(b)]).decision is Decision.ALLOW
    verdict = said(ours(a, pictures=(SLATE,)), seen(b, pictures=(OTHER, SLATE)))
    assert verdict.decision is Decision.FLAG
    assert verdict.matches[0].reasons[0] == "the same picture"
    other = said(ours(a, pictures=(SLATE,)), seen(b, pictures=(OTHER,)))
    assert other.decision is Decision.ALLOW


def test_pictures_without_words_are_compared() -> None:
    verdict = said(ours("🎉", pictures=(SLATE,)), seen("", pictures=(SLATE,)))
    assert verdict.decision is Decision.FLAG


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Menu à 14 €", "Menu à 16 €"),
        ("Fermé lundi", "Ouvert lundi"),
        ("Concert le 12 mars", "Concert le 13 mars"),
    ],
)
def test_a_fact_that_differs_wins_over_the_same_picture(a: str, b: str) -> None:
    verdict = said(ours(a, pictures=(SLATE,)), seen(b, pictures=(SLATE,)))
    assert verdict.decision is judge(ours(a), [seen(b)]).decision


def test_short_words_over_another_picture_are_only_flagged() -> None:
    text = "Le menu du jour !"
    monday, tuesday = ours(text, pictures=(SLATE,)), seen(text, pictures=(OTHER,))
    verdict = said(monday, tuesday)
    assert verdict.decision is Decision.FLAG
    assert said(monday, seen(text, pictures=(SLATE,))).decision is Decision.BLOCK
    assert said(monday, seen(text)).decision is Decision.BLOCK
    assert said(ours(TIP, pictures=(SLATE,)), seen(TIP, pictures=(OTHER,))).decision is (
        Decision.BLOCK
    )


def test_what_is_no_fingerprint_is_of_no_picture() -> None:
    verdict = said(ours("🎉", pictures=("", "zz")), seen("", pictures=("zz", "")))
    assert verdict.decision is Decision.ALLOW


# --- threads and answers --------------------------------------------------------------------------


def test_a_thread_is_one_text_and_an_answer_none() -> None:
    corpus = [
        seen("Trois.", "c", reply_to="b", at=NOON + 2 * HOUR, pictures=("q",)),
        seen("Un.", "a", pictures=("p",)),
        seen("Deux.", "b", reply_to="a", at=NOON),
        seen("Merci à vous !", "d", reply_to="somebody"),
        seen("Une réponse à la réponse", "e", reply_to="d"),
        seen("En file", "7", source="queue"),
    ]
    read = as_read(corpus)
    assert [(one.ref, one.text) for one in read] == [
        ("a", "Un.\n\nDeux.\n\nTrois."),
        ("7", "En file"),
    ]
    assert read[0].pictures == ("p", "q")


def test_answers_in_a_circle_are_no_thread() -> None:
    assert as_read([seen("Un", "a", reply_to="b"), seen("Deux", "b", reply_to="a")]) == []


def test_news_in_a_thread_is_found_and_an_answer_is_not_compared() -> None:
    news = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre, avec 45 emplois à la clé"
    opening = seen("Une grande nouvelle, à suivre dans ce fil", "a")
    thread = [opening, seen(news, "b", reply_to="a")]
    verdict = judge(ours(news), thread)
    assert [match.seen.ref for match in verdict.matches] == ["a"]
    assert judge(ours(news), [seen(news, "b", reply_to="x")]).decision is Decision.ALLOW
    assert judge(ours(news, reply_to="x"), [seen(news, "b")]).decision is Decision.ALLOW


# --- what a client writes in every post -----------------------------------------------------------

SIGNATURE = (
    "\n\n📍 Le Fournil d'Armor, 12 rue du Port, Paimpol\n📞 02 96 20 00 00\n#boulangerie #paimpol"
)
WEEKLY = (
    "🥖 Les pains spéciaux de la semaine sont arrivés chez votre boulanger : {} ! Bonne semaine."
)


@pytest.mark.parametrize("posts", [6, 30, 120])
def test_what_a_client_writes_in_every_post_weighs_little(posts: int) -> None:
    breads = ["seigle", "épeautre", "maïs", "noix", "olives", "figues", "sarrasin", "lin", "avoine",
              "châtaigne"]  # fmt: skip
    news = [
        WEEKLY.format(f"pain aux {breads[n % 10]} et brioche numéro {n}") if n % 3 == 0
        else f"Atelier {breads[n % 10]} avec l'artisan {n} : on pétrit, on façonne, on goûte"
        for n in range(posts)
    ]  # fmt: skip
    history = [
        seen(text + SIGNATURE, str(n), source="history", at=NOON - n * HOUR)
        for n, text in enumerate(news)
    ]
    for text in ("Nous cherchons un vendeur pour l'été", WEEKLY.format("pain de mie au curcuma")):
        assert judge(ours(text + SIGNATURE), history).decision is Decision.ALLOW, text
    again = judge(ours(f"{news[1].upper()} !!{SIGNATURE}"), history)
    assert [m.seen.ref for m in again.matches if m.decision is Decision.BLOCK] == ["1"]


# --- files of the guard's own ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("model.json", "missing"),
        ("model.json", "cut"),
        ("model.json", "another"),
        ("concepts.txt", "cut"),
        ("states.txt", "missing"),
    ],
)
def test_a_broken_file_of_the_guards_is_said_and_judging_goes_on(
    name: str, harm: str, tmp_path: Path
) -> None:
    copy = tmp_path / "cmctl"
    shutil.copytree(Path(cmctl.__file__).parent, copy, ignore=shutil.ignore_patterns("*.pyc"))
    file = copy / "core/guard/data" / name
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:200] + b"\xff")
    else:
        file.write_text('{"words": {}}' if name == "model.json" else "a | b | c\n")
    program = (
        "from datetime import datetime, UTC; from cmctl.core.model import Seen;"
        "from cmctl.core.guard import judge; now = datetime.now(UTC);"
        "one = Seen(source='queue', ref='1', text='Fermé lundi 3 mai', at=now);"
        "two = Seen(source='timeline', ref='2', text='FERME LUNDI 3 MAI !', at=now);"
        "said = judge(one, [two]); print(said.decision, '|', *said.notes)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    decision, _, note = ended.stdout.partition(" | ")
    assert decision == "block"
    assert note.startswith(f"judged by likeness alone: the guard's own file {name} cannot be used")
