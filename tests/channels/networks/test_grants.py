"""What networks say of a token that was pasted: when it ends, and what it may not do."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Rejected, Unauthorized
from cmctl.channels.grant import Grant
from cmctl.channels.networks.discord import DiscordChannel
from cmctl.channels.networks.facebook_page import FacebookPageChannel
from cmctl.channels.networks.google_business import GoogleBusinessChannel
from cmctl.channels.networks.instagram import InstagramChannel
from cmctl.channels.networks.linkedin import LinkedInChannel
from cmctl.channels.networks.linkedin_member import LinkedInMemberChannel
from cmctl.channels.networks.mastodon import MastodonChannel
from cmctl.channels.networks.slack import SlackChannel
from cmctl.channels.networks.telegram import TelegramChannel
from cmctl.channels.networks.threads import ThreadsChannel
from cmctl.channels.vendors.meta.sign_in import INSTAGRAM
from cmctl.testing.standins.discord import Discord
from cmctl.testing.standins.facebook import Facebook
from cmctl.testing.standins.google_business import GoogleBusiness
from cmctl.testing.standins.graph import GraphStandIn
from cmctl.testing.standins.instagram import Instagram
from cmctl.testing.standins.linkedin import LinkedIn
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


def linkedin(server: LinkedIn, **more: str) -> LinkedInMemberChannel:
    options = {"client_id": server.app, "client_secret": server.app_secret, **more}
    return LinkedInMemberChannel(token=server.token, url=server.url, **options)


def test_linkedin_tells_its_app_when_a_token_ends_and_what_it_lacks() -> None:
    with LinkedIn() as server, closing(linkedin(server)) as channel:
        server.token_ends = int(ENDS.timestamp())
        server.scopes = ("openid", "w_member_social")
        assert channel.grant() == Grant(ends=ENDS, missing=("profile",))
        server.tokens.expire(server.token)
        with pytest.raises(Unauthorized, match="the token is expired"):
            channel.grant()


def test_linkedin_says_nothing_of_a_token_to_who_is_not_its_app() -> None:
    with LinkedIn() as server:
        with closing(linkedin(server, client_secret="")) as channel:
            assert channel.grant() is None
        for wrong in ({"client_id": "another"}, {"client_secret": "a-secret-that-is-old"}):
            # No `Unauthorized`: that the secret is wrong says nothing of the token.
            with closing(linkedin(server, **wrong)) as channel, pytest.raises(Rejected) as raised:
                channel.grant()
            assert not isinstance(raised.value, Unauthorized)
            assert "a-secret-that-is-old" not in str(raised.value)


def test_a_page_of_linkedin_needs_more_than_a_member() -> None:
    with LinkedIn() as server:
        app = {"client_id": server.app, "client_secret": server.app_secret}
        account = {"organization": server.organization, "url": server.url}
        with closing(LinkedInChannel(token=server.token, **account, **app)) as channel:
            server.scopes = ("w_organization_social", "r_organization_social")
            grant = channel.grant()
    assert grant is not None
    assert grant.missing == ("w_organization_social_feed", "r_organization_social_feed")


def test_google_tells_when_a_token_ends_and_what_it_lacks() -> None:
    with GoogleBusiness() as server:
        server.clock = lambda: ENDS
        account = {"account": server.account, "location": server.location, "url": server.url}
        with closing(GoogleBusinessChannel(token=server.token, **account)) as channel:
            assert channel.grant() == Grant(ends=ENDS + timedelta(minutes=50))
            server.scopes = ("openid",)
            (missing,) = channel.grant().missing
            assert missing.endswith("business.manage")
            server.tokens.expire(server.token)
            with pytest.raises(Unauthorized, match="Invalid Value"):
                channel.grant()
        assert not any(server.token in str(call.query) for call in server.calls)
