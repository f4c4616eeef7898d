from collections.abc import Mapping
from pathlib import Path

import pytest

from cmctl.config.load import LoadedPosts, LoadedSettings, load_client, load_settings
from cmctl.core.model import Post, Problem
from cmctl.core.settings import Settings

CONFIG = """\
timezone: Europe/Paris
language: fr
clients:
  atlas:
    name: Atlas Logistique
    channels:
      mastodon: {url: https://mastodon.example, token: env:ATLAS_TOKEN}
      blue: {network: bluesky, handle: atlas.example, password: env:ATLAS_BLUE}
  bistro:
    name: Le Bistro
    channels:
      mastodon: {url: https://mastodon.example, token: env:BISTRO_TOKEN}
"""


class Workspace:
    """A workspace in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("config.yaml", CONFIG)

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def load_settings(self, content: str | None = None) -> LoadedSettings:
        if content is not None:
            self.write("config.yaml", content)
        return load_settings(self.root / "config.yaml")

    @property
    def settings(self) -> Settings:
        loaded = self.load_settings()
        assert loaded.settings, loaded.problems
        return loaded.settings

    def client(self, client: str = "atlas", **files: str | bytes) -> LoadedPosts:
        """Write `name="content"` as posts/<client>/name.yaml and read the client."""
        for name, content in files.items():
            self.write(f"posts/{client}/{name}.yaml", content)
        return load_client(self.settings, client)

    def post(self, body: str) -> Post:
        """Read the one post that `body` is, which must be right."""
        loaded = self.client(one=body)
        assert not loaded.problems, told(loaded.problems)
        (post,) = loaded.posts
        return post

    def problems(self, body: str) -> list[str]:
        """Read a file of posts and return its problems as a person sees them."""
        return told(self.client(one=body).problems)


def told(problems: Mapping[int, Problem] | tuple[Problem, ...] | list[Problem]) -> list[str]:
    """Return problems as lines; without a fix the line ends with the message."""
    return [
        f"{problem.place}: {problem.message}" + (f" -> {problem.fix}" if problem.fix else "")
        for problem in problems
    ]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)
