"""docs/networks.md says how many requests each network costs: counted on the stand-ins."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmctl.channels.base import Channel, Timeline
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
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import errors, outgoing
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

PAGE = Path(__file__).parents[2] / "docs" / "networks.md"
TWO_IMAGES = Content(
    text="Deux images",
    media=tuple(Media(file=f"https://atlas.example/{n}.jpg", alt="Vue") for n in range(2)),
)
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


def counted(network: str) -> list[str]:
    """Return the requests of a text, of one with two images, and of a reading, once signed in."""
    kind, opened = OPENED[network]
    with kind() as server:
        channel = opened(server)

        def requests(act: Callable[[], object]) -> str:
            before = len(server.calls)
            act()
            return str(len(server.calls) - before)

        posts = [outgoing("Un texte"), outgoing(TWO_IMAGES, images=2)]
        able = [not errors(channel, post.content) for post in posts]
        first = posts[able.index(True)]
        other = replace(first.content, text="Pour commencer")  # a text may be refused twice
        channel.publish(replace(first, key="f" * 32, content=other))  # signs in
        found = [
            requests(lambda post=post: channel.publish(post)) if can else "-"  # type: ignore[misc]
            for post, can in zip(posts, able, strict=True)
        ]
        reads = isinstance(channel, Timeline)
        since = datetime.now(UTC) - timedelta(days=14)
        found.append(requests(lambda: list(channel.timeline(since))) if reads else "-")  # type: ignore[attr-defined]
        channel.close()
    return found


@pytest.mark.parametrize("network", OPENED)
def test_the_page_tells_the_requests_that_are_made(network: str) -> None:
    row = re.search(rf"^\| `{network}` \| ([-0-9 |]+) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert row is not None, counted(network)
    assert row[1].split(" | ") == counted(network)
