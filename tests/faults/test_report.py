"""docs/reliability.md says what was measured, and names tests that are there."""

import re
from pathlib import Path

from faults.report import PAGE, renewed, results

ROOT = Path(__file__).parents[2]


def test_the_tables_are_those_of_the_results() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run: python -m faults.report, in tests/"


def test_every_campaign_that_is_published_found_nothing() -> None:
    assert [one["violations"] for one in results()] == [[] for _ in results()]


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    texts = [
        path.read_text(encoding="utf-8")
        for folder in (ROOT / "tests", ROOT / "src" / "cmctl" / "testing")
        for path in folder.rglob("*.py")
    ]
    defined = set(re.findall(r"def (test_\w+)", "\n".join(texts)))
    assert named - defined == set()
    assert len(named) > 50
