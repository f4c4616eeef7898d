"""Text from outside never speaks to the terminal."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.plain import escape_json, is_plain, plain_line, plain_lines

BIDI = {"\u061c", "\u200e", "\u200f"}
BIDI_CLASSES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
ANY = st.text(st.characters(), max_size=40)
HOSTILE = st.text(
    st.sampled_from("a é\n\r\t\x1b\x07\x9b\x9d\x7f\u202e\u2066\u200f\u2028\ufeff\ud800🚚\u200d")
)


def obeyed(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
        or unicodedata.bidirectional(character) in BIDI_CLASSES
        or character in BIDI
    )


@given(ANY | HOSTILE)
def test_no_character_that_a_terminal_obeys_survives(text: str) -> None:
    assert not any(map(obeyed, plain_line(text)))
    assert not any(map(obeyed, plain_lines(text).replace("\n", "")))


@given(ANY | HOSTILE)
def test_making_plain_twice_changes_nothing_more(text: str) -> None:
    assert plain_line(plain_line(text)) == plain_line(text)
    assert plain_lines(plain_lines(text)) == plain_lines(text)


@given(ANY | HOSTILE)
def test_the_quick_answer_is_never_wrong_about_safety(text: str) -> None:
    if is_plain(text):
        assert not any(map(obeyed, text))
        assert plain_line(text) == text


@given(st.lists(st.dictionaries(st.sampled_from(["text", "url"]), ANY | HOSTILE)))
def test_json_keeps_its_values_and_obeys_nothing(rows: list[dict[str, str]]) -> None:
    safe = escape_json(json.dumps(rows, ensure_ascii=False, indent=1))
    assert json.loads(safe) == json.loads(json.dumps(rows))
    assert not any(map(obeyed, safe.replace("\n", "")))


def test_what_people_write_stays_as_it_is() -> None:
    text = "🚚 L’entrepôt ouvre à\u00a0Rennes\u202f! 👩\u200d🍳 ❤\ufe0f 🏴󠁧󠁢󠁥󠁮󠁧󠁿 نص עברית"
    assert plain_line(text) == text


def test_an_escape_sequence_is_shown_and_not_obeyed() -> None:
    assert plain_line("\x1b]52;c;ZXZpbA==\x07") == "␛]52;c;ZXZpbA==␇"
    assert plain_line("a\u202eb\x9b31m") == "a<U+202E>b<U+009B>31m"
    assert plain_lines("one\r\ntwo\rthree") == "one\ntwo␍three"
