"""An independent check: the vendors' clients send the same posts to the same stand-ins.

python-telegram-bot, discord.py and tweepy are not the vendors' own, but the best kept; slack-sdk is
Slack's. There is none for Mattermost that is kept. Both requests are compared field by field; every
difference stands in `EXPLAINED` with its reason, and no other is allowed.
"""

import asyncio
import html
import io
import warnings
from collections.abc import Iterator

import pytest
import slack_sdk
import slack_sdk.webhook
import telegram
import tweepy

from cmctl.channels.networks.discord import DiscordChannel
from cmctl.channels.networks.discord_webhook import DiscordWebhookChannel
from cmctl.channels.networks.slack import SlackChannel
from cmctl.channels.networks.slack_webhook import SlackWebhookChannel
from cmctl.channels.networks.telegram import TelegramChannel
from cmctl.channels.networks.x import XChannel
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import picture
from cmctl.testing.standins import Asked
from cmctl.testing.standins.discord import Discord
from cmctl.testing.standins.slack import Slack
from cmctl.testing.standins.telegram import Telegram
from cmctl.testing.standins.x import X
from standins.compare import KEY, explained, sent

with warnings.catch_warnings():  # it imports what Python 3.13 has no more, and brings its own
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    import discord.http

TEXT = "Notre entrepôt ouvre à Rennes & Brest : https://atlas.example/a_b\n\n#logistique 🏭"
#: By what is sent and its field: why ours and theirs differ. `type` is the body's MIME type.
EXPLAINED: dict[str, dict[str, str]] = {
    "telegram message": {"type": "they send forms, we send JSON; the Bot API reads both"},
    "telegram answer": {
        "type": "they send forms, we send JSON; the Bot API reads both",
        "reply_parameters.allow_sending_without_reply": "they send the default, false",
    },
    "telegram photo": {},
    "slack message": {},
    "slack thread": {},
    "slack upload address": {},
    "slack file": {"type": "they call the bytes a form, we say what they are"},
    "slack completed": {"type": "they send forms, we send JSON; the method reads both"},
    "slack webhook": {},
    "x post": {},
    "x answer": {},
    "x images": {},
    "discord message": {
        "attachments": "they send an empty list, we leave out what is not there",
        "components": "they send an empty list, we leave out what is not there",
        "tts": "they send the default, false",
    },
    "discord images": {
        "attachments": "they number them, we name them as the description has it, by texts",
        "components": "they send an empty list, we leave out what is not there",
        "tts": "they send the default, false",
    },
    "discord webhook": {
        "attachments": "they number them, we name them as the description has it, by texts",
        "tts": "they send the default, false",
        "with_components": "they send the default, false",
    },
}


# --- Telegram ---------------------------------------------------------------------------------


@pytest.fixture
def bot_api() -> Iterator[Telegram]:
    with Telegram() as server:
        yield server


def their_telegram(server: Telegram, method: str, **fields: object) -> Asked:
    async def call() -> None:
        bot = telegram.Bot(server.token, base_url=f"{server.url}/bot")
        async with bot:
            await getattr(bot, method)(chat_id=server.chat, **fields)

    asyncio.run(call())
    return server.calls[-1]


def our_telegram(server: Telegram, content: Content, images: int = 0) -> list[Asked]:
    channel = TelegramChannel(token=server.token, chat=server.chat, url=server.url)
    return sent(server, channel, content, images)


def test_telegram_a_message(bot_api: Telegram) -> None:
    (ours,) = our_telegram(bot_api, Content(text=TEXT))
    theirs = their_telegram(bot_api, "send_message", text=TEXT)
    explained(EXPLAINED["telegram message"], bot_api, ours, theirs)


def test_telegram_an_answer(bot_api: Telegram) -> None:
    *_, ours = our_telegram(bot_api, Content(text="Un", thread=("Deux",)))
    reply = telegram.ReplyParameters(message_id=1, allow_sending_without_reply=False)
    theirs = their_telegram(bot_api, "send_message", text="Deux", reply_parameters=reply)
    explained(EXPLAINED["telegram answer"], bot_api, ours, theirs)


def test_telegram_a_photo(bot_api: Telegram) -> None:
    (ours,) = our_telegram(bot_api, Content(text=TEXT), images=1)
    image = picture(0)
    theirs = their_telegram(
        bot_api, "send_photo", photo=image.data, filename=image.name, caption=TEXT
    )
    explained(EXPLAINED["telegram photo"], bot_api, ours, theirs)


def test_telegram_an_album(bot_api: Telegram) -> None:
    (ours,) = our_telegram(bot_api, Content(text=TEXT), images=2)
    images = [picture(0), picture(1)]
    media = [telegram.InputMediaPhoto(image.data, filename=image.name) for image in images]
    theirs = their_telegram(bot_api, "send_media_group", media=media, caption=TEXT)
    both = [[*call.values["media"]] for call in (ours, theirs)]
    named = [[one.pop("media").removeprefix("attach://") for one in album] for album in both]
    assert both[0] == both[1]
    assert [ours.files[name].data for name in named[0]] == [
        theirs.files[name].data for name in named[1]
    ]


# --- Slack ------------------------------------------------------------------------------------


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack() as server:
        yield server


def our_slack(server: Slack, content: Content, images: int = 0) -> list[Asked]:
    channel = SlackChannel(token=server.token, channel=server.channel, url=server.url)
    return sent(server, channel, content, images)


