"""docs/architecture.md is true of the code."""

import re
import tomllib
from itertools import chain

from cmctl.core.model import HoldReason, State
from cmctl.core.state import TABLE
from docs.pages import ROOT

LIBRARY = re.compile(r"^\| ([A-Za-z][A-Za-z-]*)(?:,| \(optional\))?[^|]* \|", re.MULTILINE)


def test_every_library_that_is_told_of_is_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.match(r"[a-z-]+", name)[0] for name in wanted}
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    told = {name.lower() for name in LIBRARY.findall(page.partition("## Libraries")[2])}
    assert told - {"library"} <= names


def test_publishing_draws_every_move_and_tells_of_every_state_and_reason() -> None:
    page = (ROOT / "docs/publishing.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^    (\w+) --> (\w+)", page, re.MULTILINE))
    moves = {(before.value, after.value) for (before, _), after in TABLE.items()}
    assert drawn == moves - {("held", "held")}
    for word in (*State, *HoldReason):
        assert f"| `{word.value}` |" in page
