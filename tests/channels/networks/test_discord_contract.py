"""The contract of every HTTP adapter, kept by Discord's two against their stand-in."""

from collections.abc import Iterator

import pytest

from cmctl.channels.base import Channel
from cmctl.channels.networks.discord import DiscordChannel
from cmctl.channels.networks.discord_webhook import DiscordWebhookChannel
from cmctl.testing.channel_contract import HttpChannelContract
from cmctl.testing.standins.discord import Discord


class OnDiscord(HttpChannelContract):
    @pytest.fixture(autouse=True)
    def _channel_of_its_own(self) -> Iterator[None]:
        with Discord() as self.discord:
            yield

    def server(self) -> str:
        return self.discord.url

    def post_by_hand(self, text: str) -> str:
        return self.discord.post_by_hand(text)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.discord.comment_by_hand(post, text)

    def remote_texts(self) -> list[str]:
        return self.discord.texts()

    def remote_alts(self) -> list[str]:
        return self.discord.alts()


class TestDiscord(OnDiscord):
    kind = "discord"
    options = {"token": "env:ATLAS_DISCORD", "channel": Discord.channel}  # noqa: RUF012 - read only
    canary = Discord.token

    def open_channel(self, url: str) -> Channel:
        return DiscordChannel(token=self.discord.token, channel=self.discord.channel, url=url)


class TestDiscordWebhook(OnDiscord):
    kind = "discord_webhook"
    options = {"webhook": "env:ATLAS_DISCORD_WEBHOOK"}  # noqa: RUF012
    canary = Discord.webhook_token

    def open_channel(self, url: str) -> Channel:
        webhook = self.discord.webhook_url.replace(self.discord.url, url)
        return DiscordWebhookChannel(webhook=webhook)

    def post_by_hand(self, text: str) -> str:
        """A webhook reads and deletes its own messages: somebody posts with another tool."""
        message = self.discord._add({"content": text, "author": self.discord.bot})
        message["webhook_id"] = self.discord.webhook
        return str(message["id"])
