"""X's adapter, beyond the contract, against its stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Attachment, Outgoing, Rejected, Unavailable, Uncertain
from cmctl.channels.networks.x import XChannel
from cmctl.channels.vendors.x.post import status
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import errors, outgoing, pictures
from cmctl.testing.sandbox import Fault, FaultKind
from cmctl.testing.standins import Refused
from cmctl.testing.standins.x import X


@pytest.fixture
def x() -> Iterator[X]:
    with X() as server:
        yield server


@pytest.fixture
def channel(x: X) -> Iterator[XChannel]:
    channel = XChannel(token=x.token, url=x.url, sleep=lambda _: None)
    yield channel
    channel.close()


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_links_and_signs_are_read_as_they_were_written(channel: XChannel) -> None:
    text = "Rennes & Brest <ici> : https://atlas.com/a?b=1&c=2 et atlas.com"
    channel.publish(outgoing(Content(text=text, media=pictures(1)), images=1))
    (read,) = channel.timeline(lately())
    assert (read.text, read.media_count) == (text, 1)


def test_the_text_of_a_long_post_stands_apart() -> None:
    at = "2026-11-22T10:00:00.000Z"
    post = {"id": "1", "created_at": at, "text": "Le dé…", "note_post": {"text": "Le début"}}
    assert status(post, "atlas").text == "Le début"


def test_a_text_that_stands_already_is_evidence_and_no_refusal(x: X, channel: XChannel) -> None:
    number = x.post_by_hand("La nouvelle")
    out = outgoing("La nouvelle")
    with pytest.raises(Uncertain, match="stands already"):
        channel.publish(out)
    found = channel.find(out)
    assert found is not None
    assert found.remote_id == number


def test_a_text_of_long_ago_is_not_taken_for_ours(x: X, channel: XChannel) -> None:
    x.post_by_hand("La nouvelle")
    x.posts[next(iter(x.posts))]["created_at"] = "2026-01-01T00:00:00.000Z"
    out = outgoing("La nouvelle")
    with pytest.raises(Uncertain):
        channel.publish(out)
    assert channel.find(out) is None


def test_a_receipt_leads_to_the_post(channel: XChannel) -> None:
    receipt = channel.publish(outgoing("Bonjour"))
    assert receipt.url == f"https://x.com/atlas/status/{receipt.remote_id}"


def test_a_long_timeline_is_read_page_by_page(x: X, channel: XChannel) -> None:
    for number in range(105):
        x.post_by_hand(str(number))
    listed = list(channel.timeline(lately()))
    assert [one.text for one in listed] == [str(number) for number in reversed(range(105))]


def test_a_listing_of_which_a_part_is_kept_back_is_none(x: X, channel: XChannel) -> None:
    x.post_by_hand("Visible")
    problem = {"type": "about:blank", "title": "Not Authorized", "detail": "Hidden."}
    channel.probe()
    x.refuse("read", Refused(200, {"errors": [problem], "meta": {"result_count": 0}}))
    with pytest.raises(Unavailable, match="keeps back"):
        channel.timeline(lately())


def test_a_gif_goes_alone(channel: XChannel) -> None:
    media = (Media(file="a.gif", alt="a"), Media(file="b.png", alt="b"))
    assert "GIF" in errors(channel, Content(text="Un", media=media))[0].message


def film(size: int = 9_000_000) -> Outgoing:
    content = Content(text="La visite", media=(Media(file="visite.mp4"),))
    data = bytes(index % 251 for index in range(1000)) * (size // 1000)
    item = Attachment(name="visite.mp4", data=data, type="video/mp4")
    return replace(outgoing(content), attachments=(item,))


def test_a_film_goes_in_segments_and_is_waited_for(x: X, channel: XChannel) -> None:
    out = film()
    receipt = channel.publish(out)
    (sent,) = x.films.values()
    assert [len(one) for one in sent.segments.values()] == [4_000_000, 4_000_000, 1_000_000]
    assert sent.data == out.attachments[0].data
    assert x.posts[receipt.remote_id]["media"] == list(x.films)
    assert list(channel.problems(out.content)) == []


def test_a_film_that_x_cannot_read_is_refused_before_anything_is_posted(
    x: X, channel: XChannel
) -> None:
    x.films_become = "failed"
    with pytest.raises(Rejected, match="MP4 or MOV"):
        channel.publish(film())
    assert x.texts() == []


def test_a_film_that_is_never_ready_leaves_nothing_posted(x: X, channel: XChannel) -> None:
    x.films_become = "in_progress"
    with pytest.raises(Unavailable, match="still reading"):
        channel.publish(film(1000))
    assert x.texts() == []


def test_a_film_is_uploaded_anew_where_a_segment_was_lost(x: X, channel: XChannel) -> None:
    x.fault(Fault(kind=FaultKind.DROP, on="upload", skip=2))
    with pytest.raises(Unavailable):
        channel.upload(film().attachments[0])
    assert channel.upload(film().attachments[0]) in x.media


def test_replies_are_counted(channel: XChannel) -> None:
    receipt = channel.publish(outgoing(Content(text="Un", thread=("Deux",))))
    counts = channel.counts(receipt.remote_id)
    assert (counts.likes, counts.comments, counts.shares, counts.views) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("Your account does not have any credits to fulfill this request.", "buy some"),
        ("You are not permitted to perform this action.", "tweet.write"),
        ("Your Tweet text is too long.", "shorten it"),
        ("Your account is suspended and is not permitted to access this feature.", "appeal"),
        ("Your media IDs are invalid.", "live for a day"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    x: X, channel: XChannel, detail: str, told: str
) -> None:
    value = {"title": "Forbidden", "detail": detail, "type": "about:blank", "status": 403}
    x.refuse("post", Refused(403, value))
    with pytest.raises(Rejected, match=told):
        channel.publish(outgoing("Refusé"))


def test_a_dead_token_is_told(x: X, channel: XChannel) -> None:
    x.tokens.expire(x.token)
    with pytest.raises(Rejected, match="two hours"):
        channel.probe()


def test_a_rate_limit_says_when_it_ends(x: X, channel: XChannel) -> None:
    x.limits["post"].most = 1
    channel.publish(outgoing("Un"))
    with pytest.raises(Unavailable) as raised:
        channel.publish(outgoing("Deux"))
    assert raised.value.retry_after is not None
    assert timedelta(minutes=10) < raised.value.retry_after <= timedelta(minutes=16)
