"""How the program ends: a sentence and a stable status for the expected, a report for bugs."""

import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from cmctl.core.errors import ExitStatus

from .conftest import CMCTL, HERE, SAMPLE, Run

EXPECTED = [
    ("problem", 1, "cmctl: posts/a.yaml:3:5: no channel atlas/mastodn\n       write mastodon\n"),
    ("store", 1, "cmctl: the store is locked\n"),
    ("rejected", 1, "cmctl: the token is not accepted\n"),
    ("file", 1, "cmctl: /nowhere/at/all: No such file or directory\n"),
    ("usage", 2, "cmctl: --at lies in the past\n"),
    ("held", 3, ""),
    ("network", 4, "cmctl: mastodon.example did not answer: ␛[31mred\n"),
    ("interrupted", 130, ""),
]


@pytest.mark.parametrize(("way", "status", "said"), EXPECTED)
def test_an_expected_failure_is_one_sentence_and_a_status(
    run: Run, way: str, status: int, said: str
) -> None:
    ended = run(SAMPLE, "fail", way)
    assert (ended.status, ended.out, ended.err) == (status, "a result\n", said)


def test_a_bug_leaves_a_report_without_what_the_values_were(run: Run, tmp_path: Path) -> None:
    ended = run(SAMPLE, "fail", "secretive", env={"TOKEN": "canary-5ecret"})
    assert ended.status == 70
    assert ended.err.startswith("cmctl: this is a bug: KeyError at ")
    (report,) = (tmp_path / "home/.local/state/cmctl").iterdir()
    assert str(report) in ended.err
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    written = report.read_text()
    assert "KeyError" in written
    assert "ValueError" in written
    assert "in secretive" in written
    assert "canary" not in written + ended.err


def test_a_bug_is_shown_whole_where_its_report_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = run(SAMPLE, "fail", "secretive", env={"XDG_STATE_HOME": str(tmp_path / "file")})
    assert ended.status == 70
    assert "in secretive" in ended.err
    assert "canary" not in ended.err


def test_a_developer_gets_the_traceback_who_asks_for_it(run: Run) -> None:
    ended = run(SAMPLE, "fail", "secretive", env={"CMCTL_DEBUG": "1"})
    assert ended.status == 70
    assert "Traceback (most recent call last)" in ended.err


def test_even_a_developers_traceback_shows_no_secret_that_was_read(run: Run) -> None:
    env = {"CMCTL_DEBUG": "1", "TOKEN": "canary-5ecret"}
    ended = run(SAMPLE, "fail", "unexpected", env=env)
    assert "ValueError: ␛[31m*** is not <U+202E>understood" in ended.err
    assert "canary" not in ended.err


@pytest.mark.parametrize("args", [["--help"], ["posts", "--count", "20000"]])
def test_a_reader_that_leaves_ends_the_program_quietly(
    environ: dict[str, str], args: list[str]
) -> None:
    reading, writing = os.pipe()
    child = subprocess.Popen(
        [*SAMPLE, *args], stdout=writing, stderr=subprocess.PIPE, text=True, env=environ
    )
    os.close(writing)
    os.close(reading)
    _, said = child.communicate(timeout=60)
    assert (child.returncode, said) == (141, "")


def test_a_closed_output_is_no_error(environ: dict[str, str]) -> None:
    command = f"exec {' '.join(SAMPLE)} posts --count 3 >&-"
    ended = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, env=environ, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_full_disk_is_told(environ: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*SAMPLE, "posts"], stdout=full, stderr=subprocess.PIPE, text=True, env=environ,
            check=False,
        )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr == "cmctl: cannot write the results: No space left on device\n"


def test_ctrl_c_ends_with_the_status_that_shells_expect(
    environ: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "imported"
    child = subprocess.Popen(
        [*SAMPLE, "posts", "add", "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environ, "SAMPLE_IMPORTED": str(log)},
    )
    while not log.exists():
        time.sleep(0.01)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert (child.returncode, said) == (130, "")


def test_a_locale_without_emoji_gets_numbers_and_no_failure(run: Run) -> None:
    env = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}
    ended = run(SAMPLE, "posts", "--color", "🚚", env=env)
    assert ended.status == 0
    assert "\\U0001f69a" in ended.out


def test_the_table_of_exit_codes_is_documented_as_it_is() -> None:
    page = (HERE.parents[1] / "docs/exit-codes.md").read_text()
    for status in ExitStatus:
        assert f"| {status.value} | {status.meaning} |" in page


def test_the_real_program_ends_with_usage_for_nonsense(run: Run) -> None:
    ended = run(CMCTL, "no-such-command")
    assert ended.status == 2
    assert "cmctl --help" in ended.err
