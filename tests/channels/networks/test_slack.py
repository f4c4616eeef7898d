"""Slack's adapters, beyond the contract, against their stand-in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.channels.base import (
    ChannelError,
    Deletes,
    Finds,
    Rejected,
    Timeline,
    Unauthorized,
    Uncertain,
)
from cmctl.channels.networks.slack import SlackChannel
from cmctl.channels.networks.slack_webhook import SlackWebhookChannel
from cmctl.channels.vendors.slack.text import escaped, plain, rich_text
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import outgoing, pictures
from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins import Refused
from cmctl.testing.standins.slack import Slack


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack() as server:
        yield server


@pytest.fixture
def channel(slack: Slack) -> Iterator[SlackChannel]:
    channel = SlackChannel(token=slack.token, channel=slack.channel, url=slack.url)
    yield channel
    channel.close()


@pytest.fixture
def webhook(slack: Slack) -> Iterator[SlackWebhookChannel]:
    channel = SlackWebhookChannel(webhook=slack.webhook_url)
    yield channel
    channel.close()


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",))))
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert plain(escaped(text)) == text


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("voir <https://atlas.example/a?b=1&amp;c>", "voir https://atlas.example/a?b=1&c"),
        ("<https://atlas.example|notre site>", "notre site"),
        ("<mailto:a@atlas.example|a@atlas.example>", "a@atlas.example"),
        ("<@U061F7AUR> et <#C1|general>", "@U061F7AUR et #general"),
        ("<!channel> bonjour", "@channel bonjour"),
        ("le <!date^1392734382^{date}|18 février>", "le 18 février"),
    ],
)
def test_the_marks_of_others_are_read_as_they_are_seen(stored: str, read: str) -> None:
    assert plain(stored) == read


def test_links_in_a_block_are_links() -> None:
    (section,) = rich_text("voir https://atlas.example *là*")["elements"]  # type: ignore[misc]
    assert section["elements"] == [
        {"type": "text", "text": "voir "},
        {"type": "link", "url": "https://atlas.example"},
        {"type": "text", "text": " *là*"},
    ]


def test_text_and_images_are_one_request_that_followers_see(
    slack: Slack, channel: SlackChannel
) -> None:
    channel.publish(outgoing(Content(text="Deux", media=pictures(2)), images=2))
    seen = [call for call in slack.calls if call.operation.endswith("chat.postMessage")]
    assert len(seen) == 1
    assert [block["type"] for block in seen[0].values["blocks"]] == ["rich_text", "image", "image"]


def test_the_token_does_not_go_where_the_image_goes(slack: Slack, channel: SlackChannel) -> None:
    channel.publish(outgoing("Une", images=1))
    (sent,) = [call for call in slack.calls if call.operation.startswith("POST /upload")]
    assert "authorization" not in sent.headers


def test_a_receipt_leads_to_the_message(channel: SlackChannel) -> None:
    receipt = channel.publish(outgoing("Bonjour"))
    name = receipt.remote_id.replace(".", "")
    assert receipt.url == f"https://atlas.slack.com/archives/C1H9RESGL/p{name}"


def test_somebody_elses_words_are_no_evidence(slack: Slack, channel: SlackChannel) -> None:
    slack.post_by_hand("La même")
    assert channel.find(outgoing("La même")) is None


def test_a_thread_is_found_under_its_first_part(channel: SlackChannel) -> None:
    out = outgoing(Content(text="Un", thread=("Deux", "Trois"), first_comment="Quatre"))
    receipt = channel.publish(out)
    found = channel.find(out)
    assert found is not None
    assert found.parts == receipt.parts


def test_a_long_timeline_is_read_page_by_page(slack: Slack, channel: SlackChannel) -> None:
    for number in range(205):
        slack.post_by_hand(str(number))
    listed = list(channel.timeline(lately()))
    assert [status.text for status in listed] == [str(number) for number in reversed(range(205))]


def test_joins_and_topics_are_no_posts(slack: Slack, channel: SlackChannel) -> None:
    slack.messages[slack.post_by_hand("est arrivé")]["subtype"] = "channel_join"
    assert list(channel.timeline(lately())) == []


def test_what_stands_as_a_tombstone_is_gone(slack: Slack, channel: SlackChannel) -> None:
    remote_id = channel.publish(outgoing("À effacer")).remote_id
    slack.messages[remote_id]["subtype"] = "tombstone"
    assert not channel.exists(remote_id)


def test_reactions_and_answers_are_counted(slack: Slack, channel: SlackChannel) -> None:
    receipt = channel.publish(outgoing(Content(text="Un", first_comment="Deux")))
    users = {"name": "tada", "users": ["U061F7AUR"], "count": 1}
    slack.messages[receipt.remote_id]["reactions"] = [users]
    counts = channel.counts(receipt.remote_id)
    assert (counts.likes, counts.comments) == (1, 1)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("channel_not_found", "/invite"),
        ("not_in_channel", "/invite"),
        ("is_archived", "unarchive it"),
        ("msg_too_long", "shorten it"),
        ("invalid_auth", "xoxb-"),
        ("token_revoked", "install the app again"),
        ("missing_scope", "chat:write"),
        ("restricted_action", "ask its admin"),
        ("invalid_blocks", "PNG, JPEG or GIF"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    slack: Slack, channel: SlackChannel, error: str, told: str
) -> None:
    slack.refuse("post", Refused(200, {"ok": False, "error": error}))
    with pytest.raises(Rejected) as raised:
        channel.publish(outgoing("Refusé"))
    assert told in str(raised.value)
    assert error in str(raised.value)
    is_over = error in {"invalid_auth", "token_revoked"}
    assert isinstance(raised.value, Unauthorized) is is_over


def test_an_error_after_which_it_may_stand_is_uncertain(
    slack: Slack, channel: SlackChannel
) -> None:
    slack.refuse("post", Refused(200, {"ok": False, "error": "fatal_error"}))
    with pytest.raises(Uncertain, match="fatal_error"):
        channel.publish(outgoing("Peut-être"))


def test_an_expired_token_is_told(slack: Slack, channel: SlackChannel) -> None:
    slack.tokens.expire(slack.token)
    with pytest.raises(Rejected, match="has expired: install"):
        channel.probe()


def test_a_webhook_only_posts(webhook: SlackWebhookChannel) -> None:
    assert not isinstance(webhook, Timeline | Finds | Deletes)
    out = outgoing("Bonjour")
    assert webhook.publish(out).remote_id == out.key


@pytest.mark.parametrize(
    ("status", "words", "told"),
    [
        (404, b"no_service", "make a new one"),
        (410, b"channel_is_archived", "unarchive it"),
        (403, b"action_prohibited", "admin"),
        (400, b"invalid_payload", "does not take"),
    ],
)
def test_a_webhooks_refusal_becomes_a_sentence_with_what_to_do(
    slack: Slack, webhook: SlackWebhookChannel, status: int, words: bytes, told: str
) -> None:
    refusal = Refused(status, {})
    refusal.reply = Reply(status=status, body=words, type="text/html")
    slack.refuse("post", refusal)
    with pytest.raises(ChannelError, match=told) as raised:
        webhook.publish(outgoing("Refusé"))
    assert isinstance(raised.value, Unauthorized) is (status == 404)


def test_new_answers_below_an_old_message_are_heard(slack: Slack, channel: SlackChannel) -> None:
    post = channel.publish(outgoing("Ouverture")).remote_id
    old = slack.comment_by_hand(post, "Quand ?")
    start = datetime.fromtimestamp(float(old), UTC) + timedelta(microseconds=1)
    new = slack.comment_by_hand(old, "Alors ?")
    assert [(one.remote_id, one.reply_to) for one in channel.inbox(start)] == [(new, post)]


def test_who_calls_the_app_is_heard_in_a_thread_of_others(
    slack: Slack, channel: SlackChannel
) -> None:
    root = slack.post_by_hand("Entre nous")
    slack.comment_by_hand(root, "Rien pour toi")
    number = slack.comment_by_hand(root, "Et ?")
    slack.messages[number]["text"] = "<@W12345678> ouvert ?"
    (said,) = channel.inbox(lately())
    assert (said.remote_id, said.reply_to) == (number, "")


def test_a_reply_goes_into_the_thread_whose_answer_it_answers(
    slack: Slack, channel: SlackChannel
) -> None:
    root = slack.post_by_hand("Une question")
    comment = slack.comment_by_hand(root, "Oui ?")
    out = outgoing(Content(text="Merci", reply_to=comment))
    receipt = channel.publish(out)
    assert slack.messages[receipt.remote_id]["thread_ts"] == root
    assert channel.find(out) is not None


def test_an_answer_to_what_is_gone_is_refused(slack: Slack, channel: SlackChannel) -> None:
    for call in (
        lambda: channel.publish(outgoing(Content(text="Merci", reply_to="1.000001"))),
        lambda: channel.comments("1.000001"),
    ):
        with pytest.raises(Rejected, match="was it deleted"):
            call()
