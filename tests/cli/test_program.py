"""The program itself: its entry points, its help, and where it looks for the workspace."""

import sys
from pathlib import Path

import pytest

from cmctl import __version__
from cmctl.cli.commands import PROGRAM
from cmctl.cli.lazy import Entry

from .conftest import CMCTL, SAMPLE, Run


def test_both_entry_points_tell_the_version(run: Run) -> None:
    for program in (CMCTL, [sys.executable, "-m", "cmctl"]):
        ended = run(program, "--version")
        assert (ended.status, ended.out, ended.err) == (0, f"cmctl {__version__}\n", "")


def test_help_lists_every_command_and_the_exit_codes(run: Run) -> None:
    ended = run(CMCTL, "--help")
    assert ended.status == 0
    assert all(f"  {entry.name} " in ended.out for entry in PROGRAM.entries)
    assert "Exit codes: 0 fine, 1 problems found, 2 usage, 3 something is held" in ended.out


def test_without_arguments_the_help_is_shown_and_the_usage_is_wrong(run: Run) -> None:
    ended = run(SAMPLE)
    assert ended.status == 2
    assert ended.out.startswith("Usage: sample ")


@pytest.mark.parametrize("args", [["--help"], ["posts", "--help"], ["--version"]])
def test_help_imports_no_command(run: Run, tmp_path: Path, args: list[str]) -> None:
    log = tmp_path / "imported"
    assert run(SAMPLE, *args, env={"SAMPLE_IMPORTED": str(log)}).status == 0
    assert not log.exists()


def test_a_command_imports_its_own_module_only(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "imported"
    assert run(SAMPLE, "posts", env={"SAMPLE_IMPORTED": str(log)}).status == 0
    assert log.read_text() == "posts\n"


def test_help_imports_nothing_heavy(run: Run) -> None:
    program = [sys.executable, "-X", "importtime", "-m", "cmctl"]
    imported = {line.rpartition("|")[2].strip() for line in run(program, "--help").err.splitlines()}
    assert "typer" in imported
    heavy = {"httpx", "yaml", "rich", "sqlite3", "rapidfuzz", "dateutil", "regex", "apscheduler"}
    assert not imported & heavy
    assert not {name for name in imported if name.startswith("cmctl.core.model")}


def test_a_group_without_a_command_runs_its_default_with_its_options(run: Run) -> None:
    alone = run(SAMPLE, "posts", "--count", "2")
    assert alone.status == 0
    assert alone.out == run(SAMPLE, "posts", "list", "--count", "2").out
    assert len(alone.out.splitlines()) == 2


def test_an_unknown_command_gets_the_nearest_one(run: Run) -> None:
    ended = run(SAMPLE, "posts", "lst")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == (
        "cmctl: No such command 'lst'. Did you mean 'list'?\n       see: sample posts --help\n"
    )


def test_a_command_of_a_group_is_found_without_its_group(run: Run) -> None:
    ended = run(CMCTL, "add", "a text")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "cmctl: No such command 'add'. Did you mean 'queue add'?\n" + (
        "       see: cmctl --help\n"
    )
    assert "'queue list', 'channel list', 'network list'" in run(CMCTL, "list").err


@pytest.mark.parametrize("args", [[], ["queue"], ["queue", "add"]])
def test_help_is_asked_for_as_elsewhere_too(run: Run, args: list[str]) -> None:
    short = run(CMCTL, *args, "-h")
    assert short.status == 0
    assert short.out == run(CMCTL, *args, "--help").out


def test_an_unknown_option_gets_the_nearest_one(run: Run) -> None:
    ended = run(SAMPLE, "posts", "--jsn")
    assert ended.status == 2
    assert "--json" in ended.err


@pytest.mark.parametrize(
    ("args", "place"),
    [
        (["-C", "there", "posts", "add", "-"], "there"),
        (["posts", "add", "-", "-C", "there"], "there"),
        (["--config", "a/b.yaml", "posts", "add", "-"], "a/b.yaml"),
        (["-C", "there", "posts", "-C", "elsewhere", "add", "-"], "elsewhere"),
    ],
)
def test_the_workspace_is_named_before_or_after_the_command(
    run: Run, args: list[str], place: str
) -> None:
    ended = run(SAMPLE, *args, stdin="été")
    assert (ended.status, ended.out) == (0, f"{place}: été\n")


def test_a_file_that_is_not_text_is_refused_with_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin1").write_bytes(b"abc\xe9t\xe9")
    ended = run(SAMPLE, "posts", "add", "latin1")
    assert ended.status == 1
    assert ended.err.startswith("cmctl: cannot read latin1: byte 4 is not UTF-8\n")


def leaves(entry: Entry, *path: str) -> list[tuple[str, ...]]:
    if not entry.entries:
        return [path]
    return [leaf for child in entry.entries for leaf in leaves(child, *path, child.name)]


@pytest.mark.parametrize("path", leaves(PROGRAM), ids=" ".join)
def test_every_command_has_help_that_begins_as_the_table_says(
    run: Run, path: tuple[str, ...]
) -> None:
    entry = PROGRAM
    for name in path:
        entry = next(child for child in entry.entries if child.name == name)
    ended = run(CMCTL, *path, "--help")
    assert ended.status == 0
    assert entry.help in " ".join(ended.out.split())
