import json
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest

from cmctl.channels.networks.folder import FolderChannel
from cmctl.testing import ChannelContract


class TestFolder(ChannelContract):
    kind = "folder"
    options: ClassVar = {"path": "outbox/tiktok"}

    @pytest.fixture(autouse=True)
    def _network(self, tmp_path: Path):
        self.path = tmp_path / "tiktok"
        self.numbers = count()

    def open_channel(self, url: str) -> FolderChannel:
        return FolderChannel.open({"path": str(self.path)})

    def post_by_hand(self, text: str) -> str:
        self.path.mkdir(exist_ok=True)
        name = f"by-hand-{next(self.numbers)}.txt"
        (self.path / name).write_text(text)
        return name

    def remote_texts(self) -> list[str]:
        own = [*self.path.glob("[!.]*/text.txt"), *self.path.glob("[!.]*/part-*.txt")]
        return [path.read_bytes().decode() for path in [*own, *self.path.glob("*.txt")]]

    def remote_alts(self) -> list[str]:
        posts = [json.loads(path.read_bytes()) for path in self.path.glob("[!.]*/post.json")]
        alts = [item["alt"] for post in posts for item in post["media"]]
        assert sorted(alts) == sorted(p.read_text() for p in self.path.glob("*/*.png.txt"))
        return alts
