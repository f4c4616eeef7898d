"""The tables of docs/reliability.md, made of what campaigns and measurements wrote.

`python -m faults.report`, from `tests/`, reads `faults/results/*.json`: each a campaign's `--json`,
and `times.json` of `bench/recovery.py`. Everything else on the page is written by hand.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
TIMES = "times.json"
_BLOCK = "<!-- {name} -->\n(.*?)<!-- end of {name} -->"

Result = Mapping[str, Any]


def results() -> Sequence[Result]:
    """Return what every campaign wrote, by file name."""
    paths = sorted(path for path in RESULTS.glob("*.json") if path.name != TIMES)
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def campaigns(found: Sequence[Result]) -> str:
    """Return the table of trials, faults and outcomes."""
    total = Counter[str]()
    for one in found:
        total.update({"rounds": one["rounds"], "deliveries": one["deliveries"]})
        total.update({"kills": one["killed"], "copies": one["copies"]})
        total.update({"violations": len(one["violations"])})
    rows = [
        ("campaigns (seeds)", ", ".join(f"`{one['seed']}` ({one['store']})" for one in found)),
        ("rounds", _count(total["rounds"])),
        ("deliveries", _count(total["deliveries"])),
        ("daemons killed at work", _count(total["kills"])),
        ("posts that the network accepted", _count(total["copies"])),
        ("**lost, doubled, stuck, or other than written down**", f"**{total['violations']}**"),
    ]
    lines = ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows), ""]
    for title, field in (
        ("what a kill met", "kills"),
        ("what went wrong beside", "faults"),
        ("how the deliveries turned out", "outcomes"),
    ):
        lines += [f"| {title} | times |", "| --- | --- |", *_rows(found, field), ""]
    return "\n".join(lines)


def times(measured: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table of measured times."""
    lines = ["| | trials | median | longest |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {name} | {one['trials']} | {one['median']} | {one['longest']} |"
        for name, one in measured.items()
    ]
    return "\n".join([*lines, ""])


def renewed(page: str) -> str:
    """Return the page with its tables made anew."""
    measured = json.loads((RESULTS / TIMES).read_text(encoding="utf-8"))
    for name, text in (("campaigns", campaigns(results())), ("times", times(measured))):
        block = re.compile(_BLOCK.format(name=name), re.DOTALL)
        page = block.sub(f"<!-- {name} -->\n\n{text}\n<!-- end of {name} -->", page)
    return page


def _rows(found: Sequence[Result], field: str) -> Iterator[str]:
    summed = Counter[str]()
    for one in found:
        summed.update(one[field])
    for name, count in sorted(summed.items(), key=lambda row: -row[1]):
        yield f"| {name} | {_count(count)} |"


def _count(number: int) -> str:
    return f"{number:,}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
