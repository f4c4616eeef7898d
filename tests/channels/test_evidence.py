"""Whether what stands reads as it was written."""

import pytest

from cmctl.channels.content import Part
from cmctl.channels.evidence import altered
from cmctl.channels.vendors.x.post import essence

SENT = "Portes ouvertes samedi (de 10 h à 17 h) : café offert. https://atlas.example/portes"


def said(sent: str, stands: str) -> str:
    return altered([Part(sent, None)], [stands])


@pytest.mark.parametrize(
    "stands",
    [SENT, f"  {SENT}\n", SENT.replace(" (", "\u00a0(").replace("\n", "\n\n"), SENT.upper()],
    ids=["as it is", "space", "other spaces", "case"],
)
def test_another_rendering_is_no_difference(stands: str) -> None:
    assert said(SENT, stands) == ""


def test_a_text_that_was_cut_says_where_it_ends() -> None:
    assert said(SENT, "Portes ouvertes samedi ") == (
        "the text was cut by the network: it ends with “Portes ouvertes samedi”"
    )


def test_a_text_that_was_changed_or_lost_is_told() -> None:
    assert "reads “Fermé samedi”" in said(SENT, "Fermé samedi")
    assert said(SENT, "") == "the text does not stand at all"
    assert "\x1b" not in said(SENT, "Fermé \x1b[31m")


def test_of_a_thread_the_first_part_that_differs_is_named() -> None:
    parts = [Part("Un", None), Part("Deux et demi", 0), Part("Trois", 1)]
    assert altered(parts, ["Un", "Deux", "Tr"]).startswith("part 2 was cut")
    assert altered(parts, ["Un"]) == ""


def test_the_links_and_signs_of_x_are_no_difference() -> None:
    sent = "Tout est sur atlas.fr & https://atlas.fr/portes, venez <tous>"
    stands = (
        "Tout est sur https://t.co/abcdef1234 &amp; https://t.co/abcdef5678, venez &lt;tous&gt;"
    )
    assert altered([Part(sent, None)], [stands], read=essence) == ""
    assert altered([Part(sent, None)], [stands[:60]], read=essence) != ""
