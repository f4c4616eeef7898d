"""docs/networks.md says how many requests each network costs: counted on the stand-ins."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmctl.channels.base import Channel, Timeline
from cmctl.channels.networks.discord import DiscordChannel
from cmctl.channels.networks.discord_webhook import DiscordWebhookChannel
from cmctl.channels.networks.facebook_page import FacebookPageChannel
from cmctl.channels.networks.mattermost import MattermostChannel
from cmctl.channels.networks.mattermost_webhook import MattermostWebhookChannel
from cmctl.channels.networks.slack import SlackChannel
from cmctl.channels.networks.slack_webhook import SlackWebhookChannel
from cmctl.channels.networks.telegram import TelegramChannel
from cmctl.channels.networks.threads import ThreadsChannel
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import outgoing
from cmctl.testing.standins.discord import Discord
from cmctl.testing.standins.facebook import Facebook
from cmctl.testing.standins.mattermost import Mattermost
from cmctl.testing.standins.slack import Slack
from cmctl.testing.standins.telegram import Telegram
from cmctl.testing.standins.threads import Threads

PAGE = Path(__file__).parents[2] / "docs" / "networks.md"
TWO_IMAGES = Content(
    text="Deux images",
    media=tuple(Media(file=f"https://atlas.example/{n}.jpg") for n in range(2)),
)
Opened = Callable[..., Channel]
OPENED: dict[str, tuple[type, Opened]] = {
    "telegram": (Telegram, lambda s: TelegramChannel(token=s.token, chat=s.chat, url=s.url)),
    "discord": (Discord, lambda s: DiscordChannel(token=s.token, channel=s.channel, url=s.url)),
    "discord_webhook": (Discord, lambda s: DiscordWebhookChannel(webhook=s.webhook_url)),
    "threads": (Threads, lambda s: ThreadsChannel(token=s.token, url=s.url)),
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
    "mattermost_webhook": (Mattermost, lambda s: MattermostWebhookChannel(webhook=s.webhook_url)),
}


def counted(network: str) -> list[str]:
    """Return the requests of a text, of one with two images, and of a reading, once signed in."""
    kind, opened = OPENED[network]
    with kind() as server:
        channel = opened(server)
        channel.publish(outgoing("Pour commencer"))
        found = []
        for act in (
            lambda: channel.publish(outgoing("Un texte")),
            lambda: channel.publish(outgoing(TWO_IMAGES, images=2)),
            lambda: list(channel.timeline(datetime.now(UTC) - timedelta(days=14))),  # type: ignore[attr-defined]
        ):
            before = len(server.calls)
            able = channel.capabilities.media.count or len(found) != 1
            if not able or (len(found) == 2 and not isinstance(channel, Timeline)):
                found.append("-")
                continue
            act()
            found.append(str(len(server.calls) - before))
        channel.close()
    return found


@pytest.mark.parametrize("network", OPENED)
def test_the_page_tells_the_requests_that_are_made(network: str) -> None:
    row = re.search(rf"^\| `{network}` \| ([-0-9 |]+) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert row is not None, counted(network)
    assert row[1].split(" | ") == counted(network)
