"""X's counting against the vendor's conformance suite (twitter/twitter-text 30e2430, Apache-2.0).

Its cases about weights and about finding links are run, for those are what a length is made of. The
others are about what cmctl does not do: finding mentions, hashtags, cashtags and lists, and judging
an address that stands alone.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from twitter_text import extract_urls, extract_urls_with_indices, parse_tweet
from twitter_text.config import config

from cmctl.channels.x_text import length

SUITE = Path(__file__).parent / "twitter_text"
VALIDATE, EXTRACT = (
    yaml.safe_load((SUITE / name).read_text(encoding="utf-8"))["tests"]
    for name in ("validate.yml", "extract.yml")
)
#: As the vendor's own libraries run them: what is older is counted as it was then.
WEIGHED = {
    "WeightedTweetsCounterTest": {**config["version2"], "emoji_parsing_enabled": False},
    "WeightedTweetsWithDiscountedEmojiCounterTest": config["defaults"],
    "UnicodeDirectionalMarkerCounterTest": config["defaults"],
}
FIRST = {**config["version1"], "emoji_parsing_enabled": False}


def cases(suite: dict[str, Any], *sections: str) -> list[Any]:
    found = [case for section in sections for case in suite[section]]
    return [pytest.param(case["text"], case["expected"], id=case["description"]) for case in found]


@pytest.mark.parametrize("section", WEIGHED)
def test_texts_weigh_what_the_vendor_says(section: str) -> None:
    for case in VALIDATE[section]:
        assert parse_tweet(case["text"], WEIGHED[section]).asdict() == case["expected"], case


@pytest.mark.parametrize("section", [*WEIGHED][1:])
def test_ours_is_the_count_of_today(section: str) -> None:
    for case in VALIDATE[section]:
        assert length(case["text"]) == case["expected"]["weightedLength"], case


@pytest.mark.parametrize(("text", "expected"), cases(VALIDATE, "tweets"))
def test_the_first_rules_are_known_too(text: str, expected: bool) -> None:
    assert parse_tweet(text, FIRST).valid is expected


@pytest.mark.parametrize(("text", "expected"), cases(EXTRACT, "urls", "tco_urls_with_params"))
def test_links_are_found_where_the_vendor_finds_them(text: str, expected: list[str]) -> None:
    assert extract_urls(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), cases(EXTRACT, "urls_with_indices", "urls_with_directional_markers")
)
def test_links_stand_where_the_vendor_says(text: str, expected: list[dict[str, Any]]) -> None:
    found = extract_urls_with_indices(text)
    assert [{"url": one["url"], "indices": [*one["indices"]]} for one in found] == expected


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
