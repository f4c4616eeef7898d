import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.model import Content, PublicEvent
from cmctl.core.text import (
    compose,
    contains_link,
    cut_shown,
    excerpt,
    fitting,
    follower_text,
    graphemes,
    utf16_units,
    wording,
)


def test_link_and_hashtags_follow_the_text_after_blank_lines() -> None:
    content = Content(
        text="Ouverture à Rennes !\n",
        link="https://atlas.example/rennes",
        hashtags=("logistique", "rennes"),
    )

    assert compose(content) == (
        "Ouverture à Rennes !\n\nhttps://atlas.example/rennes\n\n#logistique #rennes"
    )


def test_a_link_that_the_text_contains_is_not_said_twice() -> None:
    content = Content(
        text="Tout est ici (https://atlas.example/r).", link="https://atlas.example/r"
    )

    assert compose(content) == "Tout est ici (https://atlas.example/r)."


def test_a_link_that_only_begins_like_one_in_the_text_still_goes_out() -> None:
    content = Content(text="Voir https://atlas.example/rennes", link="https://atlas.example/r")

    assert compose(content).endswith("\n\nhttps://atlas.example/r")


def test_a_link_with_a_closing_bracket_is_recognised() -> None:
    assert contains_link("https://fr.example/A_(B) oui", "https://fr.example/A_(B)")


def test_a_network_with_a_place_for_the_link_gets_a_text_without_it() -> None:
    content = Content(text="Menu", link="https://m.example", hashtags=("menu",))

    assert compose(content, link=False) == "Menu\n\n#menu"


def test_what_is_empty_leaves_no_blank_lines() -> None:
    assert compose(Content(text="")) == ""
    assert compose(Content(text="", hashtags=("a",))) == "#a"
    assert compose(Content(text="", link="https://m.example")) == "https://m.example"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("à l'été", 7),
        ("e\u0301te\u0301", 3),
        ("👨‍👩‍👧‍👦", 1),
        ("👍🏽", 1),
        ("🇫🇷🇪🇺", 2),
        ("a\r\nb", 3),
    ],
)
def test_a_grapheme_is_what_a_reader_sees_as_one_character(text: str, count: int) -> None:
    assert graphemes(text) == count


def test_a_hashtag_that_the_text_has_is_not_said_twice() -> None:
    content = Content(text="On recrute à #Rennes, #emploi !", hashtags=("rennes", "emp", "cdi"))

    assert compose(content) == "On recrute à #Rennes, #emploi !\n\n#emp #cdi"


def test_a_follower_reads_the_thread_and_the_first_comment_after_the_rest() -> None:
    content = Content(
        text="Un.", hashtags=("a",), thread=("Deux.\n", "", "Trois."), first_comment=" Quatre. "
    )

    assert follower_text(content) == "Un.\n\n#a\n\nDeux.\n\nTrois.\n\nQuatre."


def test_the_title_of_an_event_is_read_first() -> None:
    event = PublicEvent(title="Portes ouvertes", starts="2026-12-01", ends="2026-12-01")
    assert follower_text(Content(text="Venez", event=event)) == "Portes ouvertes\n\nVenez"


def test_an_excerpt_is_one_line_of_at_most_its_width() -> None:
    assert excerpt(" Menu\n\ndu  jour\t: ") == "Menu du jour :"
    assert excerpt("abcdef", width=6) == "abcdef"
    assert excerpt("abcdefg", width=6) == "abcde…"
    assert excerpt("abcd efg", width=6) == "abcd…"
    assert excerpt("abc👩‍👩‍👧", width=6) == "abc👩…"


@pytest.mark.parametrize(
    "other",
    [
        "OUVERTURE à rennes",
        "Ouverture, à Rennes ! 🎉",
        "Ouverture à Rennes https://atlas.example/r?utm_source=x #logistique",
        "𝐎𝐮𝐯𝐞𝐫𝐭𝐮𝐫𝐞 à Rennes",
    ],
)
def test_the_same_words_have_the_same_number(other: str) -> None:
    assert wording(other) == wording("Ouverture à Rennes")


@pytest.mark.parametrize("other", ["Ouverture à Lyon", "Rennes à Ouverture", "", "🎉"])
def test_other_words_have_another_number(other: str) -> None:
    assert wording(other) != wording("Ouverture à Rennes")


@pytest.mark.parametrize("text", ["", "🎉", "https://atlas.example #tag", "\ud800"])
def test_a_text_without_words_has_the_number_0(text: str) -> None:
    assert wording(text) == 0


@given(st.text(st.sampled_from("ab é👍🏽\u200d\u0301\r\n"), max_size=40), st.integers(0, 30))
def test_what_fits_is_the_most_whole_graphemes_that_fit(text: str, limit: int) -> None:
    fit = fitting(text, limit, utf16_units)

    shown = regex.findall(r"\X", text)
    ends = [len("".join(shown[:number])) for number in range(len(shown) + 1)]
    assert fit == max(end for end in ends if utf16_units(text[:end]) <= limit)


def test_a_link_fits_whole_or_not_at_all() -> None:
    text = "Tout est ici https://atlas.example/rennes-entrepot et là"

    assert text[: fitting(text, 20, len)] == "Tout est ici"
    assert text[: fitting(text, 52, len)] == "Tout est ici https://atlas.example/rennes-entrepot e"


def test_a_cut_is_shown_on_one_line_with_what_stands_around_it() -> None:
    text = "Des chariots électriques et\nun concert à 18 h pour tous\x1b[31m"

    assert (
        cut_shown(text, text.index("concert"))
        == "…riots électriques et un |concert à 18 h pour tous…"
    )
    assert cut_shown(text, 3) == "Des| chariots électriques et…"
    assert "\x1b" not in cut_shown(text, len(text))
