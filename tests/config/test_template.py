"""What `cmctl init` writes passes its own check, in any zone and at any time."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.channels.registry import load
from cmctl.config.load import load_posts, load_settings, past_times, scan, stray_files
from cmctl.config.template import new_workspace, write_new

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
PATHS = [
    "config.yaml",
    "posts/my-client/welcome.yaml",
    ".gitignore",
    ".cmctl/schemas/config.json",
    ".cmctl/schemas/posts.json",
]


@pytest.mark.parametrize("zone", ["Europe/Paris", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_new_workspace_has_no_problem(tmp_path: Path, zone: str) -> None:
    written, left = write_new(tmp_path, new_workspace(NOW, ZoneInfo(zone)))
    assert (written, left) == (PATHS, [])
    loaded = load_settings(tmp_path / "config.yaml")
    assert loaded.problems == ()
    assert loaded.settings
    assert loaded.settings.zone.key == zone
    assert stray_files(loaded.settings, scan(tmp_path)) == []
    (posts,) = load_posts(loaded.settings)
    assert posts.problems == ()
    assert len(posts.posts) == 3
    assert past_times(posts.posts, NOW) == []


def test_the_accounts_that_it_hints_at_are_right_once_they_are_taken(tmp_path: Path) -> None:
    write_new(tmp_path, new_workspace(NOW, ZoneInfo("Europe/Paris")))
    path = tmp_path / "config.yaml"
    hint = re.compile(r"^( {6})# ((?:  )?\w+:(?: .*)?)$", re.MULTILINE)
    path.write_text(hint.sub(r"\1\2", path.read_text(encoding="utf-8")), encoding="utf-8")
    loaded = load_settings(path)
    assert loaded.problems == ()
    assert loaded.settings
    (client,) = loaded.settings.clients.values()
    assert set(client.channels) == {
        *("outbox", "mastodon", "bluesky", "linkedin", "pinterest", "google_business")
    }
    for channel in client.channels.values():
        places = dict.fromkeys(["", *channel.options], channel.place)
        checked = load(channel.network).check_options(channel.options, places)
        assert list(checked) == [], channel.name


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("mine")
    written, left = write_new(tmp_path, new_workspace(NOW, ZoneInfo("Europe/Paris")))
    assert left == ["config.yaml"]
    assert written == PATHS[1:]
    assert (tmp_path / "config.yaml").read_text() == "mine"


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_no_placeholder_is_left_at_any_time(now: datetime) -> None:
    for content in new_workspace(now, ZoneInfo("Australia/Lord_Howe")).values():
        assert "{{" not in content
