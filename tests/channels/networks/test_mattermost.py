"""Mattermost's adapters, beyond the contract, against their stand-in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Deletes, Finds, Rejected, Timeline, Unauthorized
from cmctl.channels.markdown import MATTERMOST, plain
from cmctl.channels.networks.mattermost import MattermostChannel
from cmctl.channels.networks.mattermost_webhook import MattermostWebhookChannel
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import outgoing
from cmctl.testing.standins import Refused
from cmctl.testing.standins.mattermost import Mattermost


@pytest.fixture
def mattermost() -> Iterator[Mattermost]:
    with Mattermost() as server:
        yield server


@pytest.fixture
def channel(mattermost: Mattermost) -> Iterator[MattermostChannel]:
    channel = MattermostChannel(
        url=mattermost.url, token=mattermost.token, channel=mattermost.channel
    )
    yield channel
    channel.close()


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("*gras* _ou_ | `code`", r"\*gras\* \_ou\_ \| \`code\`"),
        ("# Titre\n#atlas\n- a\n>b\n1. c\n---", "\\# Titre\n#atlas\n\\- a\n\\>b\n1\\. c\n\\---"),
        ("https://atlas.example/a_b (ici_)", r"https://atlas.example/a_b (ici\_)"),
        ("-5 % et 1.5", "-5 % et 1.5"),
    ],
)
def test_what_mattermost_would_take_for_marks_is_escaped(text: str, sent: str) -> None:
    assert MATTERMOST.escaped(text) == sent
    assert plain(sent) == text


def test_a_pending_id_is_not_relied_on_for_longer_than_it_is_honoured(
    mattermost: Mattermost, channel: MattermostChannel
) -> None:
    out = outgoing("Une fois")
    channel.publish(out)
    mattermost.clock.advance(20)
    channel.publish(out)
    assert mattermost.texts() == ["Une fois"]
    mattermost.clock.advance(20)
    channel.publish(out)
    assert mattermost.texts() == ["Une fois"] * 2
    assert channel.capabilities.key_life == timedelta(seconds=20)


def test_every_part_of_a_thread_answers_the_first(
    mattermost: Mattermost, channel: MattermostChannel
) -> None:
    receipt = channel.publish(outgoing(Content(text="Un", thread=("Deux", "Trois"))))
    roots = [mattermost.posts[part]["root_id"] for part in receipt.parts]
    assert roots == ["", receipt.remote_id, receipt.remote_id]


def test_a_receipt_leads_to_the_post(mattermost: Mattermost, channel: MattermostChannel) -> None:
    receipt = channel.publish(outgoing("Bonjour"))
    assert receipt.url == f"{mattermost.url}/_redirect/pl/{receipt.remote_id}"


def test_somebody_elses_words_are_no_evidence(
    mattermost: Mattermost, channel: MattermostChannel
) -> None:
    mattermost.post_by_hand("La même")
    assert channel.find(outgoing("La même")) is None


def test_what_the_system_tells_is_no_post(
    mattermost: Mattermost, channel: MattermostChannel
) -> None:
    mattermost.posts[mattermost.post_by_hand("a rejoint")]["type"] = "system_join_channel"
    assert list(channel.timeline(lately())) == []


def test_a_long_timeline_is_read_page_by_page(
    mattermost: Mattermost, channel: MattermostChannel
) -> None:
    for number in range(405):
        mattermost.post_by_hand(str(number))
    listed = list(channel.timeline(lately()))
    assert [status.text for status in listed] == [str(number) for number in reversed(range(405))]
    assert len(mattermost.calls) == 3


def test_reactions_and_answers_are_counted(
    mattermost: Mattermost, channel: MattermostChannel
) -> None:
    receipt = channel.publish(outgoing(Content(text="Un", first_comment="Deux")))
    reaction = {"user_id": "u", "post_id": receipt.remote_id, "emoji_name": "+1", "create_at": 1}
    mattermost.posts[receipt.remote_id]["metadata"] = {"reactions": [reaction]}
    counts = channel.counts(receipt.remote_id)
    assert (counts.likes, counts.comments) == (1, 1)


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        (401, "api.context.session_expired.app_error", "make a new one"),
        (403, "api.context.permissions.app_error", "add it to the team"),
        (404, "app.channel.get.existing.app_error", "copy its ID again"),
        (400, "api.post.create_post.can_not_post_to_deleted.error", "unarchive it"),
        (400, "api.post.create_post.town_square_read_only", "read only"),
        (400, "model.post.is_valid.message_length.app_error", "shorten it"),
        (413, "api.file.upload_file.too_large_detailed.app_error", "make it smaller"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    mattermost: Mattermost, channel: MattermostChannel, status: int, error: str, told: str
) -> None:
    words = {"id": error, "message": "In the server's words.", "status_code": status}
    mattermost.refuse("post", Refused(status, words))
    with pytest.raises(Rejected) as raised:
        channel.publish(outgoing("Refusé"))
    assert told in str(raised.value)
    assert "In the server's words." in str(raised.value)


def test_a_webhook_only_posts(mattermost: Mattermost) -> None:
    webhook = MattermostWebhookChannel(webhook=mattermost.webhook_url)
    assert not isinstance(webhook, Timeline | Finds | Deletes)
    out = outgoing("*Bonjour*")
    assert webhook.publish(out).remote_id == out.key
    assert mattermost.texts() == ["*Bonjour*"]
    mattermost.tokens.expire(mattermost.webhook_token)
    with pytest.raises(Unauthorized, match=r"make a new one \(Integrations, Incoming Webhooks\)"):
        webhook.publish(outgoing("Perdu"))
    webhook.close()


def test_who_calls_the_bot_by_name_is_heard(
    mattermost: Mattermost, channel: MattermostChannel
) -> None:
    root = mattermost.post_by_hand("Des nouvelles ?")
    mattermost.post_by_hand("@atlasphère n'est pas @atlas-bot ni @atlas.fr")
    mattermost.comment_by_hand(root, "Demande à @Atlas.")
    (said,) = channel.inbox(lately())
    assert (said.text, said.reply_to) == ("Demande à @Atlas.", "")


def test_below_a_post_stands_its_thread_and_no_other(
    mattermost: Mattermost, channel: MattermostChannel
) -> None:
    first = channel.publish(outgoing("Un")).remote_id
    second = channel.publish(outgoing("Deux")).remote_id
    comment = mattermost.comment_by_hand(first, "Bravo")
    mattermost.comment_by_hand(second, "Merci")
    answer = channel.publish(outgoing(Content(text="Avec plaisir", reply_to=comment)))
    below = [(one.remote_id, one.own) for one in channel.comments(first)]
    assert below == [(comment, False), (answer.remote_id, True)]
