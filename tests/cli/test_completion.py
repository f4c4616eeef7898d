"""Shell completion knows lazily loaded commands, their options and the values of these."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import CMCTL, SAMPLE, Run

SHELLS = {"bash": "complete ", "zsh": "#compdef cmctl", "fish": "complete --command cmctl"}


@pytest.mark.parametrize(("shell", "sign"), SHELLS.items())
def test_the_script_for_a_shell_is_shown_and_installed(
    run: Run, tmp_path: Path, shell: str, sign: str
) -> None:
    # The shell is the parent process, as the program sees it.
    env = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    shown = run(CMCTL, "--show-completion", shell, env=env)
    assert shown.status == 0
    assert sign in shown.out
    assert "_CMCTL_COMPLETE" in shown.out
    assert run(CMCTL, "--install-completion", shell, env=env).status == 0
    assert any("cmctl" in path.name for path in (tmp_path / "home").rglob("*"))


def completed(run: Run, shell: str, line: str, log: Path) -> str:
    words = line.split(" ")
    ended = run(
        SAMPLE,
        env={
            "_SAMPLE_COMPLETE": f"complete_{shell}",
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "SAMPLE_IMPORTED": str(log),
        },
    )
    assert (ended.status, ended.err) == (0, "")
    return ended.out


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_are_completed_without_importing_them(
    run: Run, tmp_path: Path, shell: str
) -> None:
    log = tmp_path / "imported"
    assert "posts" in completed(run, shell, "sample po", log)
    inner = completed(run, shell, "sample posts ", log)
    assert "list" in inner
    assert "add" in inner
    assert not log.exists()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", ["posts", "posts list"])
def test_options_and_values_of_a_lazy_command_are_completed(
    run: Run, tmp_path: Path, shell: str, command: str
) -> None:
    log = tmp_path / "imported"
    options = completed(run, shell, f"sample {command} --", log)
    assert "--json" in options
    assert "--quiet" in options
    values = completed(run, shell, f"sample {command} --color a", log)
    assert "amber" in values
    assert "azure" in values
    assert "list" not in values


def test_bash_completes_with_the_script_as_it_is_installed(
    run: Run, environ: dict[str, str], tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "sample"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {SAMPLE[1]} "$@"\n')
    program.chmod(0o755)
    env = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    (tmp_path / "script").write_text(run(SAMPLE, "--show-completion", "bash", env=env).out)
    asked = (
        "source ./script; COMP_WORDS=(sample posts l); COMP_CWORD=2;"
        " _sample_completion sample; echo ${COMPREPLY[@]}"
    )
    ended = subprocess.run(
        ["bash", "-c", asked],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**environ, "PATH": f"{program.parent}:{environ['PATH']}"},
        check=True,
    )
    assert ended.stdout == "list\n"
