"""The contract of every HTTP adapter, kept by Instagram's against its stand-in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from cmctl.channels.base import Outgoing
from cmctl.channels.networks.instagram import InstagramChannel
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.channel_contract.network import picture
from cmctl.testing.standins.instagram import Instagram


class TestInstagram(HttpChannelContract):
    kind = "instagram"
    options = {"account": Instagram.account, "token": "env:ATLAS_INSTAGRAM"}  # noqa: RUF012
    canary = Instagram.token

    @pytest.fixture(autouse=True)
    def _account_of_its_own(self) -> Iterator[None]:
        with Instagram() as self.instagram:
            yield

    def server(self) -> str:
        return self.instagram.url

    def classify(self, method: str, path: str) -> str:
        is_container = method == "POST" and path.endswith("/media")
        return "upload" if is_container else super().classify(method, path)

    def open_channel(self, url: str) -> InstagramChannel:
        return InstagramChannel(account=Instagram.account, token=self.instagram.token, url=url)

    def outgoing(self, content: Content | str, *, key: str = "", images: int = 0) -> Outgoing:
        out = super().outgoing(content, key=key, images=images)
        if out.content.media:
            return out
        shown = replace(out.content, media=self.pictures(1))
        return replace(out, content=shown, attachments=(picture(0),))

    def pictures(self, count: int) -> tuple[Media, ...]:
        return tuple(
            Media(file=f"https://atlas.example/{number}.jpg", alt=picture(number).alt)
            for number in range(count)
        )

    def post_by_hand(self, text: str) -> str:
        return self.instagram.post_by_hand(text)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.instagram.comment_by_hand(post, text)

    def is_hidden(self, comment: str) -> bool:
        return self.instagram.is_hidden(comment)

    def remote_texts(self) -> list[str]:
        return self.instagram.texts()

    def remote_alts(self) -> list[str]:
        return self.instagram.alts()
