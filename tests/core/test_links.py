"""UTM parameters: where they are added, and where never."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.links import Utm, tag_link, tag_links

QUERY = "utm_source=bluesky&utm_medium=social"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Voir https://atlas.example/rennes.", "Voir https://atlas.example/rennes?{}."),
        ("(https://atlas.example/a)", "(https://atlas.example/a?{})"),
        ("https://fr.example/Rennes_(ville) !", "https://fr.example/Rennes_(ville)?{} !"),
        ("https://atlas.example/?p=1#lieu", "https://atlas.example/?p=1&{}#lieu"),
        ("« https://atlas.example/été »", "« https://atlas.example/été?{} »"),
        (
            "https://a.example/1, https://b.example/2…",
            "https://a.example/1?{0}, https://b.example/2?{0}…",
        ),
    ],
)
def test_the_parameters_are_put_into_each_link_and_nothing_else_changes(
    text: str, expected: str
) -> None:
    assert tag_links(text, QUERY, ()) == expected.format(QUERY)


@pytest.mark.parametrize(
    "text",
    [
        "https://atlas.example/?utm_campaign=hiver",
        "Écrivez à bonjour@atlas.example ou passez !",
        "https://journal.example/article",
        "https://[atlas.example/",
        "http://",
    ],
)
def test_a_link_of_its_author_or_to_another_site_stays(text: str) -> None:
    assert tag_links(text, QUERY, ("atlas.example",)) == text


def test_a_site_is_meant_with_www_and_without() -> None:
    for site in ("atlas.example", "www.atlas.example"):
        for host in ("atlas.example", "www.atlas.example", "ATLAS.example"):
            assert QUERY in tag_link(f"https://{host}/x", QUERY, (site,))
    assert QUERY not in tag_link("https://notatlas.example/", QUERY, ("atlas.example",))


@given(st.text())
def test_what_is_tagged_once_is_not_tagged_again(text: str) -> None:
    once = tag_links(text, QUERY, ())
    assert tag_links(once, QUERY, ()) == once


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_value_arrives_as_it_was_meant_whatever_stands_in_it(post: str, fixed: str) -> None:
    utm = Utm(parameters=(("source", "{post}"), ("term", f"é&{fixed}")))
    query = utm.query({"post": post})
    link = tag_link("https://atlas.example/?a=1#b", query, ())
    found = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
    assert found["utm_source"] == post
    assert urlsplit(link).fragment == "b"


def test_a_value_without_anything_is_left_out() -> None:
    assert Utm(parameters=(("source", ""), ("medium", "social"))).query({}) == "utm_medium=social"
