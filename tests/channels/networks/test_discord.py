"""Discord's adapters, beyond the contract, against their stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.channels.base import (
    Attachment,
    ChannelError,
    Deletes,
    Finds,
    Rejected,
    Timeline,
    Unavailable,
)
from cmctl.channels.markdown import DISCORD, MATTERMOST, Dialect, plain
from cmctl.channels.networks.discord import DiscordChannel
from cmctl.channels.networks.discord_webhook import DiscordWebhookChannel
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import errors, outgoing
from cmctl.testing.standins import Refused
from cmctl.testing.standins.discord import Discord


@pytest.fixture
def discord() -> Iterator[Discord]:
    with Discord() as server:
        yield server


@pytest.fixture
def channel(discord: Discord) -> Iterator[DiscordChannel]:
    channel = DiscordChannel(
        token=discord.token, channel=discord.channel, server="290926798626357999", url=discord.url
    )
    yield channel
    channel.close()


@pytest.fixture
def webhook(discord: Discord) -> Iterator[DiscordWebhookChannel]:
    channel = DiscordWebhookChannel(webhook=discord.webhook_url)
    yield channel
    channel.close()


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (
            "*gras* _ou_ ~~non~~ `code` ||caché||",
            r"\*gras\* \_ou\_ \~\~non\~\~ \`code\` \|\|caché\|\|",
        ),
        ("# Titre\n## Deux\n- a\n> b\n1. c", "\\# Titre\n\\## Deux\n\\- a\n\\> b\n1\\. c"),
        ("#atlas -5 % 1.5", "#atlas -5 % 1.5"),
        ("<@80351110224678912> <t:1618953630>", r"\<@80351110224678912> \<t:1618953630>"),
        ("voir https://atlas.example/a_b*c (ici_)", r"voir https://atlas.example/a_b*c (ici\_)"),
        (r"C:\dossier", r"C:\\dossier"),
    ],
)
def test_what_discord_would_take_for_marks_is_escaped(text: str, sent: str) -> None:
    assert DISCORD.escaped(text) == sent
    assert plain(sent) == text


@pytest.mark.parametrize("dialect", [DISCORD, MATTERMOST])
@given(text=st.text(alphabet=st.characters(blacklist_categories=("Cs",))))
def test_a_text_is_read_as_it_was_written(text: str, dialect: Dialect) -> None:
    assert plain(dialect.escaped(text)) == text


def test_escapes_count_against_the_limit(discord: Discord, channel: DiscordChannel) -> None:
    longest = "*" * 1000
    assert not errors(channel, Content(text=longest))
    channel.publish(outgoing(longest))
    assert discord.texts() == [longest]
    assert errors(channel, Content(text=longest + "a"))


def test_nobody_is_notified_by_a_text(discord: Discord, channel: DiscordChannel) -> None:
    channel.publish(outgoing("@everyone"))
    assert discord.calls[-1].values["allowed_mentions"] == {"parse": []}


def test_a_receipt_leads_to_the_message(channel: DiscordChannel) -> None:
    receipt = channel.publish(outgoing("Bonjour"))
    where = f"290926798626357999/{Discord.channel}/{receipt.remote_id}"
    assert receipt.url == f"https://discord.com/channels/{where}"


def test_a_nonce_is_not_relied_on_for_longer_than_it_is_honoured(
    discord: Discord, channel: DiscordChannel
) -> None:
    out = outgoing("Une fois")
    channel.publish(out)
    discord.clock.advance(120)
    channel.publish(out)
    assert discord.texts() == ["Une fois"]
    discord.clock.advance(120)
    channel.publish(out)
    assert discord.texts() == ["Une fois"] * 2
    assert channel.capabilities.key_life == timedelta(minutes=2)


def test_somebody_elses_words_are_no_evidence(discord: Discord, channel: DiscordChannel) -> None:
    discord.post_by_hand("La même")
    assert channel.find(outgoing("La même")) is None


def test_a_bot_that_may_not_read_says_so_and_what_to_do(
    discord: Discord, channel: DiscordChannel
) -> None:
    channel.publish(outgoing("La nôtre"))
    discord.may_read = False
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert [status.text for status in channel.timeline(since)] == ["La nôtre"]
    discord.post_by_hand("La sienne")
    with pytest.raises(Rejected, match="Message Content Intent on"):
        channel.timeline(since)


def test_a_long_timeline_is_read_page_by_page(discord: Discord, channel: DiscordChannel) -> None:
    for number in range(205):
        discord.post_by_hand(str(number))
    listed = list(channel.timeline(datetime.now(UTC) - timedelta(minutes=1)))
    assert [status.text for status in listed] == [str(number) for number in reversed(range(205))]
    assert len(discord.calls) == 3


def test_what_discord_tells_by_itself_is_no_post(discord: Discord, channel: DiscordChannel) -> None:
    discord.post_by_hand("Un message")
    discord.messages[discord.post_by_hand("")]["type"] = 6  # pinned
    listed = channel.timeline(datetime.now(UTC) - timedelta(minutes=1))
    assert [status.text for status in listed] == ["Un message"]


def test_the_card_of_another_tool_is_read(discord: Discord, channel: DiscordChannel) -> None:
    card = {"type": "rich", "title": "Ouverture", "description": "Rennes, le 1er décembre"}
    discord.messages[discord.post_by_hand("")]["embeds"] = [card]
    (status,) = channel.timeline(datetime.now(UTC) - timedelta(minutes=1))
    assert status.text == "Ouverture\n\nRennes, le 1er décembre"


def test_reactions_are_counted(discord: Discord, channel: DiscordChannel) -> None:
    remote_id = channel.publish(outgoing("Compter")).remote_id
    more = {"burst_colors": [], "me_burst": False, "me": False}
    counts = {"count_details": {"burst": 0, "normal": 2}, "count": 2}
    emoji = {"emoji": {"id": None, "name": "🔥"}}
    discord.messages[remote_id]["reactions"] = [{**emoji, **counts, **more}] * 2
    assert channel.counts(remote_id).likes == 4


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (404, 10003, "copy its number again"),
        (403, 50001, "invite it to the server"),
        (403, 50013, "give its role"),
        (403, 160002, "Read Message History"),
        (400, 200000, "AutoMod"),
        (413, 40005, "make them smaller"),
        (400, 50006, "write a text"),
        (400, 50035, "does not take the message"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    discord: Discord, channel: DiscordChannel, status: int, code: int, told: str
) -> None:
    discord.refuse("post", Refused(status, {"message": "In Discord's words", "code": code}))
    with pytest.raises(Rejected) as raised:
        channel.publish(outgoing("Refusé"))
    assert told in str(raised.value)
    assert "In Discord's words" in str(raised.value)


def test_slow_mode_is_waited_for(discord: Discord, channel: DiscordChannel) -> None:
    words = {"message": "slowmode", "code": 20016, "retry_after": 64.57, "global": False}
    discord.refuse("post", Refused(429, words, {"Retry-After": "64.57"}))
    with pytest.raises(Unavailable, match="slow mode") as raised:
        channel.publish(outgoing("Trop vite"))
    assert raised.value.retry_after == timedelta(seconds=64.57)


def test_a_webhook_lists_and_looks_up_nothing(webhook: DiscordWebhookChannel) -> None:
    assert not isinstance(webhook, Timeline | Finds)
    assert isinstance(webhook, Deletes)
    assert webhook.probe() == "Atlas"


def test_a_webhook_cannot_delete_what_others_wrote(
    discord: Discord, webhook: DiscordWebhookChannel
) -> None:
    remote_id = discord.post_by_hand("La sienne")
    assert not webhook.exists(remote_id)
    webhook.delete(remote_id)
    assert discord.texts() == ["La sienne"]


def test_a_webhook_that_was_deleted_is_told_with_what_to_do(discord: Discord) -> None:
    gone = DiscordWebhookChannel(webhook=discord.webhook_url.replace(discord.webhook, "1"))
    with pytest.raises(Rejected, match="make a new one"):
        gone.publish(outgoing("Perdu"))
    gone.close()


@pytest.mark.parametrize(
    "value", ["env:ATLAS_WEBHOOK", "discord.com/api/webhooks/1/x", "http://a/"]
)
def test_a_webhook_that_is_no_address_is_told_without_repeating_it(value: str) -> None:
    channel = DiscordWebhookChannel(webhook=value)
    assert not errors(channel, Content(text="ok"))
    with pytest.raises(ChannelError, match="no https address") as raised:
        channel.publish(replace(outgoing("ok")))
    assert value not in str(raised.value)


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_who_calls_the_bot_is_heard_and_what_is_withheld_is_not_taken_for_silence(
    discord: Discord, channel: DiscordChannel
) -> None:
    discord.post_by_hand("Entre nous")
    number = discord.post_by_hand("<@198622483471925248> ouvert ?")
    discord.messages[number]["mentions"] = [discord.bot]
    (said,) = channel.inbox(a_minute_ago())
    assert (said.remote_id, said.reply_to) == (number, "")
    discord.may_read = False
    with pytest.raises(Rejected, match="Message Content Intent"):
        channel.inbox(a_minute_ago())


def test_answers_to_answers_stand_below_a_post(discord: Discord, channel: DiscordChannel) -> None:
    post = channel.publish(outgoing("Ouverture")).remote_id
    first = discord.comment_by_hand(post, "Quand ?")
    second = discord.comment_by_hand(first, "Moi aussi")
    assert {one.remote_id for one in channel.comments(post)} == {first, second}
    assert {one.reply_to for one in channel.inbox(a_minute_ago())} == {post, first}


def test_a_film_is_an_attachment_with_its_alt_text(
    discord: Discord, channel: DiscordChannel, webhook: DiscordWebhookChannel
) -> None:
    alt = "Un tour du dépôt"
    film = Attachment(name="visite.mp4", data=bytes(1000), type="video/mp4", alt=alt)
    content = Content(text="La visite", media=(Media(file="visite.mp4", alt=alt),))
    out = replace(outgoing(content), attachments=(film,))
    for one in (channel, webhook):
        assert list(one.problems(content)) == []
        receipt = one.publish(out)
        (file,) = discord.messages[receipt.remote_id]["attachments"]
        assert (file["content_type"], file["description"]) == ("video/mp4", alt)
