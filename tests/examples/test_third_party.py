"""A package of somebody else: built, installed from its wheel, found, not imported, and proved."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from docs.pages import blocks

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "examples" / "cmctl-jsonfeed"
PAGE = ROOT / "docs" / "add-a-channel.md"
OURS = """
timezone: Europe/Paris
clients: {atlas: {name: Atlas, channels: {outbox: {network: folder, path: outbox}}}}
"""
THEIRS = """
timezone: Europe/Paris
clients: {atlas: {name: Atlas, channels: {news: {network: jsonfeed, path: feed.json}}}}
"""
BROKEN = """
from dataclasses import replace
from test_jsonfeed import TestJsonFeed as Right
from cmctl.channels.base import Unavailable
from cmctl_jsonfeed import JsonFeedChannel

class ForgetsTheKey(JsonFeedChannel):
    number = 0
    def publish(self, outgoing):
        ForgetsTheKey.number += 1
        return super().publish(replace(outgoing, key=f"{ForgetsTheKey.number:032x}"))

class OldestFirst(JsonFeedChannel):
    def timeline(self, since):
        return super().timeline(since)[::-1]

class OnlySaysThatItDeletes(JsonFeedChannel):
    def delete(self, remote_id):
        pass

def through(wrong):
    class Wrong(Right):
        def open_channel(self, url):
            return wrong.open({"path": str(self.path)})
    return Wrong

TestKey = through(ForgetsTheKey)
TestOrder = through(OldestFirst)
TestDelete = through(OnlySaysThatItDeletes)
del Right
"""
CAUGHT = {
    "TestKey": "test_the_same_key_makes_one_post",
    "TestOrder": "test_the_timeline_shows_own_and_foreign_posts_newest_first",
    "TestDelete": "test_deleting_is_proved_by_reading_back",
}


def run(*command: str, cwd: Path, path: Path | None = None) -> "subprocess.CompletedProcess[str]":
    where = {"PYTHONPATH": str(path)} if path else {}
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **where},
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the package is installed from its own wheel, without any index."""
    folder = tmp_path_factory.mktemp("third")
    command = ("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(PACKAGE))
    built = run(*command, cwd=folder)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = folder.glob("*.whl")
    how = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--target")
    put = run("-m", "pip", "install", *how, str(folder / "site"), str(wheel), cwd=folder)
    assert put.returncode == 0, put.stderr
    return folder / "site"


def imports(command: str, site: Path, folder: Path, config: str) -> tuple[bool, str]:
    """Return whether `cmctl <command>` imported the package, and what it printed."""
    (folder / "posts").mkdir(exist_ok=True)
    (folder / "config.yaml").write_text(config)
    asked = run("-v", "-m", "cmctl", *command.split(), cwd=folder, path=site)
    assert "import 'cmctl.wiring'" in asked.stderr  # Python tells what it imports
    return "import 'cmctl_jsonfeed'" in asked.stderr, asked.stdout


def contract(site: Path, folder: Path, *suites: str) -> tuple[Counter[str], set[str]]:
    """Run a suite against what is installed; return the outcomes and the tests that failed."""
    told = ("-q", "-c", "/dev/null", "--tb=no", "-rA", "-p", "no:cacheprovider")
    done = run("-m", "pytest", *told, "--rootdir", str(folder), *suites, cwd=folder, path=site)
    lines = [line.split(" ") for line in done.stdout.splitlines() if "::" in line]
    said = [(line[0], line[1].partition("::")[2]) for line in lines]
    outcomes = Counter(outcome for outcome, _ in said)
    return outcomes, {test for outcome, test in said if outcome == "FAILED"}


def test_the_page_tells_the_package_of_the_examples_word_for_word() -> None:
    told = {b.marks["file"]: b.text for b in blocks(PAGE) if "cmctl-" in b.marks.get("file", "")}
    files = [path for path in PACKAGE.iterdir() if path.is_file()]
    assert told == {f"{PACKAGE.name}/{path.name}": path.read_text() for path in files}


@pytest.mark.parametrize("command", ["--help", "channel list"])
def test_what_no_config_names_is_not_imported(
    command: str, installed: Path, tmp_path: Path
) -> None:
    imported, _ = imports(command, installed, tmp_path, OURS)
    assert not imported


def test_it_is_found_by_its_entry_point_alone(installed: Path, tmp_path: Path) -> None:
    imported, said = imports("check", installed, tmp_path, THEIRS.replace("jsonfeed", "jsonfed"))
    assert "write `network: jsonfeed`" in " ".join(said.split())
    assert not imported


def test_it_is_imported_where_a_config_names_it(installed: Path, tmp_path: Path) -> None:
    imported, said = imports("channel list", installed, tmp_path, THEIRS)
    assert imported
    assert "atlas/news" in said


def test_it_passes_the_contract(installed: Path, tmp_path: Path) -> None:
    outcomes, failed = contract(installed, tmp_path, str(PACKAGE / "test_jsonfeed.py"))
    assert not failed
    assert outcomes["PASSED"] > 25


def test_broken_ones_fail_it_and_only_where_they_are_broken(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "test_jsonfeed.py").write_text((PACKAGE / "test_jsonfeed.py").read_text())
    suite = tmp_path / "test_broken.py"
    suite.write_text(BROKEN)
    wanted = [f"{suite}::{name}::{test}" for name in CAUGHT for test in CAUGHT.values()]
    _, failed = contract(installed, tmp_path, *wanted)
    assert failed == {f"{name}::{test}" for name, test in CAUGHT.items()}
