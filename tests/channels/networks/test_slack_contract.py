"""The contract of every HTTP adapter, kept by Slack's two against their stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.base import Channel
from cmctl.channels.networks.slack import SlackChannel
from cmctl.channels.networks.slack_webhook import SlackWebhookChannel
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.standins.slack import Slack

CALLS = {"chat.postMessage": "post", "chat.delete": "delete"}


class OnSlack(HttpChannelContract):
    @pytest.fixture(autouse=True)
    def _channel_of_its_own(self) -> Iterator[None]:
        with Slack() as self.slack:
            yield

    def server(self) -> str:
        return self.slack.url

    def post_by_hand(self, text: str) -> str:
        return self.slack.post_by_hand(text)

    def remote_texts(self) -> list[str]:
        return self.slack.texts()

    def remote_alts(self) -> list[str]:
        return self.slack.alts()


class TestSlack(OnSlack):
    kind = "slack"
    options = {"token": "env:ATLAS_SLACK", "channel": Slack.channel}  # noqa: RUF012 - read only
    canary = Slack.token

    def classify(self, method: str, path: str) -> str:
        name = path.rpartition("/")[2].partition("?")[0]
        return "upload" if name.startswith("files.") else CALLS.get(name, "read")

    def open_channel(self, url: str) -> Channel:
        return SlackChannel(token=self.slack.token, channel=self.slack.channel, url=url)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.slack.comment_by_hand(post, text)


class TestSlackWebhook(OnSlack):
    kind = "slack_webhook"
    options = {"webhook": "env:ATLAS_SLACK_WEBHOOK"}  # noqa: RUF012
    canary = Slack.webhook_token

    def open_channel(self, url: str) -> Channel:
        return SlackWebhookChannel(webhook=self.slack.webhook_url.replace(self.slack.url, url))
