"""Kills inside what looks after a store, in short: `python -m faults.care` kills at every place."""

import subprocess
import sys
from pathlib import Path

import pytest

from faults.care import CASES
from servers.postgres import Postgres

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("verb", CASES)
def test_a_kill_inside_it_leaves_the_store_whole_and_the_same_again_ends_well(
    tmp_path: Path, postgres: Postgres, verb: str
) -> None:
    postgres.forget()
    command = [sys.executable, "-m", "faults.care", verb, str(tmp_path), postgres.url()]
    ended = subprocess.run(
        [*command, "--places", "6"],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(ended.stdout.splitlines()) == len(CASES[verb])
