"""Facebook's adapter, beyond the contract, against its stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Attachment, Outgoing, Rejected, Unavailable, Uncertain
from cmctl.channels.networks.facebook_page import FacebookPageChannel
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import errors, outgoing, pictures
from cmctl.testing.sandbox.faults import Fault, FaultKind
from cmctl.testing.standins import Window
from cmctl.testing.standins.facebook import Facebook
from cmctl.testing.standins.graph import refused

LINK = "https://atlas.example/rennes"


@pytest.fixture
def facebook() -> Iterator[Facebook]:
    with Facebook() as server:
        yield server


@pytest.fixture
def channel(facebook: Facebook) -> Iterator[FacebookPageChannel]:
    options = {"page": Facebook.account, "token": facebook.token, "url": facebook.url}
    channel = FacebookPageChannel(**options, sleep=lambda _: None)
    yield channel
    channel.close()


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_the_token_stands_in_a_header_and_never_in_an_address(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    receipt = channel.publish(outgoing(Content(text="Un", first_comment="Deux"), images=1))
    list(channel.timeline(lately()))
    channel.delete(receipt.remote_id)
    assert {call.headers["authorization"] for call in facebook.calls} == {
        f"Bearer {Facebook.token}"
    }
    assert not any("access_token" in {*call.query, *call.values} for call in facebook.calls)


def test_a_link_is_a_preview_and_read_back_as_part_of_the_text(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    out = outgoing(Content(text="Visite", link=LINK))
    receipt = channel.publish(out)
    assert facebook.calls[-1].values == {"message": "Visite", "link": LINK}
    (status,) = channel.timeline(lately())
    assert status.text == f"Visite\n\n{LINK}"
    assert status.tool == "cmctl"
    found = channel.find(out)
    assert found is not None
    assert found.remote_id == receipt.remote_id


def test_a_link_alone_is_found_by_its_preview(channel: FacebookPageChannel) -> None:
    out = outgoing(Content(text="", link=LINK))
    assert not errors(channel, out.content)
    receipt = channel.publish(out)
    found = channel.find(out)
    assert found is not None
    assert found.remote_id == receipt.remote_id
    assert channel.find(outgoing(Content(text="", link=f"{LINK}/2"))) is None


def test_beside_images_a_link_stands_in_the_text(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    channel.publish(outgoing(Content(text="Visite", link=LINK, media=pictures(1)), images=1))
    assert facebook.texts() == [f"Visite\n\n{LINK}"]


def test_a_post_that_stands_without_its_comment_is_in_part(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    out = outgoing(Content(text="Un", first_comment="Deux"))
    facebook.fault(Fault(kind=FaultKind.ERROR, on="post", skip=1))
    with pytest.raises(Uncertain, match="1 of its 2 parts are published"):
        channel.publish(out)
    with pytest.raises(Uncertain, match="1 of 2 parts stand"):
        channel.find(out)


def test_a_500_that_published_is_found_in_the_feed(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    out = outgoing(Content(text="Un", first_comment="Deux"))
    facebook.fault(Fault(kind=FaultKind.ERROR_STORED, on="post", skip=1))
    with pytest.raises(Uncertain):
        channel.publish(out)
    found = channel.find(out)
    assert found is not None
    assert found.parts == (*facebook.posts, *facebook.comments)


def test_a_visitors_words_are_on_the_timeline_and_no_evidence(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    facebook.post_by_visitor("La même")
    (status,) = channel.timeline(lately())
    assert (status.text, status.author) == ("La même", "Mme R.")
    assert channel.find(outgoing("La même")) is None


def test_a_long_feed_is_read_page_by_page_and_no_further_than_asked(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    for number in range(205):
        facebook.post_by_hand(str(number))
    assert len(list(channel.timeline(lately()))) == 205
    assert len(facebook.calls) == 3
    facebook.clock.advance(600)
    facebook.post_by_hand("neuf")
    (newest,) = channel.timeline(datetime.now(UTC) + timedelta(minutes=5))
    assert newest.text == "neuf"
    assert len(facebook.calls) == 4


def test_a_refusal_of_a_double_is_a_reason_to_look(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    facebook.no_doubles = timedelta(hours=1)
    out = outgoing("Une fois")
    channel.publish(out)
    with pytest.raises(Uncertain, match=r"stands already.*Duplicate status message"):
        channel.publish(out)
    assert channel.find(out) is not None


def test_the_newer_words_for_a_double_are_known_too(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    words = "You've already posted this. Posting the same content repeatedly isn't allowed."
    facebook.refuse("post", refused(368, words))
    with pytest.raises(Uncertain, match="already posted"):
        channel.publish(outgoing("Une fois"))


def test_a_limit_says_when_it_ends(facebook: Facebook, channel: FacebookPageChannel) -> None:
    facebook.limits["post"] = Window(1, 600)
    channel.publish(outgoing("Un"))
    with pytest.raises(Unavailable, match="too many calls") as raised:
        channel.publish(outgoing("Deux"))
    assert raised.value.retry_after == timedelta(minutes=10)
    facebook.clock.advance(600)
    channel.publish(outgoing("Deux"))


@pytest.mark.parametrize("code", [4, 17, 32, 613])
def test_every_limit_is_certainly_not_published(
    facebook: Facebook, channel: FacebookPageChannel, code: int
) -> None:
    facebook.refuse("post", refused(code, f"(#{code}) request limit reached"))
    with pytest.raises(Unavailable):
        channel.publish(outgoing("Trop"))


@pytest.mark.parametrize("code", [1, 2])
def test_a_fault_of_metas_own_is_uncertain_whatever_its_status(
    facebook: Facebook, channel: FacebookPageChannel, code: int
) -> None:
    facebook.refuse("post", refused(code, "An unexpected error has occurred."))
    with pytest.raises(Uncertain):
        channel.publish(outgoing("Peut-être"))
    facebook.refuse("read", refused(code, "An unexpected error has occurred."))
    with pytest.raises(Unavailable):
        channel.exists("1")


@pytest.mark.parametrize(
    ("code", "sub", "told"),
    [
        (190, 460, "make a new one"),
        (200, 0, "it needs pages_manage_posts"),
        (10, 0, "it needs pages_manage_posts"),
        (368, 0, "open the app and read"),
        (1500, 0, "write its whole address"),
        (324, 0, "save it anew"),
        (210, 0, "take the Page's own"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    facebook: Facebook, channel: FacebookPageChannel, code: int, sub: int, told: str
) -> None:
    facebook.refuse("post", refused(code, "In Meta's words.", sub=sub, user="Dit à la personne."))
    with pytest.raises(Rejected) as raised:
        channel.publish(outgoing("Refusé"))
    assert told in str(raised.value)
    assert "Dit à la personne." in str(raised.value)


def test_a_token_that_has_expired_says_so(facebook: Facebook, channel: FacebookPageChannel) -> None:
    facebook.tokens.expire(facebook.token)
    with pytest.raises(Rejected, match="make a new one"):
        channel.publish(outgoing("Perdu"))
    assert facebook.texts() == []


def test_a_token_of_somebody_else_is_told_by_the_probe(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    facebook.me = {"id": "1", "name": "M. G."}
    with pytest.raises(Rejected, match=r"of M\. G\., not of the Page"):
        channel.probe()


def test_nothing_counts_as_gone_while_the_page_cannot_be_seen(facebook: Facebook) -> None:
    channel = FacebookPageChannel(page="1", token=facebook.token, url=facebook.url)
    with pytest.raises(Rejected):
        channel.exists("1_2")
    channel.close()


def test_who_tags_the_account_is_heard_as_a_mention(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    number = facebook.tag_by_hand("Chez Atlas !")
    (said,) = channel.inbox(datetime.now(UTC) - timedelta(minutes=1))
    assert (said.remote_id, said.text, said.reply_to) == (number, "Chez Atlas !", "")
    assert said.author
    assert list(channel.inbox(datetime.now(UTC) + timedelta(minutes=1))) == []


# --- films ----------------------------------------------------------------------------------------


def film(size: int = 9_000_000, text: str = "La visite", **more: str) -> Outgoing:
    content = Content(text=text, media=(Media(file="visite.mp4"),), **more)
    data = bytes(index % 251 for index in range(1000)) * (size // 1000)
    item = Attachment(name="visite.mp4", data=data, type="video/mp4")
    return replace(outgoing(content), attachments=(item,))


def test_a_film_goes_in_the_parts_that_facebook_wants_and_is_published_by_one_request(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    out = film(first_comment="Bon visionnage")
    assert list(channel.problems(out.content)) == []
    receipt = channel.publish(out)
    (sent,) = facebook.films.values()
    assert sent.data == out.attachments[0].data
    asked = [one.values for one in facebook.calls if one.operation.endswith("/videos")]
    phases = [one["upload_phase"] for one in asked]
    assert phases == ["start", "transfer", "transfer", "transfer", "finish"]
    assert asked[-1]["description"] == "La visite"
    assert asked[0]["file_size"] == len(sent.data)
    (status,) = channel.timeline(lately())
    assert (status.remote_id, status.text) == (receipt.remote_id, "La visite")
    assert (status.media_count, status.images) == (1, ())
    assert [one.text for one in channel.comments(receipt.remote_id)] == ["Bon visionnage"]
    assert channel.find(out) == replace(receipt, at=status.at)


def test_a_film_that_facebook_cannot_read_is_refused(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    facebook.films_become = "error"
    with pytest.raises(Rejected, match="MP4 or MOV"):
        channel.publish(film(1000))
    assert facebook.texts() == []


def test_a_film_that_is_read_for_long_is_found_later(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    facebook.films_become = "processing"
    out = film(1000)
    with pytest.raises(Uncertain, match="still reading"):
        channel.publish(out)
    assert channel.find(out) is None
    facebook.films_become = "ready"
    found = channel.find(out)
    assert found is not None
    assert facebook.texts() == ["La visite"]


@pytest.mark.parametrize("text", ["La visite", ""])
def test_a_film_whose_publication_was_not_answered_is_found(
    facebook: Facebook, channel: FacebookPageChannel, text: str
) -> None:
    facebook.fault(Fault(kind=FaultKind.DROP, on="upload", skip=2))
    out = film(1000, text)
    with pytest.raises(Uncertain):
        channel.publish(out)
    assert len(facebook.calls) == 3  # begun, sent, published: nothing twice
    found = [channel.find(out) for _ in range(3)][-1]
    assert found is not None
    assert found.remote_id in facebook.posts


def test_a_film_whose_post_cannot_be_asked_for_may_be_published(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    facebook.fault(Fault(kind=FaultKind.ERROR, on="read"))
    with pytest.raises(Uncertain, match="was taken"):
        channel.publish(film(1000))


def test_a_film_is_sent_anew_where_a_part_was_lost(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    facebook.fault(Fault(kind=FaultKind.DROP, on="upload", skip=2))
    with pytest.raises(Unavailable):
        channel.upload(film().attachments[0])
    assert channel.upload(film().attachments[0])
    assert facebook.texts() == []


def test_a_film_that_is_too_heavy_is_never_sent(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    with pytest.raises(Rejected, match="takes 100000000"):
        channel.publish(film(100_001_000))
    assert facebook.calls == []


def test_films_go_to_the_host_that_facebook_has_for_them() -> None:
    channel = FacebookPageChannel(page=Facebook.account, token=Facebook.token)
    assert channel._films._uploads.host == "graph-video.facebook.com"
    channel.close()


def test_a_link_to_a_film_elsewhere_is_no_film_of_the_post(
    facebook: Facebook, channel: FacebookPageChannel
) -> None:
    number = facebook.post_by_hand("À voir")
    there = {"media_type": "video", "unshimmed_url": "https://video.example/1"}
    facebook.posts[number]["attachments"] = {"data": [there]}
    (status,) = channel.timeline(lately())
    assert status.media_count == 0
