"""The campaign in short, as a program of its own; and its controls, which must be found out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from faults.checker import Planned, strangers, violations

TESTS = Path(__file__).parents[1]


def campaign(tmp_path: Path, *asked: str) -> tuple[int, dict[str, object]]:
    result = tmp_path / "result.json"
    ended = subprocess.run(
        [sys.executable, "-m", "faults.campaign", "--json", str(result), *asked],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.exists(), ended.stderr
    return ended.returncode, json.loads(result.read_text(encoding="utf-8"))


def test_daemons_killed_at_random_lose_double_and_forget_nothing(tmp_path: Path) -> None:
    status, result = campaign(tmp_path, "--kills", "12", "--posts", "12", "--seed", "short")
    assert result["violations"] == []
    assert status == 0
    assert result["killed"] >= 12
    assert result["deliveries"] == 12 * 7


@pytest.mark.parametrize(
    ("control", "found"), [("retrying", "stands 2 times"), ("believing", "for its proof")]
)
def test_the_checker_finds_out_a_client_that_guesses(
    tmp_path: Path, control: str, found: str
) -> None:
    asked = ["--kills", "0", "--rounds", "1", "--posts", "6"]
    status, result = campaign(tmp_path, *asked, "--control", control)
    assert status == 1
    assert any(found in one for one in result["violations"])


def test_the_checker_misses_what_was_planned_and_sees_what_was_not() -> None:
    planned = [Planned("p1", "a/x", "Bonjour")]
    assert list(violations(planned, [], {})) == ["p1 on a/x is lost"]
    assert list(strangers(planned, {("x", "Bonsoir"): ["1"]})) == [
        "nobody planned what stands on x: 'Bonsoir'"
    ]
