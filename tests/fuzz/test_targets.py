"""Anything at all is refused in words: a short run with Hypothesis, and what longer runs found.

`make fuzz` goes on for as long as one likes, led by what code the inputs reach.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .draw import TEXTS, Draw, words
from .targets import TARGETS

FILES = st.text("ab:-[]{}#&*!|>'\"%@`?,\\ \n\t~0é🚚", max_size=80).map(str.encode)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.binary(max_size=300) | FILES)
def test_no_input_makes_it_fail(name: str, data: bytes) -> None:
    TARGETS[name](data)


def test_what_once_made_it_fail_does_so_no_more() -> None:
    for path in sorted(Path(__file__).with_name("crashes").glob("*/*")):
        TARGETS[path.parent.name](path.read_bytes())


def test_the_same_bytes_are_always_the_same_value() -> None:
    data = bytes(range(256))
    assert Draw(data).value() == Draw(data).value()
    assert Draw(b"").value() in (*TEXTS, *words())
