import pytest

from cmctl.core.guard.normalise import canonical_link, fold, plain
from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.words import Language, concept, stem


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("𝗛𝗲𝘂𝗿𝗲 𝗱𝘂 𝗰𝗼𝗻𝘁𝗲", "heure du conte"),
        ("ＰＯＲＴＥＳ ouvertes", "portes ouvertes"),
        ("ᴍᴇɴᴜ", "menu"),
        ("L’œuf à la coque", "l'oeuf a la coque"),
        ("e\u0301te\u0301", "ete"),
        ("un\u200b mot", "un mot"),
        ("#PortesOuvertes demain", "portes ouvertes demain"),
        ("@les_pois_chics", "les pois chics"),
        ("intéressé·e", "interesse"),
    ],
)
def test_texts_are_compared_without_their_dress(text: str, folded: str) -> None:
    assert fold(plain(text).text).lower().strip() == folded


def test_pictures_part_sentences_as_full_stops_do() -> None:
    assert [s.folded for s in prepare("Fermé lundi 🎉 Ouvert mardi").sentences] == [
        "ferme lundi",
        "ouvert mardi",
    ]


@pytest.mark.parametrize(
    "link",
    [
        "https://exemple.fr/printemps?utm_source=x&utm_medium=social",
        "http://www.exemple.fr/printemps/?fbclid=IwAR3x",
        "exemple.fr/printemps",
        "https://EXEMPLE.fr/printemps#haut",
    ],
)
def test_one_page_has_one_link(link: str) -> None:
    assert canonical_link(link) == "exemple.fr/printemps"


def test_what_names_the_page_stays_in_its_link() -> None:
    assert canonical_link("https://a.fr/p?id=4&b=1") == "a.fr/p?b=1&id=4"


def test_links_mail_addresses_and_telephones_are_taken_out() -> None:
    form = plain("Tél. 06 39 98 55 21 ou +33 6 39 98 55 21, club@boite.fr, https://a.fr/b.")
    assert form.contacts == {"0639985521", "club@boite.fr"}
    assert form.links == {"a.fr/b"}


def test_forms_of_a_word_share_a_stem() -> None:
    assert len({stem(w) for w in ("fermeture", "fermer")} - {"fermetur"}) == 1


def test_words_of_one_meaning_share_a_concept_across_languages() -> None:
    assert concept("fermeture", Language.FRENCH) == concept("closed", Language.ENGLISH)
    assert concept("fromages", Language.FRENCH) == concept("cheese", Language.ENGLISH)


def test_a_word_means_what_it_means_in_the_language_of_its_text() -> None:
    french, english = (
        prepare("Le chat est dans la maison"),
        prepare("Come for a chat with the team"),
    )
    assert "~cat" in french.concepts
    assert "~cat" not in english.concepts


def test_names_are_capitalised_words_inside_sentences() -> None:
    text = prepare("Hier, Sophie Martin a rejoint l'équipe de Rennes. Bravo !")
    assert {text.written[n] for n in text.names} == {"Sophie", "Martin", "Rennes"}


def test_hashtags_that_close_a_post_are_no_news() -> None:
    assert prepare("Portes ouvertes samedi #Rennes #bretagne").text == "portes ouvertes samedi"
    assert prepare("Visitez #Rennes samedi").text == "visitez rennes samedi"
    assert prepare("#Rennes #bretagne").text == "rennes bretagne"
