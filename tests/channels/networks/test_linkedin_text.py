"""LinkedIn's "little" format: what is written is what followers read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.channels.vendors.linkedin.author import length
from cmctl.channels.vendors.linkedin.text import escaped, plain, shown
from cmctl.testing.standins.linkedin import read


@pytest.mark.parametrize(
    ("text", "commentary"),
    [
        ("(Rennes) [a] {b} <c>", r"\(Rennes\) \[a\] \{b\} \<c\>"),
        (r"a|b @c *d* _e_ ~f~ \g", r"a\|b \@c \*d\* \_e\_ \~f\~ \\g"),
        ("un #mot.", r"un {hashtag|\#|mot}."),
        ("#été_2026 !", r"{hashtag|\#|été\_2026} !"),
        ("n#1, #1 et a#b", r"n\#1, \#1 et a\#b"),
        ("https://atlas.example/a_b/#plan", r"https://atlas.example/a\_b/\#plan"),
        (
            "avec @[Port de Brest](urn:li:organization:2414183)",
            "avec @[Port de Brest](urn:li:organization:2414183)",
        ),
        ("pas @[lui](https://x.example)", r"pas \@\[lui\]\(https://x.example\)"),
    ],
)
def test_reserved_signs_are_escaped_and_hashtags_and_mentions_stay(
    text: str, commentary: str
) -> None:
    assert escaped(text) == commentary


@given(st.text(alphabet=st.sampled_from(r"ab1 é#@[](){}<>|\*_~:/." + "\n🏭")))
def test_any_text_is_read_back_whole(text: str) -> None:
    assert read(escaped(text)) == shown(text) == plain(escaped(text))
    assert shown(text) == text or "@[" in text


def test_of_a_mention_its_name_is_read_and_counted() -> None:
    text = "Merci @[Port de Brest](urn:li:organization:2414183) !"
    assert shown(text) == "Merci Port de Brest !"
    assert length(text) == len("Merci Port de Brest !")


def test_the_stand_in_cuts_a_text_at_what_is_not_escaped() -> None:
    assert read("Ouvert (Rennes)") == "Ouvert "