def their_slack(server: Slack) -> slack_sdk.WebClient:
    return slack_sdk.WebClient(token=server.token, base_url=f"{server.url}/api/")


def test_slack_a_message(slack: Slack) -> None:
    *_, ours = our_slack(slack, Content(text=TEXT))
    text = html.escape(TEXT, quote=False)  # they leave that to who calls
    their_slack(slack).chat_postMessage(channel=slack.channel, text=text, mrkdwn=False)
    explained(EXPLAINED["slack message"], slack, ours, slack.calls[-1])


def test_slack_a_thread(slack: Slack) -> None:
    *_, first, ours = our_slack(slack, Content(text="Un", thread=("Deux",)))
    assert first.values["text"] == "Un"
    root = next(iter(slack.messages))
    their_slack(slack).chat_postMessage(
        channel=slack.channel, text="Deux", mrkdwn=False, thread_ts=root
    )
    explained(EXPLAINED["slack thread"], slack, ours, slack.calls[-1])


def test_slack_an_upload(slack: Slack) -> None:
    ours = our_slack(slack, Content(text="Une"), 1)[:3]
    image = picture(0)
    with Slack() as other:  # which counts its files from one as well
        their_slack(other).files_upload_v2(file=image.data, filename=image.name, title=image.name)
        theirs = other.calls
    steps = ("slack upload address", "slack file", "slack completed")
    for what, mine, other_call in zip(steps, ours, theirs, strict=True):
        explained(EXPLAINED[what], slack, mine, other_call)
        assert what != "slack file" or mine.body == other_call.body


def test_slack_a_webhook(slack: Slack) -> None:
    (ours,) = sent(slack, SlackWebhookChannel(webhook=slack.webhook_url), Content(text="Un"))
    slack_sdk.webhook.WebhookClient(slack.webhook_url).send_dict({"text": "Un", "mrkdwn": False})
    explained(EXPLAINED["slack webhook"], slack, ours, slack.calls[-1])


# --- Discord ----------------------------------------------------------------------------------


@pytest.fixture
def discord_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Discord]:
    with Discord() as server:
        monkeypatch.setattr(discord.http.Route, "BASE", f"{server.url}/api/v10")
        yield server


def their_files(images: int) -> list[discord.File]:
    pictures = (picture(number) for number in range(images))
    return [
        discord.File(io.BytesIO(one.data), filename=one.name, description=one.alt)
        for one in pictures
    ]


def their_bot(server: Discord, text: str, images: int) -> Asked:
    async def call() -> None:
        client = discord.Client(intents=discord.Intents.none())
        async with client:
            await client.http.static_login(server.token)
            channel = client.get_partial_messageable(int(server.channel))
            await channel.send(
                text,
                files=their_files(images),
                nonce=f"{KEY[:22]}-0",
                allowed_mentions=discord.AllowedMentions.none(),
            )

    server.clock.advance(600)  # the nonce is forgotten
    asyncio.run(call())
    return server.calls[-1]


@pytest.mark.parametrize(("what", "images"), [("discord message", 0), ("discord images", 2)])
def test_discord_a_message(discord_api: Discord, what: str, images: int) -> None:
    channel = DiscordChannel(
        token=discord_api.token, channel=discord_api.channel, url=discord_api.url
    )
    (ours,) = sent(discord_api, channel, Content(text="Un *deux*"), images)
    theirs = their_bot(discord_api, discord.utils.escape_markdown("Un *deux*"), images)
    explained(EXPLAINED[what], discord_api, ours, theirs)


def test_discord_a_webhook(discord_api: Discord) -> None:
    channel = DiscordWebhookChannel(webhook=discord_api.webhook_url)
    (ours,) = sent(discord_api, channel, Content(text="Un"), 1)
    webhook = discord.SyncWebhook.partial(int(discord_api.webhook), discord_api.webhook_token)
    webhook.send(
        "Un",
        files=their_files(1),
        wait=True,
        allowed_mentions=discord.AllowedMentions.none(),
    )
    explained(EXPLAINED["discord webhook"], discord_api, ours, discord_api.calls[-1])


# --- X ----------------------------------------------------------------------------------------


@pytest.fixture
def x() -> Iterator[X]:
    with X() as server:
        yield server


@pytest.mark.parametrize(
    ("what", "content", "images"),
    [
        ("x post", Content(text=TEXT), 0),
        ("x answer", Content(text="Un", thread=("Deux",)), 0),
        ("x images", Content(text="Un"), 2),
    ],
)
def test_x_a_post(
    x: X, monkeypatch: pytest.MonkeyPatch, what: str, content: Content, images: int
) -> None:
    *_, ours = sent(x, XChannel(token=x.token, url=x.url), content, images)
    x.posts.popitem()  # the same text is refused twice
    client = tweepy.Client(x.token)
    request = client.session.request

    def here(how: str, url: str, **more: object) -> object:
        return request(how, url.replace("https://api.twitter.com", x.url), **more)

    monkeypatch.setattr(client.session, "request", here)
    client.create_tweet(
        text=ours.values["text"],
        media_ids=list(x.media) or None,
        in_reply_to_tweet_id=next(iter(x.posts), None),
        user_auth=False,
    )
    explained(EXPLAINED[what], x, ours, x.calls[-1])
