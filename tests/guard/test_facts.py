from datetime import date

import pytest

from cmctl.core.guard.dates import MONTH, WEEK, WEEKEND, Day, take_days
from cmctl.core.guard.facts import facts_of
from cmctl.core.guard.numbers import spelled_to_digits
from cmctl.core.guard.resolved import may_be_same
from cmctl.core.guard.states import states_of


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("deux cent cinquante", "250"),
        ("quatre-vingt-dix-sept", "97"),
        ("vingt et un", "21"),
        ("deux mille cinq cents", "2500"),
        ("dix-huit", "18"),
        ("twenty-one", "21"),
        ("two thousand", "2000"),
        ("cinq six", "5 6"),
        ("onzieme", "11e"),
        ("une douzaine", "une 12"),
        ("tout neuf", "tout nouveau"),
    ],
)
def test_number_words_are_read_as_digits(words: str, digits: str) -> None:
    assert spelled_to_digits(words) == digits


def test_an_oven_is_no_number_in_french() -> None:
    assert spelled_to_digits("sorti du four", english=False) == "sorti du four"
    assert spelled_to_digits("four tables", english=True) == "4 tables"


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("12,50 € le menu", "prices", {12.5}),
        ("12€50", "prices", {12.5}),
        ("€85 all in", "prices", {85}),
        ("50 000 € de dons", "prices", {50_000}),
        ("€5m round", "prices", {5_000_000}),
        ("5 millions d'euros", "prices", {5_000_000}),
        ("-20 % sur tout", "percents", {20}),
        ("20 pour cent", "percents", {20}),
        ("de 9h a 12h30", "times", {540, 750}),
        ("9-17h", "times", {540, 1020}),
        ("at 8.30am", "times", {510}),
        ("at 6:30 pm", "times", {1110}),
        ("from noon", "times", {720}),
        ("9h et demie", "times", {570}),
        ("1e50 le cafe", "prices", {1.5}),
        ("une trentaine de places", "numbers", {30}),
        ("9am-5pm", "times", {540, 1020}),
        ("cdi 39 h", "times", set()),
        ("la 13e edition", "ranks", {13}),
        ("treizieme edition", "ranks", {13}),
        ("j-7 !", "countdowns", {7}),
        ("54,000 km", "numbers", {54_000}),
        ("1m abonnes", "numbers", {1_000_000}),
        ("victoire 78 - 72", "results", {(72, 78)}),
        ("cmctl 2.0.1", "versions", {"2.0.1"}),
        ("commande 3a096533", "codes", {"3a096533"}),
        ("commande 3a096533", "numbers", set()),
        ("atelier 10h30a12h30", "codes", set()),
        ("12x100cl au frais", "codes", set()),
        ("saison 2026a2027", "codes", set()),
    ],
)
def test_figures_are_read_by_what_they_count(text: str, kind: str, values: set[object]) -> None:
    assert getattr(facts_of(text)[0], kind) == values


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("samedi 23 janvier", [Day(5, 23, 0)]),
        ("samedi 23/01", [Day(5, 23, 0)]),
        ("le 24.12 a 16h", [Day(None, 24, 11)]),
        ("le 24.12 € de la facture", []),
        ("a 9 h 30, samedi 21 mars", [Day(5, 21, 2)]),
        ("at 9:30, 21 march", [Day(None, 21, 2)]),
        ("du 20 au 23 avril", [Day(None, 20, 3), Day(None, 23, 3)]),
        ("lundi 20 au jeudi 23 avril", [Day(0, 20, 3), Day(3, 23, 3)]),
        ("saturday 25 april", [Day(5, 25, 3)]),
        ("april 25th", [Day(None, 25, 3)]),
        ("2026-12-01", [Day(None, 1, 11)]),
        ("le 19", [Day(None, 19, None)]),
        ("tous les mardis", [Day(1, None, None, None, True)]),
        ("demain", [Day(offset=1)]),
        ("in march", [Day(None, None, 2)]),
        ("you may come", []),
        ("menu de la semaine", [Day(WEEK, turn=0)]),
        ("la semaine prochaine", [Day(WEEK, turn=1)]),
        ("last week", [Day(WEEK, turn=-1)]),
        ("tous les jours de la semaine", []),
        ("ce week-end", [Day(WEEKEND, turn=0)]),
        ("le week-end dernier", [Day(WEEKEND, turn=-1)]),
        ("ouvert le week-end", []),
        ("next weekend", [Day(WEEKEND, turn=1)]),
        ("l'offre du mois", [Day(MONTH, turn=0)]),
        ("this month", [Day(MONTH, turn=0)]),
        ("au mois de mars", [Day(None, None, 2)]),
        ("samedi prochain", [Day(5, turn=1)]),
        ("last monday", [Day(0, turn=-1)]),
        ("weds", [Day(2)]),
        ("dans 3 jours", [Day(offset=3)]),
        ("dans 15 jours", [Day(offset=14)]),
        ("a week ago", [Day(offset=-7)]),
    ],
)
def test_days_are_read_as_far_as_they_are_told(text: str, days: list[Day]) -> None:
    assert take_days(text)[0] == days


TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (Day(offset=1), Day(None, 25, 10), True),
        (Day(offset=1), Day(None, 26, 10), False),
        (Day(offset=1), Day(weekday=2), True),
        (Day(offset=0), Day(weekday=5), False),
        (Day(5, 28, None), Day(None, 28, 10), True),
        (Day(weekday=5), Day(None, 28, 10), True),
        (Day(month=11), Day(None, 1, 11), True),
    ],
)
def test_days_are_the_same_where_the_calendar_says_so(a: Day, b: Day, same: bool) -> None:
    assert may_be_same(a, b, TUESDAY, TUESDAY) is same
    assert may_be_same(b, a, TUESDAY, TUESDAY) is same


