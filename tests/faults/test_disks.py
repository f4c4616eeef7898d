"""Disks that are full, without inodes or read only: told, nothing lost, nothing doubled.

On disks of their own where the machine lets a process mount for itself; the limit on the size of
files comes nearest and runs everywhere.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from faults.disks import PLAIN, WORDS, namespace

TESTS = Path(__file__).parents[1]
ALONE = namespace()


@pytest.mark.parametrize("kind", WORDS if ALONE else [PLAIN])
def test_a_limited_disk_is_told_and_neither_loses_nor_doubles(tmp_path: Path, kind: str) -> None:
    ended = subprocess.run(
        [*(ALONE or []), sys.executable, "-m", "faults.disks", kind, str(tmp_path)],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
