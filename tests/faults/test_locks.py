"""A lock on the store is held longer than anybody waits; `make faults` holds it for a minute."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_a_lock_held_longer_than_anybody_waits_loses_and_doubles_nothing(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "faults.locks", "sqlite", str(tmp_path), "0"],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
