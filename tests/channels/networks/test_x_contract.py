"""The contract of every HTTP adapter, kept by X's against its stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.base import Channel
from cmctl.channels.networks.x import XChannel
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.standins.x import X


class TestX(HttpChannelContract):
    kind = "x"
    options = {"token": "env:ATLAS_X"}  # noqa: RUF012 - read only
    canary = X.token
    refuses_doubles = True

    @pytest.fixture(autouse=True)
    def _account_of_its_own(self) -> Iterator[None]:
        with X() as self.x:
            yield

    def server(self) -> str:
        return self.x.url

    def classify(self, method: str, path: str) -> str:
        return "upload" if "/media/" in path else super().classify(method, path)

    def open_channel(self, url: str) -> Channel:
        return XChannel(token=self.x.token, url=url)

    def post_by_hand(self, text: str) -> str:
        return self.x.post_by_hand(text)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.x.comment_by_hand(post, text)

    def is_hidden(self, comment: str) -> bool:
        return self.x.is_hidden(comment)

    def remote_texts(self) -> list[str]:
        return self.x.texts()

    def remote_alts(self) -> list[str]:
        return self.x.alts()
