"""The contract of every HTTP adapter, kept by Mattermost's two against their stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.base import Channel
from cmctl.channels.networks.mattermost import MattermostChannel
from cmctl.channels.networks.mattermost_webhook import MattermostWebhookChannel
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.standins.mattermost import Mattermost


class OnMattermost(HttpChannelContract):
    @pytest.fixture(autouse=True)
    def _channel_of_its_own(self) -> Iterator[None]:
        with Mattermost() as self.mattermost:
            yield

    def server(self) -> str:
        return self.mattermost.url

    def classify(self, method: str, path: str) -> str:
        return "upload" if path.endswith("/files") else super().classify(method, path)

    def post_by_hand(self, text: str) -> str:
        return self.mattermost.post_by_hand(text)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.mattermost.comment_by_hand(post, text)

    def remote_texts(self) -> list[str]:
        return self.mattermost.texts()

    def remote_alts(self) -> list[str]:
        return self.mattermost.alts()


class TestMattermost(OnMattermost):
    kind = "mattermost"
    options = {  # noqa: RUF012 - read only
        "url": "https://chat.example",
        "token": "env:ATLAS_MATTERMOST",
        "channel": Mattermost.channel,
    }
    canary = Mattermost.token

    def open_channel(self, url: str) -> Channel:
        server = self.mattermost
        return MattermostChannel(url=url, token=server.token, channel=server.channel)


class TestMattermostWebhook(OnMattermost):
    kind = "mattermost_webhook"
    options = {"webhook": "env:ATLAS_MATTERMOST_WEBHOOK"}  # noqa: RUF012
    canary = Mattermost.webhook_token

    def open_channel(self, url: str) -> Channel:
        webhook = self.mattermost.webhook_url.replace(self.mattermost.url, url)
        return MattermostWebhookChannel(webhook=webhook)
