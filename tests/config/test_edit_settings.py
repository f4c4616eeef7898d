"""A client's guard is changed in place, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.config.edit import EditError
from cmctl.config.edit_settings import set_guard

CONFIG = """\
# Our accounts.
timezone: Europe/Paris
clients:
  atlas:            # Mr G.
    name: Atlas
    channels:
      page: {network: sandbox}   # he writes here
  shop:
    name: Shop
    guard:
      window: 30d   # they like to repeat
      flag: 0.4     # since March

    channels: {page: {network: sandbox}}
# the end
"""


def test_a_guard_is_added_where_there_is_none() -> None:
    assert set_guard(CONFIG, "atlas", {"flag": 0.5, "block": 0.91}) == CONFIG.replace(
        "# he writes here\n", "# he writes here\n    guard: {flag: 0.5, block: 0.91}\n"
    )


def test_known_keys_are_replaced_and_others_added_behind_them() -> None:
    assert set_guard(CONFIG, "shop", {"flag": 0.45, "block": 0.9}) == CONFIG.replace(
        "flag: 0.4     # since March", "flag: 0.45     # since March\n      block: 0.9"
    )


@pytest.mark.parametrize("guard", [" {}", " {window: 30d}", ""])
def test_a_guard_on_one_line_stays_there(guard: str) -> None:
    text = CONFIG.replace("    name: Atlas\n", f"    name: Atlas\n    guard:{guard}\n")
    kept = "window: 30d, " if "window" in guard else ""
    after = text.replace(f"guard:{guard}\n", f"guard: {{{kept}flag: 0.5}}\n", 1)
    assert set_guard(text, "atlas", {"flag": 0.5}) == after


@given(st.integers(0, 10_000), st.sampled_from(["\n", "\r\n"]))
def test_setting_twice_is_setting_once_with_any_line_ends(score: int, newline: str) -> None:
    text = CONFIG.replace("\n", newline)
    once = set_guard(text, "shop", {"block": score / 10_000})
    assert set_guard(once, "shop", {"block": score / 10_000}) == once
    assert once.count(newline) == text.count(newline) + 1


@pytest.mark.parametrize(
    "text",
    [
        "timezone: Europe/Paris\nclients: {}\n",
        "[]\n",
        "",
        CONFIG.replace("name: Atlas", "name: Atlas\n    guard: &g {flag: 0.5}").replace(
            "name: Shop\n    guard:\n", "name: Shop\n    guard: *g\n    other:\n"
        ),
    ],
)
def test_what_cannot_be_changed_alone_is_left_to_a_person(text: str) -> None:
    client = "shop" if "&g" in text else "atlas"
    with pytest.raises(EditError):
        set_guard(text, client, {"flag": 0.9})
