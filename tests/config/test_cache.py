"""The cache: only what changed is parsed, and no state of it can change what is read."""

import subprocess
import sys
from pathlib import Path

import pytest

import cmctl
from cmctl.config.load import load_client, load_settings

GOOD = "- {id: good, text: Bonjour, at: 2026-11-24 10:15}\n"
BAD = "- {id: bad, text: Bonjour, at: sometime}\n"


def cached(workspace) -> list[Path]:
    return sorted((workspace.root / ".cmctl/cache/atlas").glob("*"))


def parses(workspace) -> str:
    """Load everything in a fresh process and say whether it had to import PyYAML."""
    code = (
        "import sys; from pathlib import Path; from cmctl.config.load import *;"
        "settings = load_settings(Path(sys.argv[1])).settings;"
        "print([len(one.posts) for one in load_posts(settings)], 'yaml' in sys.modules)"
    )
    config = str(workspace.root / "config.yaml")
    command = [sys.executable, "-c", code, config]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_an_unchanged_workspace_is_read_without_yaml(workspace) -> None:
    workspace.write("posts/atlas/a.yaml", GOOD)
    assert parses(workspace) == "[1, 0] True"
    assert parses(workspace) == "[1, 0] False"
    workspace.write("posts/atlas/a.yaml", GOOD + GOOD.replace("good", "new"))
    assert parses(workspace) == "[2, 0] True"


def test_problems_are_the_same_from_the_cache(workspace) -> None:
    first = workspace.client(one=GOOD + BAD, two="- id: 'x")
    assert len(first.problems) == 2
    assert load_client(workspace.settings, "atlas") == first


def test_a_file_that_came_back_to_what_it_was_says_what_it_said(workspace) -> None:
    first = workspace.client(one=GOOD)
    assert workspace.client(one=BAD).posts == ()
    assert workspace.client(one=GOOD).posts == first.posts


def test_a_change_of_the_config_that_changes_the_meaning_is_seen(workspace) -> None:
    before = workspace.client(one=GOOD).posts[0]
    config = (workspace.root / "config.yaml").read_text()
    workspace.write("config.yaml", config.replace("Europe/Paris", "Indian/Reunion"))
    after = load_client(workspace.settings, "atlas").posts[0]
    assert after.schedule.instant.isoformat() == "2026-11-24T10:15:00+04:00"
    workspace.write("config.yaml", config.replace("mastodon:", "masto:"))
    assert load_client(workspace.settings, "atlas").posts[0].channels == ("masto", "blue")
    workspace.write("config.yaml", config)
    assert load_client(workspace.settings, "atlas").posts == (before,)


def test_another_version_of_the_program_does_not_believe_it(
    workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = workspace.client(one=GOOD)
    (file,) = cached(workspace)
    before = file.read_bytes()
    monkeypatch.setattr(cmctl, "__version__", "999.0")
    assert load_client(workspace.settings, "atlas") == first
    assert file.read_bytes() != before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"key": 1}',
    ],
)
def test_a_broken_cache_is_as_good_as_none(workspace, content: bytes) -> None:
    first = workspace.client(one=GOOD)
    for file in (*cached(workspace), workspace.root / ".cmctl/cache/config.yaml.json"):
        file.write_bytes(content)
    assert load_client(workspace.settings, "atlas") == first


@pytest.mark.parametrize(
    "damage", [("posts", "pasts"), ('"place":[1,3]', '"place":7'), ("T10", "X")]
)
def test_a_cache_of_another_shape_is_as_good_as_none(workspace, damage: tuple[str, str]) -> None:
    first = workspace.client(one=GOOD)
    (file,) = cached(workspace)
    text = file.read_text()
    assert damage[0] in text
    file.write_text(text.replace(*damage))
    assert load_client(workspace.settings, "atlas") == first


def test_a_dry_run_writes_nothing(workspace) -> None:
    workspace.write("posts/atlas/a.yaml", GOOD)
    loaded = load_settings(workspace.root / "config.yaml", write_cache=False)
    assert loaded.settings
    assert len(load_client(loaded.settings, "atlas", write_cache=False).posts) == 1
    assert not (workspace.root / ".cmctl").exists()


def test_a_workspace_that_cannot_be_written_is_read_all_the_same(workspace) -> None:
    workspace.write(".cmctl", "a file where the folder should be")
    assert len(workspace.client(one=GOOD).posts) == 1


def test_the_cache_of_a_file_that_is_gone_goes_too(workspace) -> None:
    workspace.client(one=GOOD, two=GOOD.replace("good", "two"))
    assert len(cached(workspace)) == 2
    (workspace.root / "posts/atlas/two.yaml").unlink()
    load_client(workspace.settings, "atlas")
    assert len(cached(workspace)) == 1
