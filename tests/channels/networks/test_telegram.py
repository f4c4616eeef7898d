"""Telegram's adapter, beyond the contract, against its stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Attachment, Finds, Rejected, Timeline, Uncertain
from cmctl.channels.networks.telegram import TelegramChannel
from cmctl.core.model import Content, Media, Severity
from cmctl.testing.channel_contract.network import errors, outgoing, pictures
from cmctl.testing.standins import Refused
from cmctl.testing.standins.telegram import Telegram


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with Telegram() as server:
        yield server


@pytest.fixture
def channel(telegram: Telegram) -> Iterator[TelegramChannel]:
    channel = TelegramChannel(token=telegram.token, chat=telegram.chat, url=telegram.url)
    yield channel
    channel.close()


def test_nothing_can_be_listed_or_looked_up(channel: TelegramChannel) -> None:
    assert not isinstance(channel, Timeline | Finds)
    assert channel.capabilities.recovery == frozenset()


def test_a_receipt_leads_to_the_message(channel: TelegramChannel) -> None:
    receipt = channel.publish(outgoing("Bonjour"))
    assert receipt.url == "https://t.me/atlas/1"
    assert receipt.at is not None


def test_a_private_channel_has_an_address_for_its_members(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    del telegram._chat["username"]
    assert channel.publish(outgoing("Bonjour")).url == "https://t.me/c/1234567890/1"


def test_one_image_is_a_photo_with_the_text_as_its_caption(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    channel.publish(outgoing("Une photo", images=1))
    assert telegram.calls[-1].operation.endswith("/sendPhoto")
    assert telegram.messages[1]["caption"] == "Une photo"


def test_a_film_is_a_video_with_the_text_as_its_caption(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    film = Attachment(name="visite.mp4", data=b"\0\0\0\x18ftypmp42", type="video/mp4")
    content = Content(text="La visite", media=(Media(file="visite.mp4"),))
    channel.publish(replace(outgoing(content), attachments=(film,)))
    assert telegram.calls[-1].operation.endswith("/sendVideo")
    assert telegram.calls[-1].values["supports_streaming"] is True
    assert telegram.messages[1]["video"]["mime_type"] == "video/mp4"
    assert telegram.messages[1]["caption"] == "La visite"
    assert list(channel.problems(content)) == []


def test_an_album_is_one_request_and_every_image_of_it_is_a_part(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    receipt = channel.publish(outgoing("Un album", images=3))
    assert len(telegram.calls) == 1
    assert receipt.parts == ("1", "2", "3")
    for part in receipt.parts:
        channel.delete(part)
    assert telegram.messages == {}


def test_a_thread_after_an_album_answers_its_first_image(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    out = outgoing(Content(text="Un", media=pictures(2), thread=("Deux",)), images=2)
    receipt = channel.publish(out)
    assert receipt.parts == ("1", "2", "3")
    assert telegram.messages[3]["reply_to_message"]["message_id"] == 1


def test_a_caption_is_shorter_than_a_text(channel: TelegramChannel) -> None:
    longest = Content(text="é" * 1024, media=pictures(1))
    assert errors(channel, longest) == []
    (problem,) = errors(channel, replace(longest, text="é" * 1025))
    assert problem.message == "1025 characters, and Telegram with images takes 1024"
    assert errors(channel, Content(text="é" * 1025)) == []


def test_the_later_parts_of_a_thread_with_images_have_the_length_of_texts(
    channel: TelegramChannel,
) -> None:
    assert not errors(channel, Content(text="Un", media=pictures(1), thread=("é" * 4096,)))


def test_an_alt_text_is_said_to_be_left_out(channel: TelegramChannel) -> None:
    (warning,) = channel.problems(Content(text="Une photo", media=pictures(1)))
    assert (warning.code, warning.severity) == ("alt-left-out", Severity.WARNING)


def test_after_48_hours_a_message_is_deleted_by_hand(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    remote_id = channel.publish(outgoing("Ancien")).remote_id
    telegram.clock.advance(49 * 3600)
    with pytest.raises(Rejected, match="delete it by hand"):
        channel.delete(remote_id)
    assert channel.exists(remote_id)


def test_a_thread_that_broke_off_is_uncertain_and_says_how_far(channel: TelegramChannel) -> None:
    out = outgoing(Content(text="Un", thread=("x" * 4097,)))
    with pytest.raises(Uncertain, match="1 of its 2 parts are published: the text is too long"):
        channel.publish(out)


def refusal(description: str) -> dict[str, object]:
    code = {"Forb": 403, "Unau": 401}.get(description[:4], 400)
    return {"ok": False, "error_code": code, "description": description}


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("Bad Request: chat not found", "add the bot to it"),
        ("Forbidden: bot is not a member of the channel chat", "make it an administrator"),
        ("Forbidden: bot was kicked from the channel chat", "administrator there again"),
        ("Bad Request: need administrator rights in the channel chat", "give it the right to post"),
        ("Bad Request: not enough rights to send photos to the chat", "give it the right"),
        ("Bad Request: message is too long", "shorten it to 4,096"),
        ("Bad Request: message caption is too long", "shorten it to 1,024"),
        ("Bad Request: group chat was upgraded to a supergroup chat", "write the new one"),
        ("Unauthorized", "@BotFather"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    telegram: Telegram, channel: TelegramChannel, description: str, told: str
) -> None:
    words = refusal(description)
    telegram.refuse("post", Refused(int(str(words["error_code"])), words))
    with pytest.raises(Rejected) as raised:
        channel.publish(outgoing("Refusé"))
    assert told in str(raised.value)
    assert description in str(raised.value)  # and what the vendor said


def from_now(minutes: int) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def test_a_comment_below_a_channels_post_is_heard_and_answered_where_it_stands(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    post = channel.publish(outgoing("Ouverture")).remote_id
    comment = telegram.comment_by_hand(post, "Quand ?")
    (group,) = (one["chat"] for one in telegram.group.values())
    telegram.hear({"chat": group, "text": "Hors sujet"})
    (said,) = channel.inbox(from_now(-5))
    assert (said.remote_id, said.reply_to, said.author) == (comment, post, "Marie")
    receipt = channel.publish(outgoing(Content(text="À 8 h", reply_to=comment)))
    answered = telegram.group[int(receipt.remote_id.rpartition("/")[2])]
    assert answered["reply_to_message"]["text"] == "Quand ?"
    channel.delete_comment(receipt.remote_id)
    channel.delete_comment(comment)
    assert [one["text"] for one in telegram.group.values()] == ["Hors sujet"]


def test_in_the_chat_itself_who_answers_the_bot_or_names_it_is_heard(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    post = channel.publish(outgoing("Ouverture")).remote_id
    bot = {"id": 1, "is_bot": True, "first_name": "Atlas"}
    above = {name: telegram.messages[int(post)][name] for name in ("message_id", "date", "chat")}
    telegram.hear({"text": "Bravo", "reply_to_message": {**above, "from": bot}})
    telegram.hear({"text": "@atlas_bot ouvert ?"})
    telegram.hear({"text": "@atlas_bottin n'est pas lui"})
    told = [(one.text, one.reply_to) for one in channel.inbox(from_now(-5))]
    assert told == [("Bravo", post), ("@atlas_bot ouvert ?", "")]
    assert len(list(channel.inbox(from_now(-5)))) == 2  # reading takes nothing away


def test_more_than_telegram_shows_at_once_is_said_and_what_is_older_is_let_go(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    telegram.clock.advance(-3 * 3600)
    for number in range(60):
        telegram.hear({"text": f"@atlas_bot {number}"})
    telegram.clock.advance(3 * 3600)
    for number in range(60):
        telegram.hear({"text": f"@atlas_bot {number}"})
    with pytest.raises(Rejected, match="--since"):
        channel.inbox(from_now(-600))
    assert len(list(channel.inbox(from_now(-60)))) == 60
    assert len(telegram.waiting) == 60


def test_another_program_that_takes_the_messages_is_named(
    telegram: Telegram, channel: TelegramChannel
) -> None:
    words = "Conflict: can't use getUpdates method while webhook is active"
    value = {"ok": False, "error_code": 409, "description": words}
    telegram.refuse("updates", Refused(409, value))
    with pytest.raises(Rejected, match="a bot of its own"):
        channel.inbox(from_now(-5))
