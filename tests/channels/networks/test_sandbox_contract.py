import json
from pathlib import Path
from typing import ClassVar

import pytest

from cmctl.channels.networks.sandbox import SandboxChannel
from cmctl.testing import HttpChannelContract
from cmctl.testing.sandbox import Rules, SandboxClient, SandboxServer

TOKEN = "canary-7f3a9c"


def classify(method: str, path: str) -> str:
    if method == "POST" and "/media" in path:
        return "upload"
    return {"POST": "post", "GET": "read", "DELETE": "delete"}[method]


class TestSandbox(HttpChannelContract):
    kind = "sandbox"
    options: ClassVar = {"url": "http://127.0.0.1:8700", "account": "atlas", "token": "env:ATLAS"}
    canary = TOKEN

    @pytest.fixture(autouse=True)
    def _network(self, tmp_path: Path):
        with SandboxServer(tmp_path, rules=Rules(tokens={"atlas": TOKEN})) as self.sandbox:
            yield

    def server(self) -> str:
        return self.sandbox.url

    def classify(self, method: str, path: str) -> str:
        return classify(method, path)

    def open_channel(self, url: str) -> SandboxChannel:
        return SandboxChannel.open({"url": url, "account": "atlas", "token": TOKEN})

    def comment_by_hand(self, post: str, text: str) -> str:
        client = SandboxClient(self.sandbox.url)
        try:
            return client.comment("atlas", text, on=post)
        finally:
            client.close()

    def is_hidden(self, comment: str) -> bool:
        hides = [line for line in self._lines() if line["op"] == "hide" and line["id"] == comment]
        return hides[-1]["hidden"]

    def post_by_hand(self, text: str) -> str:
        client = SandboxClient(self.sandbox.url)
        try:
            return client.post_by_hand("atlas", text)
        finally:
            client.close()

    def remote_texts(self) -> list[str]:
        return [line["text"] for line in self._standing()]

    def remote_alts(self) -> list[str]:
        names = [name for line in self._standing() for name in line["media"]]
        alts = {line["id"]: line["alt"] for line in self._lines() if line["op"] == "media"}
        return [alts[name] for name in names]

    def _standing(self) -> list[dict]:
        lines = self._lines()
        gone = {line["id"] for line in lines if line["op"] == "delete"}
        return [line for line in lines if line["op"] == "post" and line["id"] not in gone]

    def _lines(self) -> list[dict]:
        return [json.loads(raw) for raw in self.sandbox.oracle.read_text().splitlines() if raw]
