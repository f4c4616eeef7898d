"""The reader: YAML 1.1's traps closed, hostile files refused at their place, nothing raised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.config.files import RawFile
from cmctl.config.reader import MAX_DEPTH, compose, decode, plain_value, raw_value
from cmctl.config.scan import FileStamp
from cmctl.core.model import Problem


def read(text: str) -> object:
    root = compose(text, "posts/a.yaml")
    assert root is not None
    assert not isinstance(root, Problem), root
    return raw_value(root)


def refused(content: str | bytes) -> Problem:
    data = content if isinstance(content, bytes) else content.encode()
    text = decode(RawFile(data, FileStamp(len(data), 0, 0)), "a.yaml")
    root = text if isinstance(text, Problem) else compose(text, "a.yaml")
    assert isinstance(root, Problem), root
    return root


@pytest.mark.parametrize(
    "written",
    [
        "10:15",  # 615 in YAML 1.1
        "1:30:00",
        "no",
        "on",
        "Yes",
        "NO",  # Norway
        "0123",  # 83 in octal
        "0x1F",
        "1_000",
        "1e3",
        "1.10",
        ".inf",
        "2026-11-24",  # a date
        "2026-11-24 10:15:00",
        "=",
        "007",
    ],
)
def test_an_unquoted_text_stays_the_text_that_was_written(written: str) -> None:
    assert read(f"key: {written}") == {"key": written}
    assert read(f"[{written}]") == [written]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("500", 500),
        ("-1", -1),
        ("0", 0),
        ("true", True),
        ("false", False),
        ("0123", "0123"),
        ("1.10", "1.10"),
        ("no", "no"),
        ("on", "on"),
        ("10:15", "10:15"),
        ('"500"', "500"),
        ("'true'", "true"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ],
)
def test_an_option_has_a_type_only_where_nobody_could_mean_a_text(
    written: str, value: object
) -> None:
    node = compose(f"[{written}]", "a.yaml")
    assert node is not None
    assert not isinstance(node, Problem)
    (found,) = plain_value(node)  # type: ignore[misc]
    assert (type(found), found) == (type(value), value)


def test_a_text_keeps_everything_but_the_newline_that_ends_its_block() -> None:
    assert read("a: |\n  x\n\n   y  \n") == {"a": "x\n\n y  "}
    assert read("a: |-\n  x\n") == {"a": "x"}
    assert read("a: |+\n  x\n\n") == {"a": "x\n"}
    assert read('a: "x\\n"') == {"a": "x\n"}
    assert read("a: 🚚 c’est déjà l’été\u00a0!") == {"a": "🚚 c’est déjà l’été\u00a0!"}


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    text = decode(RawFile("\ufeffid: x".encode(), FileStamp(0, 0, 0)), "a.yaml")
    assert isinstance(text, str)
    assert read(text) == {"id": "x"}


def test_utf_16_is_named_as_such() -> None:
    problem = refused("id: x".encode("utf-16"))
    assert problem.message == "a.yaml is UTF-16"
    assert problem.fix == "save it as UTF-8"


def test_latin_1_is_refused_at_its_first_wrong_byte() -> None:
    problem = refused("a: b\ntext: été".encode("latin-1"))
    assert (problem.message, str(problem.place)) == ("the byte 0xe9 is not UTF-8", "a.yaml:2:7")


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x7f", "\x80", "\ufffe"])
def test_a_control_character_is_refused_at_its_place(sign: str) -> None:
    problem = refused(f"a: b\nc: d{sign}e")
    assert problem.code == "control-character"
    assert str(problem.place) == "a.yaml:2:5"
    assert f"U+{ord(sign):04X}" in problem.message


@pytest.mark.parametrize("nest", ["[", "- ", "{a: ", "? "])
def test_deep_nesting_is_refused_before_it_costs_anything(nest: str) -> None:
    assert refused(nest * 5_000).code == "too-deep"


def test_as_deep_as_the_limit_is_fine() -> None:
    assert read("[" * (MAX_DEPTH - 1) + "x" + "]" * (MAX_DEPTH - 1))


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{two}: &{two} [{','.join([f'*{one}'] * 9)}]"
        for one, two in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert refused("\n".join(lines)).code == "alias-bomb"


def test_an_alias_inside_of_what_it_repeats_is_refused() -> None:
    assert refused("a: &a [x, *a]").code == "alias-bomb"


def test_a_few_aliases_are_fine() -> None:
    assert read("a: &a [x]\nb: *a") == {"a": ["x"], "b": ["x"]}


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!binary", "!x", "!!int"])
def test_a_tag_is_refused(tag: str) -> None:
    assert refused(f"a: b\nc: {tag} d").code == "tag"


def test_exclamation_marks_and_ampersands_in_a_text_are_no_tags() -> None:
    assert read("a: Bravo !! et !merci &co") == {"a": "Bravo !! et !merci &co"}


def test_a_second_document_is_refused() -> None:
    problem = refused("a: b\n---\nc: d")
    assert problem.code == "syntax"
    assert "a file of its own" in problem.fix


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("text: Bonjour: c'est nous", "a.yaml:1:14", "put the text in quotes"),
        ("text: @atlas merci", "a.yaml:1:7", "put the text in quotes"),
        ("text: 'ouvert", "a.yaml:1:14", "close the quote"),
        ("a: b\n\tc: d", "a.yaml:2:1", "indent with spaces: '  c: d'"),
        ("- a: b\n \tc: d", "a.yaml:2:2", "indent with spaces: '   c: d'"),
        ("channels: [a, b", "a.yaml:2:1", "close the bracket"),
        ("tags: [#a, b]", "a.yaml:2:1", "quote what begins with #"),
        ("text: *gras*", "a.yaml:1:12", "in quotes"),
    ],
)
def test_a_syntax_error_says_where_and_what_to_write(text: str, place: str, fix: str) -> None:
    problem = refused(text)
    assert problem.code == "syntax"
    assert str(problem.place) == place
    assert fix in problem.fix


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    text = decode(RawFile(data, FileStamp(len(data), 0, 0)), "a.yaml")
    if isinstance(text, str):
        compose(text, "a.yaml")


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`?,\\ \n\t\r~0é🚚\x85\u2028", max_size=60))
def test_no_text_makes_it_raise(text: str) -> None:
    root = compose(text, "a.yaml")
    if root is not None and not isinstance(root, Problem):
        raw_value(root)
