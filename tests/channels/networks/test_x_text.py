"""X's counting, links and hashtags, against the vendor's conformance suite."""

import pytest

from cmctl.channels.networks.x import XChannel
from cmctl.channels.vendors.x.text import length, without_links
from cmctl.core.model import Content
from docs.conformance import PAGE, Section, sections, suite, table, table_in

TODAY = ("WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest")


@pytest.mark.parametrize("section", [*sections()], ids=lambda one: f"{one.file}-{one.name}")
def test_all_is_as_the_vendor_says(section: Section) -> None:
    assert section.cases
    assert section.failing() == []


@pytest.mark.parametrize("name", TODAY)
def test_ours_is_the_count_of_today(name: str) -> None:
    for case in suite("validate.yml")[name]:
        assert length(case["text"]) == case["expected"]["weightedLength"], case


def test_the_page_has_the_figures_of_the_suite() -> None:
    renew = "python tests/docs/conformance.py writes the table anew"
    assert table_in(PAGE.read_text(encoding="utf-8")) == table(), renew


def test_a_text_without_its_links_keeps_all_else() -> None:
    text = "Voir atlas.com, et\n https://atlas.com/a?b#c (fin.)"
    assert without_links(text) == "Voir , et\n  (fin.)"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Rendez-vous à #Saint-Malo !", "`#Saint` of `#Saint-Malo`"),
        ("C'est #l’été", "`#l` of `#l’été`"),
        ("À #SaintMalo, #Rennes-", ""),
        ("https://atlas.com/#Saint-Malo", ""),
    ],
)
def test_a_hashtag_that_ends_before_its_word_is_told(text: str, told: str) -> None:
    found = [problem.message for problem in XChannel(token="t").problems(Content(text=text))]
    assert [told in message for message in found] == ([True] if told else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://atlas.example/" + "a" * 200, 222),  # no such domain: not a link
        ("https://atlas.com/" + "a" * 200, 23),
        ("atlas.com", 23),
        ("é" * 280, 280),
        ("仓" * 140, 280),
        ("👩‍👩‍👧‍👦", 2),
        ("a." * 20_000, 40_000),  # far too long for a link, and counted at once
        ("é" * 20_000 + ".com", 20_004),
        ("", 0),
    ],
)
def test_a_length_is_what_x_counts(text: str, expected: int) -> None:
    assert length(text) == expected
