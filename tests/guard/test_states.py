"""Where a text says that its news stands."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from cmctl.core.guard.learned import learned
from cmctl.core.guard.states import AXES, states_of


def patterns() -> dict[tuple[str, str], re.Pattern[str]]:
    """Return what is searched for, by axis and sign, as the file has it."""
    found: dict[tuple[str, str], list[str]] = {}
    with learned("states.txt") as text:
        for line in text.splitlines():
            if not line.startswith("#"):
                axis, sign, pattern = line.split(" ", 2)
                found.setdefault((axis, sign), []).append(pattern)
    return {key: re.compile("|".join(each)) for key, each in found.items()}


PATTERNS = patterns()
PARTS = sorted({part for one in PATTERNS.values() for part in re.findall("[a-z'-]+", one.pattern)})
TEXTS = st.lists(st.sampled_from([*PARTS, ".", "?", ",", "12", "rennes"]), max_size=12)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from((" ", "", " un ")))
def test_a_text_says_what_searching_for_every_pattern_finds(words, between):
    """Looking for a few letters first, which is cheaper, leaves nothing out."""
    text = between.join(words)
    expected = {}
    for axis in AXES:
        yes, no = (bool(PATTERNS[axis, sign].search(text)) for sign in "+-")
        if yes or no:
            expected[axis] = yes - no
    assert states_of(text) == expected


def test_every_pattern_of_the_file_is_searched_for():
    assert {axis for axis, _ in PATTERNS} == set(AXES)
    assert states_of("le wifi est en panne. la boulangerie rouvre demain !") == {
        "running": -1,
        "open": 1,
        "after": -1,
    }
