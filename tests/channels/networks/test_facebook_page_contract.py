"""The contract of every HTTP adapter, kept by Facebook's against its stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.networks.facebook_page import FacebookPageChannel
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.standins.facebook import Facebook


class TestFacebookPage(HttpChannelContract):
    kind = "facebook_page"
    options = {"page": Facebook.account, "token": "env:ATLAS_FACEBOOK"}  # noqa: RUF012 - read only
    canary = Facebook.token

    @pytest.fixture(autouse=True)
    def _page_of_its_own(self) -> Iterator[None]:
        with Facebook() as self.facebook:
            yield

    def server(self) -> str:
        return self.facebook.url

    def classify(self, method: str, path: str) -> str:
        return "upload" if path.endswith("/photos") else super().classify(method, path)

    def open_channel(self, url: str) -> FacebookPageChannel:
        return FacebookPageChannel(page=Facebook.account, token=self.facebook.token, url=url)

    def post_by_hand(self, text: str) -> str:
        return self.facebook.post_by_hand(text)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.facebook.comment_by_hand(post, text)

    def is_hidden(self, comment: str) -> bool:
        return self.facebook.is_hidden(comment)

    def remote_texts(self) -> list[str]:
        return self.facebook.texts()

    def remote_alts(self) -> list[str]:
        return self.facebook.alts()
