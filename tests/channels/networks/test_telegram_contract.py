"""The contract of every HTTP adapter, kept by Telegram's against its stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.networks.telegram import TelegramChannel
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.standins.telegram import Telegram


class TestTelegram(HttpChannelContract):
    kind = "telegram"
    options = {"token": "env:ATLAS_TELEGRAM", "chat": "@atlas"}  # noqa: RUF012 - read only
    canary = Telegram.token

    @pytest.fixture(autouse=True)
    def _channel_of_its_own(self) -> Iterator[None]:
        with Telegram() as self.telegram:
            yield

    def server(self) -> str:
        return self.telegram.url

    def classify(self, method: str, path: str) -> str:
        name = path.rpartition("/")[2]
        if name.startswith("send"):
            return "post"
        return {"deleteMessage": "delete"}.get(name, "read")

    def open_channel(self, url: str) -> TelegramChannel:
        return TelegramChannel(token=self.telegram.token, chat=self.telegram.chat, url=url)

    def post_by_hand(self, text: str) -> str:
        return self.telegram.post_by_hand(text)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.telegram.comment_by_hand(post, text)

    def remote_texts(self) -> list[str]:
        return self.telegram.texts()

    def remote_alts(self) -> list[str]:
        return self.telegram.alts()
