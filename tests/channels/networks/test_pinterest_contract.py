"""The contract of every HTTP adapter, kept by Pinterest's against its stand-in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cmctl.channels.base import Channel, Outgoing
from cmctl.channels.networks.pinterest import PinterestChannel
from cmctl.core.model import Content
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.channel_contract.network import picture
from cmctl.testing.standins.pinterest import Pinterest


class TestPinterest(HttpChannelContract):
    kind = "pinterest"
    options = {"token": "env:ATLAS_PINTEREST", "board": Pinterest.board}  # noqa: RUF012
    canary = Pinterest.token

    @pytest.fixture(autouse=True)
    def _account_of_its_own(self) -> Iterator[None]:
        with Pinterest() as self.pinterest:
            yield

    def server(self) -> str:
        return self.pinterest.url

    def open_channel(self, url: str) -> Channel:
        return PinterestChannel(token=self.pinterest.token, board=Pinterest.board, url=url)

    def outgoing(self, content: Content | str, *, key: str = "", images: int = 0) -> Outgoing:
        out = super().outgoing(content, key=key, images=images)
        if out.content.media:
            return out
        shown = replace(out.content, media=self.pictures(1))
        return replace(out, content=shown, attachments=(picture(0),))

    def post_by_hand(self, text: str) -> str:
        return self.pinterest.post_by_hand(text)

    def remote_texts(self) -> list[str]:
        return self.pinterest.texts()

    def remote_alts(self) -> list[str]:
        return self.pinterest.alts()
