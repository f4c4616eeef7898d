"""`make audit` tells a vulnerability, and tells when it knows nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from docs.pages import ROOT

#: What pip-audit 2.10 prints of a package that is fine, one that is not, and one it skipped.
FINE = {"name": "rich", "version": "15.0.0", "vulns": []}
KNOWN = {
    "name": "jinja2",
    "version": "3.1.2",
    "vulns": [{"id": "PYSEC-2024-1", "fix_versions": ["3.1.3"], "aliases": [], "description": ""}],
}
SKIPPED = {"name": "h11", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def audited(tmp_path: Path, said: str, *more: str, status: int = 0) -> tuple[int, str, str]:
    """Audit one file with a pip-audit that says so."""
    (tmp_path / "said").write_text(said, encoding="utf-8")
    program = tmp_path / "pip-audit"
    program.write_text(
        f"#!/bin/sh\ncat {tmp_path}/said; echo no route to host >&2; exit {status}\n"
    )
    program.chmod(0o700)
    command = [sys.executable, str(ROOT / "tools/audit.py"), "--pip-audit", str(program), *more]
    ended = subprocess.run(
        [*command, str(tmp_path / "run.txt")], capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout, ended.stderr


def report(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_what_is_known_to_be_vulnerable_fails(tmp_path: Path) -> None:
    status, out, _ = audited(tmp_path, report(FINE, KNOWN), status=1)
    assert status == 1
    assert "VULNERABLE jinja2 3.1.2: PYSEC-2024-1, mended in 3.1.3" in out


def test_what_is_fine_passes_without_a_word_of_alarm(tmp_path: Path) -> None:
    assert audited(tmp_path, report(FINE), "--strict")[::2] == (0, "")


@pytest.mark.parametrize(("said", "why"), [(report(FINE, SKIPPED), "not found"), ("", "no route")])
def test_not_to_know_is_said_aloud_and_fails_where_that_is_asked_for(
    tmp_path: Path, said: str, why: str
) -> None:
    status, _, err = audited(tmp_path, said)
    assert status == 0
    assert "NOT AUDITED" in err
    assert why in err
    assert audited(tmp_path, said, "--strict")[0] == 2


def test_a_question_that_pip_audit_does_not_understand_is_no_answer(tmp_path: Path) -> None:
    assert audited(tmp_path, "", status=2)[0] == 1
