"""What networks say of a token that was pasted: when it ends, and what it may not do."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import pytest

from cmctl.channels.base import Rejected
from cmctl.channels.grant import Grant
from cmctl.channels.networks.discord import DiscordChannel
from cmctl.channels.networks.facebook_page import FacebookPageChannel
from cmctl.channels.networks.instagram import InstagramChannel
from cmctl.channels.networks.mastodon import MastodonChannel
from cmctl.channels.networks.slack import SlackChannel
from cmctl.channels.networks.telegram import TelegramChannel
from cmctl.channels.networks.threads import ThreadsChannel
from cmctl.channels.vendors.meta.sign_in import INSTAGRAM
from cmctl.testing.standins.discord import Discord
from cmctl.testing.standins.facebook import Facebook
from cmctl.testing.standins.graph import GraphStandIn
from cmctl.testing.standins.instagram import Instagram
from cmctl.testing.standins.slack import Slack
from cmctl.testing.standins.telegram import Telegram
from cmctl.testing.standins.threads import Threads
from servers.standin import Reply, stand_in

ENDS = datetime(2027, 1, 21, 9, 0, tzinfo=UTC)
Meta = FacebookPageChannel | InstagramChannel | ThreadsChannel


@pytest.fixture(params=["facebook_page", "instagram", "threads"])
def meta(request: pytest.FixtureRequest) -> Iterator[tuple[GraphStandIn, Meta]]:
    server: GraphStandIn
    channel: Meta
    with ExitStack() as stack:
        if request.param == "facebook_page":
            server = page = stack.enter_context(Facebook())
            channel = FacebookPageChannel(page=page.account, token=page.token, url=page.url)
        elif request.param == "instagram":
            server = gram = stack.enter_context(Instagram())
            channel = InstagramChannel(account=gram.account, token=gram.token, url=gram.url)
        else:
            server = threads = stack.enter_context(Threads())
            channel = ThreadsChannel(token=threads.token, url=threads.url)
        server.scopes = tuple(channel.sign_in({"url": server.url}).scopes)
        yield server, stack.enter_context(closing(channel))


def test_meta_tells_when_a_token_ends_and_what_it_lacks(meta: tuple[GraphStandIn, Meta]) -> None:
    server, channel = meta
    assert channel.grant() == Grant()
    server.token_ends = int(ENDS.timestamp())
    *server.scopes, last = server.scopes
    assert channel.grant() == Grant(ends=ENDS, missing=(last,))


def test_meta_tells_nothing_to_whoever_is_no_developer_of_the_app(
    meta: tuple[GraphStandIn, Meta],
) -> None:
    server, channel = meta
    server.tells_of_tokens = False
    assert channel.grant() is None


def test_a_token_that_is_over_is_no_grant(meta: tuple[GraphStandIn, Meta]) -> None:
    server, channel = meta
    server.tokens.expire(server.token)  # type: ignore[attr-defined] # each has one
    with pytest.raises(Rejected, match="expired"):
        channel.grant()


def test_a_token_of_instagram_login_is_not_asked_for() -> None:
    with closing(InstagramChannel(account="1", token="t", url=INSTAGRAM)) as channel:
        assert channel.grant() is None


def test_slack_names_the_scopes_beside_its_answer() -> None:
    with (
        Slack() as slack,
        closing(SlackChannel(token=slack.token, channel=slack.channel, url=slack.url)) as channel,
    ):
        assert channel.grant() == Grant()
        slack.scopes = ["chat:write", "reactions:read"]
        assert channel.grant() == Grant(missing=("files:write", "channels:history"))
        slack.scopes = ["chat:write", "files:write", "reactions:read", "groups:history"]
        assert channel.grant() == Grant()


def test_telegram_tells_which_rights_the_bot_lacks() -> None:
    with (
        Telegram() as telegram,
        closing(
            TelegramChannel(token=telegram.token, chat=telegram.chat, url=telegram.url)
        ) as channel,
    ):
        assert channel.grant() == Grant()
        telegram.rights["can_post_messages"] = False
        assert channel.grant() == Grant(missing=("the right to post messages",))


def test_discord_tells_whether_the_bot_reads_others() -> None:
    with (
        Discord() as discord,
        closing(
            DiscordChannel(token=discord.token, channel=discord.channel, url=discord.url)
        ) as channel,
    ):
        assert channel.grant() == Grant()
        discord.may_read = False
        assert channel.grant() == Grant(missing=("the Message Content Intent",))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Reply(200, {"name": "cmctl", "scopes": ["read", "write"]}), Grant()),
        (
            Reply(200, {"name": "cmctl", "scopes": ["read", "write:statuses"]}),
            Grant(missing=("write:media",)),
        ),
        (Reply(200, {"name": "cmctl"}), None),  # before 4.3
        (Reply(404, {"error": "Record not found"}), None),
    ],
)
def test_mastodon_tells_what_the_program_may_do(answer: Reply, told: Grant | None) -> None:
    with (
        stand_in() as server,
        closing(MastodonChannel(url=server.url, token="t")) as channel,
    ):
        server.on("GET /api/v1/apps/verify_credentials", answer)
        assert channel.grant() == told
