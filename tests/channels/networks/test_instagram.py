"""Instagram's adapter, beyond the contract, against its stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Rejected, Unavailable, Uncertain
from cmctl.channels.networks.instagram import InstagramChannel
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import errors, outgoing
from cmctl.testing.sandbox.faults import Fault, FaultKind
from cmctl.testing.standins.graph import refused
from cmctl.testing.standins.instagram import Instagram


@pytest.fixture
def instagram() -> Iterator[Instagram]:
    with Instagram() as server:
        yield server


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def channel(instagram: Instagram, slept: list[float]) -> Iterator[InstagramChannel]:
    channel = InstagramChannel(
        account=Instagram.account, token=instagram.token, url=instagram.url, sleep=slept.append
    )
    yield channel
    channel.close()


def shown(text: str, count: int = 1, **more: str) -> Content:
    images = tuple(
        Media(file=f"https://atlas.example/{n}.jpg", alt=f"Vue {n}") for n in range(count)
    )
    return Content(text=text, media=images, **more)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (Content(text="Sans image"), "no-image"),
        (shown("é" * 2201), "text-too-long"),
        (shown(" ".join(f"#t{n}" for n in range(31))), "too-many-hashtags"),
        (shown(" ".join(f"@m{n}" for n in range(21))), "too-many-mentions"),
        (shown("Un", 11), "too-many-images"),
        (
            Content(text="Un", media=(Media(file="https://atlas.example/a.png", alt="a"),)),
            "image-format",
        ),
    ],
)
def test_what_instagram_would_refuse_is_told_before_the_slot(
    channel: InstagramChannel, content: Content, code: str
) -> None:
    assert [problem.code for problem in errors(channel, content)] == [code]


def test_hashtags_of_the_post_are_counted_with_those_of_the_text(channel: InstagramChannel) -> None:
    content = replace(shown("#un #deux"), hashtags=tuple(f"t{n}" for n in range(29)))
    (problem,) = errors(channel, content)
    assert problem.fix == "leave 1 out"
    assert not errors(channel, replace(content, hashtags=content.hashtags[1:]))


def test_one_image_is_an_image_and_more_are_a_carousel(
    instagram: Instagram, channel: InstagramChannel
) -> None:
    channel.publish(outgoing(shown("Une")))
    channel.publish(outgoing(shown("Deux", 2)))
    one, two = instagram.media.values()
    assert (one["media_type"], one["alts"]) == ("IMAGE", ["Vue 0"])
    assert (two["media_type"], two["alts"]) == ("CAROUSEL_ALBUM", ["Vue 0", "Vue 1"])


def test_a_container_is_shown_only_when_it_is_finished(
    instagram: Instagram, channel: InstagramChannel, slept: list[float]
) -> None:
    instagram.waiting.slow = 2
    channel.publish(outgoing(shown("Patience")))
    assert slept == [1, 1]


def test_an_image_that_cannot_be_fetched_is_a_refusal(
    instagram: Instagram, channel: InstagramChannel
) -> None:
    instagram.waiting.unreachable.add("https://atlas.example/0.jpg")
    with pytest.raises(Rejected, match="addresses public"):
        channel.publish(outgoing(shown("Vue")))
    assert instagram.texts() == []


def test_the_days_quota_is_waited_for_and_told_by_the_probe(
    instagram: Instagram, channel: InstagramChannel
) -> None:
    instagram.quota = 1
    channel.publish(outgoing(shown("Un")))
    assert channel.probe() == "atlas.logistique, 1 of 1 posts in 24 h"
    with pytest.raises(Unavailable, match="used up"):
        channel.publish(outgoing(shown("Deux")))
    assert instagram.texts() == ["Un"]


def test_a_lost_answer_is_found_with_its_comment(
    instagram: Instagram, channel: InstagramChannel
) -> None:
    out = outgoing(shown("Un", first_comment="Deux"))
    instagram.fault(Fault(kind=FaultKind.DROP, on="post", skip=1))
    with pytest.raises(Uncertain, match="1 of its 2 parts"):
        channel.publish(out)
    found = channel.find(out)
    assert found is not None
    assert found.parts == (*instagram.media, *instagram.comments)


def test_a_container_that_was_lost_is_made_anew_another_time(
    instagram: Instagram, channel: InstagramChannel
) -> None:
    instagram.refuse("post", refused(24, "does not exist", sub=2207006))
    with pytest.raises(Unavailable, match="made anew"):
        channel.publish(outgoing(shown("Perdu")))


def test_comments_are_counted(channel: InstagramChannel) -> None:
    receipt = channel.publish(outgoing(shown("Un", first_comment="Deux")))
    counts = channel.counts(receipt.remote_id)
    assert (counts.likes, counts.comments) == (0, 1)


@pytest.mark.parametrize(
    ("code", "sub", "told"),
    [
        (4, 2207051, "takes it for spam"),
        (25, 2207050, "restricted or inactive"),
        (9004, 2207052, "is its address public"),
        (36000, 2207004, "make it smaller"),
        (36001, 2207005, "save the image as one"),
        (36003, 2207009, "crop it"),
        (36004, 2207010, "too long"),
        (190, 463, "make a new one"),
        (200, 0, "instagram_content_publish"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    instagram: Instagram, channel: InstagramChannel, code: int, sub: int, told: str
) -> None:
    for call in ("upload", "post"):
        instagram.refuse(call, refused(code, "In Meta's words.", sub=sub))
        with pytest.raises(Rejected) as raised:
            channel.publish(outgoing(shown("Refusé")))
        assert told in str(raised.value)
        assert "In Meta's words." in str(raised.value)


FILM = Content(text="La visite", media=(Media(file="https://atlas.example/visite.mp4"),))


def test_a_film_is_a_reel_that_is_waited_for_longer(
    instagram: Instagram, channel: InstagramChannel, slept: list[float]
) -> None:
    instagram.waiting.slow = 90
    receipt = channel.publish(outgoing(FILM))
    [reel] = instagram.media.values()
    assert (reel["id"], reel["media_type"], reel["caption"]) == (
        receipt.remote_id,
        "VIDEO",
        "La visite",
    )
    assert len(slept) == 90
    [status] = channel.timeline(datetime.now(UTC) - timedelta(hours=1))
    assert (status.text, status.images) == ("La visite", ())


def test_a_film_goes_alone_and_has_no_alt_text(channel: InstagramChannel) -> None:
    film, image = FILM.media[0], shown("x").media[0]
    assert not list(channel.problems(FILM))
    both = replace(FILM, media=(film, image))
    assert [problem.code for problem in errors(channel, both)] == ["film-alone"]
    told = replace(FILM, media=(replace(film, alt="La visite"),))
    assert [problem.code for problem in channel.problems(told)] == ["alt-left-out"]
    other = replace(FILM, media=(replace(film, file="https://atlas.example/visite.avi"),))
    assert "image-format" in [problem.code for problem in errors(channel, other)]


def test_who_tags_the_account_is_heard_as_a_mention(
    instagram: Instagram, channel: InstagramChannel
) -> None:
    number = instagram.tag_by_hand("Chez Atlas !")
    (said,) = channel.inbox(datetime.now(UTC) - timedelta(minutes=1))
    assert (said.remote_id, said.text, said.reply_to) == (number, "Chez Atlas !", "")
    assert said.author
    assert list(channel.inbox(datetime.now(UTC) + timedelta(minutes=1))) == []
