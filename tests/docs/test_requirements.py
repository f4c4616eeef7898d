"""What is installed is what was chosen: each package with its version and its hashes."""

import re
import tomllib
from pathlib import Path

import pytest

from docs.pages import ROOT

LOCKS = sorted([*ROOT.glob("requirements/*.txt"), *ROOT.glob("tests/servers/*/requirements.txt")])


def pinned(lock: Path) -> dict[str, str]:
    """Return each requirement of a lock by its name, with all that belongs to it."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {re.split(r"[=\[; ]", line)[0].lower(): line for line in lines}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_package_has_one_version_and_its_hashes(lock: Path) -> None:
    found = pinned(lock)
    assert found
    for name, line in found.items():
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+ ", line), name
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), name
        assert "://" not in line, f"{name} comes from an index, not from an address"


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [re.split(r"[<>=~\[; ]", one)[0].lower() for one in project["project"]["dependencies"]]
    assert set(names) <= pinned(ROOT / "requirements/run.txt").keys()
    assert set(names) <= pinned(ROOT / "requirements/dev.txt").keys()
