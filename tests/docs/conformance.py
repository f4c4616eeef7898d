"""The vendor's conformance suite for X's texts (twitter/twitter-text 30e2430, Apache-2.0).

`python tests/docs/conformance.py` writes the table of docs/networks/x.md anew.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from twitter_text import extract_urls, extract_urls_with_indices, parse_tweet
from twitter_text.config import config

from cmctl.channels.vendors.x.hashtags import hashtags

SUITE = Path(__file__).parents[1] / "channels" / "networks" / "twitter_text"
PAGE = Path(__file__).parents[2] / "docs" / "networks" / "x.md"
_TABLE = re.compile(r"^\| suite \|.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)

Case = Mapping[str, Any]
#: What a case says must be, of what we find.
Found = Callable[[Case], object]


class Section(NamedTuple):
    """One list of cases of one file."""

    file: str
    name: str
    cases: list[Case]
    found: Found

    def failing(self) -> list[str]:
        """Return the descriptions of the cases in which something else is found."""
        wrong = (case for case in self.cases if self.found(case) != case["expected"])
        return [str(case["description"]) for case in wrong]


def _weight(rules: Mapping[str, Any]) -> Found:
    return lambda case: parse_tweet(case["text"], rules).asdict()


def _links(case: Case) -> object:
    return extract_urls(case["text"])


def _links_and_places(case: Case) -> object:
    found = extract_urls_with_indices(case["text"])
    return [{"url": one["url"], "indices": [*one["indices"]]} for one in found]


def _hashtags(case: Case) -> object:
    return [one.name for one in hashtags(case["text"])]


def _hashtags_and_places(case: Case) -> object:
    return [
        {"hashtag": one.name, "indices": [one.start, one.end]} for one in hashtags(case["text"])
    ]


def _is_hashtag(case: Case) -> object:
    return [one.name for one in hashtags(case["text"])] == [case["text"][1:]]


_FIRST = {**config["version1"], "emoji_parsing_enabled": False}
_BEFORE_EMOJI = {**config["version2"], "emoji_parsing_enabled": False}
#: As the vendor's own libraries run them: what is older is counted as it was then.
RUN: Mapping[str, Mapping[str, Found]] = {
    "validate.yml": {
        "tweets": lambda case: parse_tweet(case["text"], _FIRST).valid,
        "WeightedTweetsCounterTest": _weight(_BEFORE_EMOJI),
        "WeightedTweetsWithDiscountedEmojiCounterTest": _weight(config["defaults"]),
        "UnicodeDirectionalMarkerCounterTest": _weight(config["defaults"]),
        "hashtags": _is_hashtag,
    },
    "extract.yml": {
        "urls": _links,
        "tco_urls_with_params": _links,
        "urls_with_indices": _links_and_places,
        "urls_with_directional_markers": _links_and_places,
        "hashtags": _hashtags,
        "hashtags_from_astral": _hashtags,
        "hashtags_with_indices": _hashtags_and_places,
    },
    "tlds.yml": {"country": _links, "generic": _links},
    "autolink.yml": {},
    "hit_highlighting.yml": {},
}
#: What stands in the sections that are not run.
_LEFT_OUT = {
    "validate.yml": "names of accounts and lists; whether an address is one by RFC 3986, which "
    "says nothing of what X makes a link of",
    "extract.yml": "names of accounts and lists, and signs of shares: they weigh what their "
    "letters do, and cmctl makes nothing of them",
    "autolink.yml": "pages in HTML: X makes them, cmctl sends plain text",
    "hit_highlighting.yml": "marks of a search in HTML: cmctl has none",
}


@cache
def suite(file: str) -> Mapping[str, list[Case]]:
    """Return the cases of a file by section."""
    text = (SUITE / file).read_text(encoding="utf-8")
    tests: Mapping[str, list[Case]] = yaml.load(text, yaml.CSafeLoader)["tests"]
    return tests


def sections() -> Iterator[Section]:
    """Yield what is run."""
    for file, runs in RUN.items():
        for name, found in runs.items():
            yield Section(file, name, suite(file)[name], found)


def table() -> str:
    """Return the table as it must stand."""
    lines = [
        "| suite | cases | run | passed | what is not run |",
        "| --- | --- | --- | --- | --- |",
    ]
    for file in RUN:
        mine = [one for one in sections() if one.file == file]
        run = sum(len(one.cases) for one in mine)
        passed = run - sum(len(one.failing()) for one in mine)
        count = sum(map(len, suite(file).values()))
        left = _LEFT_OUT.get(file, "-")
        lines.append(f"| `{file}` | {count:,} | {run:,} | {passed:,} | {left} |")
    return "\n".join(lines)


def table_in(text: str) -> str:
    """Return the table that the page has, or an empty text."""
    found = _TABLE.search(text)
    return found[0].strip() if found else ""


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.replace(table_in(page), table()), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