def test_tomorrow_of_another_day_is_another_day() -> None:
    tomorrow = Day(offset=1)
    assert may_be_same(tomorrow, tomorrow, TUESDAY, TUESDAY)
    assert not may_be_same(tomorrow, tomorrow, TUESDAY, date(2026, 11, 25))


def days(text: str) -> Day:
    return take_days(text)[0][0]


@pytest.mark.parametrize(
    ("a", "posted_a", "b", "posted_b", "same"),
    [
        ("cette semaine", date(2026, 11, 23), "menu de la semaine", date(2026, 11, 27), True),
        ("cette semaine", date(2026, 11, 23), "cette semaine", date(2026, 11, 30), False),
        ("this week", date(2026, 11, 23), "next week", date(2026, 11, 18), True),
        ("this week", date(2026, 11, 23), "next week", date(2026, 11, 24), False),
        # On a Sunday the week that begins is meant as often as the one that ends.
        ("cette semaine", date(2026, 11, 22), "cette semaine", date(2026, 11, 23), True),
        ("cette semaine", date(2026, 11, 22), "cette semaine", date(2026, 11, 29), False),
        ("cette semaine", date(2026, 12, 28), "la semaine derniere", date(2027, 1, 5), True),
        ("cette semaine", date(2026, 12, 31), "le 2 janvier", date(2027, 1, 1), True),
        ("ce week-end", date(2026, 11, 26), "samedi 28", date(2026, 11, 24), True),
        ("ce week-end", date(2026, 11, 26), "ce week-end", date(2026, 12, 3), False),
        ("ce week-end", date(2026, 11, 28), "ce week-end", date(2026, 11, 30), True),
        ("this weekend", date(2026, 11, 26), "last weekend", date(2026, 12, 1), True),
        ("ce mois-ci", date(2026, 12, 3), "this month", date(2026, 12, 30), True),
        ("ce mois-ci", date(2026, 12, 30), "ce mois-ci", date(2027, 1, 2), False),
        ("le mois prochain", date(2026, 12, 30), "en janvier", date(2027, 1, 2), True),
        ("next month", date(2026, 12, 30), "december 24", date(2026, 12, 1), False),
        ("lundi", date(2026, 11, 20), "lundi", date(2026, 11, 21), True),
        ("lundi", date(2026, 11, 20), "lundi", date(2026, 11, 27), False),
        ("samedi", date(2026, 11, 28), "samedi", date(2026, 11, 30), True),
        ("friday", date(2026, 12, 30), "january 1", date(2026, 12, 28), True),
        ("samedi prochain", date(2026, 11, 23), "samedi dernier", date(2026, 11, 30), True),
        ("samedi prochain", date(2026, 11, 23), "samedi dernier", date(2026, 11, 24), False),
        ("in 3 days", date(2026, 12, 30), "2 janvier", date(2026, 12, 30), True),
        ("12 mars", date(2026, 3, 1), "12 mars", date(2027, 3, 1), False),
        ("12 mars", date(2026, 9, 10), "12 mars", date(2026, 9, 20), True),
        ("ce week-end", date(2026, 11, 17), "samedi", date(2026, 11, 24), False),
        ("mardi prochain", date(2026, 11, 23), "la semaine prochaine", date(2026, 11, 23), True),
        ("en mars", date(2026, 2, 1), "en mars", date(2027, 2, 1), False),
        ("tous les mardis", date(2026, 3, 1), "tous les mardis", date(2027, 3, 1), True),
    ],
)
def test_a_day_is_told_by_the_day_of_its_post(
    a: str, posted_a: date, b: str, posted_b: date, *, same: bool
) -> None:
    assert may_be_same(days(a), days(b), posted_a, posted_b) is same
    assert may_be_same(days(b), days(a), posted_b, posted_a) is same


def test_without_the_days_of_posting_weeks_are_compared_as_they_are_told() -> None:
    assert may_be_same(days("cette semaine"), days("this week"), None, None)
    assert not may_be_same(days("cette semaine"), days("next week"), None, None)
    assert may_be_same(days("ce week-end"), days("dimanche"), None, None)
    assert not may_be_same(days("ce week-end"), days("lundi"), None, None)
    assert not may_be_same(days("samedi prochain"), days("samedi dernier"), None, None)


@pytest.mark.parametrize("posted", [date.min, date.max])
@pytest.mark.parametrize(
    "said", ["next week", "last month", "ce week-end", "dans 3 jours", "lundi"]
)
def test_the_ends_of_the_calendar_are_no_reason_to_fail(said: str, posted: date) -> None:
    assert may_be_same(days(said), days(said), posted, posted)


def test_without_the_days_of_posting_tomorrow_can_be_any_date() -> None:
    assert may_be_same(Day(offset=1), Day(None, 26, 10), None, None)
    assert not may_be_same(Day(offset=1), Day(offset=0), None, None)


@pytest.mark.parametrize(
    ("text", "axis", "state"),
    [
        ("le magasin est ouvert lundi", "open", 1),
        ("we're closed on monday", "open", -1),
        ("ouvert le matin, ferme le soir", "open", 0),
        ("l'ascenseur est en panne", "running", -1),
        ("plus une seule paire en magasin", "available", -1),
        ("le chat a ete retrouve", "found", 1),
    ],
)
def test_a_text_says_where_its_news_stands(text: str, axis: str, state: int) -> None:
    assert states_of(text)[axis] == state
