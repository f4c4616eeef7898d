from collections.abc import Mapping
from pathlib import Path

import pytest

from cmctl.channels.base import Channel
from cmctl.channels.registry import load
from cmctl.config.load import LoadedPosts, LoadedSettings, load_posts, load_settings
from cmctl.core.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def loaded() -> LoadedSettings:
    return load_settings(ROOT / "config.example.yaml", write_cache=False)


@pytest.fixture(scope="session")
def settings(loaded: LoadedSettings) -> Settings:
    assert loaded.settings, loaded.problems
    return loaded.settings


@pytest.fixture(scope="session")
def clients(settings: Settings) -> list[LoadedPosts]:
    return list(load_posts(settings, write_cache=False))


@pytest.fixture(scope="session")
def adapters(settings: Settings) -> Mapping[str, Channel]:
    """Every channel, opened with its secrets as they stand: nothing is sent here."""
    return {one.name: load(one.network).open(one.options) for one in settings.channels()}
