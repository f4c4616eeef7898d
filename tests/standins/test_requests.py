"""docs/networks.md says how many requests each network costs: counted on the stand-ins."""

from collections.abc import Callable

import pytest

from cmctl.channels.base import Channel
from cmctl.channels.networks.discord import DiscordChannel
from cmctl.channels.networks.discord_webhook import DiscordWebhookChannel
from cmctl.channels.networks.facebook_page import FacebookPageChannel
from cmctl.channels.networks.google_business import GoogleBusinessChannel
from cmctl.channels.networks.instagram import InstagramChannel
from cmctl.channels.networks.linkedin import LinkedInChannel
from cmctl.channels.networks.linkedin_member import LinkedInMemberChannel
from cmctl.channels.networks.mattermost import MattermostChannel
from cmctl.channels.networks.mattermost_webhook import MattermostWebhookChannel
from cmctl.channels.networks.pinterest import PinterestChannel
from cmctl.channels.networks.slack import SlackChannel
from cmctl.channels.networks.slack_webhook import SlackWebhookChannel
from cmctl.channels.networks.telegram import TelegramChannel
from cmctl.channels.networks.threads import ThreadsChannel
from cmctl.channels.networks.x import XChannel
from cmctl.testing.standins.discord import Discord
from cmctl.testing.standins.facebook import Facebook
from cmctl.testing.standins.google_business import GoogleBusiness
from cmctl.testing.standins.instagram import Instagram
from cmctl.testing.standins.linkedin import LinkedIn
from cmctl.testing.standins.mattermost import Mattermost
from cmctl.testing.standins.pinterest import Pinterest
from cmctl.testing.standins.slack import Slack
from cmctl.testing.standins.telegram import Telegram
from cmctl.testing.standins.threads import Threads
from cmctl.testing.standins.x import X
from docs.requests_made import counted, told

Opened = Callable[..., Channel]
OPENED: dict[str, tuple[type, Opened]] = {
    "telegram": (Telegram, lambda s: TelegramChannel(token=s.token, chat=s.chat, url=s.url)),
    "discord": (Discord, lambda s: DiscordChannel(token=s.token, channel=s.channel, url=s.url)),
    "discord_webhook": (Discord, lambda s: DiscordWebhookChannel(webhook=s.webhook_url)),
    "threads": (Threads, lambda s: ThreadsChannel(token=s.token, url=s.url)),
    "instagram": (
        Instagram,
        lambda s: InstagramChannel(account=s.account, token=s.token, url=s.url),
    ),
    "facebook_page": (
        Facebook,
        lambda s: FacebookPageChannel(page=s.account, token=s.token, url=s.url),
    ),
    "slack": (Slack, lambda s: SlackChannel(token=s.token, channel=s.channel, url=s.url)),
    "slack_webhook": (Slack, lambda s: SlackWebhookChannel(webhook=s.webhook_url)),
    "mattermost": (
        Mattermost,
        lambda s: MattermostChannel(url=s.url, token=s.token, channel=s.channel),
    ),
    "x": (X, lambda s: XChannel(token=s.token, url=s.url)),
    "pinterest": (
        Pinterest,
        lambda s: PinterestChannel(token=s.token, board=s.board, url=s.url),
    ),
    "google_business": (
        GoogleBusiness,
        lambda s: GoogleBusinessChannel(
            token=s.token, account=s.account, location=s.location, url=s.url
        ),
    ),
    "linkedin": (
        LinkedIn,
        lambda s: LinkedInChannel(token=s.token, organization=s.organization, url=s.url),
    ),
    "linkedin_member": (LinkedIn, lambda s: LinkedInMemberChannel(token=s.token, url=s.url)),
    "mattermost_webhook": (Mattermost, lambda s: MattermostWebhookChannel(webhook=s.webhook_url)),
}


@pytest.mark.parametrize("network", OPENED)
def test_the_page_tells_the_requests_that_are_made(network: str) -> None:
    kind, opened = OPENED[network]
    with kind() as server:
        channel = opened(server)
        found = counted(channel, lambda: len(server.calls))
        channel.close()
    assert found == told(network)
