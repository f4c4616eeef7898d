"""Every YAML block of the pages is read without an error."""

from pathlib import Path

import pytest
import yaml

from cmctl.config.load import load_client, load_settings
from cmctl.core.model import Severity
from docs.pages import PAGES, Block, blocks

SHOWN = [block for page in PAGES for block in blocks(page) if block.language == "yaml"]
#: Those that a page writes into a workspace are checked there.
BLOCKS = [block for block in SHOWN if "file" not in block.marks]
#: The channels that the pages' posts name.
CONFIG = """
timezone: Europe/Paris
slots: [mon-fri 09:00]
clients:
  atlas:
    name: Atlas
    channels:
      page: {network: folder, path: page}
      mastodon: {network: folder, path: mastodon}
      bluesky: {network: folder, path: bluesky}
      news: {network: folder, path: news}
      outbox: {network: folder, path: outbox}
      google_business: {token: "env:G", account: "1", location: "2"}
"""


def is_config(block: Block) -> bool:
    return "\nclients:" in f"\n{block.text}"


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_loads(block: Block, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(block.text if is_config(block) else CONFIG, encoding="utf-8")
    loaded = load_settings(config, write_cache=False)
    assert _errors(loaded.problems) == []
    if is_config(block):
        return
    path = tmp_path / "posts" / "atlas" / "shown.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(block.text, encoding="utf-8")
    for post in _posts(block):
        for image in post.get("media", ()):
            (path.parent / image["file"]).parent.mkdir(exist_ok=True)
            (path.parent / image["file"]).touch()
    posts = load_client(loaded.settings, "atlas", write_cache=False)
    assert _errors(posts.problems) == []
    assert len(posts.posts) == len(_posts(block))


def test_what_a_page_writes_it_also_checks() -> None:
    for page in {block.page for block in SHOWN if "file" in block.marks}:
        assert "$ cmctl check" in page.read_text(encoding="utf-8"), page.name


def _posts(block: Block) -> list[dict]:
    read = yaml.load(block.text, yaml.BaseLoader)
    return read if isinstance(read, list) else [read]


def _errors(problems) -> list[str]:
    return [str(one) for one in problems if one.severity is Severity.ERROR]
