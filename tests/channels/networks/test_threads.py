"""Threads' adapter, beyond the contract, against its stand-in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Rejected, Unavailable, Uncertain
from cmctl.channels.networks.threads import ThreadsChannel
from cmctl.channels.vendors.meta.threads_post import length
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import outgoing
from cmctl.testing.sandbox.faults import Fault, FaultKind
from cmctl.testing.standins import Window
from cmctl.testing.standins.graph import refused
from cmctl.testing.standins.threads import Threads


@pytest.fixture
def threads() -> Iterator[Threads]:
    with Threads() as server:
        yield server


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def channel(threads: Threads, slept: list[float]) -> Iterator[ThreadsChannel]:
    channel = ThreadsChannel(token=threads.token, url=threads.url, sleep=slept.append)
    yield channel
    channel.close()


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def images(count: int) -> tuple[Media, ...]:
    return tuple(Media(file=f"https://atlas.example/{n}.jpg", alt=f"Vue {n}") for n in range(count))


@pytest.mark.parametrize(
    ("text", "counted"),
    [("abc", 3), ("été", 3), ("🏭", 4), ("👩‍👩‍👧", 18), ("❤️", 6), ("1️⃣", 5), ("日本", 2)],
)
def test_an_emoji_is_as_long_as_its_bytes(text: str, counted: int) -> None:
    assert length(text) == counted


def test_one_image_is_an_image_and_more_are_a_carousel(
    threads: Threads, channel: ThreadsChannel
) -> None:
    channel.publish(outgoing(Content(text="Une", media=images(1))))
    channel.publish(outgoing(Content(text="Deux", media=images(2))))
    one, two = threads.posts.values()
    assert (one["media_type"], one["alts"]) == ("IMAGE", ["Vue 0"])
    assert (two["media_type"], two["alts"]) == ("CAROUSEL_ALBUM", ["Vue 0", "Vue 1"])
    assert [status.media_count for status in channel.timeline(lately())] in ([2, 1], [1, 2])


def test_a_container_is_shown_only_when_it_is_finished(
    threads: Threads, channel: ThreadsChannel, slept: list[float]
) -> None:
    threads.waiting.slow = 3
    channel.publish(outgoing("Patience"))
    assert slept == [1, 1, 1]
    assert threads.texts() == ["Patience"]


def test_a_container_that_is_never_finished_has_published_nothing(
    threads: Threads, channel: ThreadsChannel
) -> None:
    threads.waiting.slow = 1000
    with pytest.raises(Unavailable, match="still reading what it is to show after 30 s"):
        channel.publish(outgoing("Jamais"))
    assert threads.texts() == []


def test_an_image_that_cannot_be_fetched_is_a_refusal(
    threads: Threads, channel: ThreadsChannel
) -> None:
    threads.waiting.unreachable.add("https://atlas.example/0.jpg")
    with pytest.raises(Rejected, match=r"FAILED_DOWNLOADING_IMAGE.*addresses public"):
        channel.publish(outgoing(Content(text="Vue", media=images(1))))


def test_a_container_that_was_lost_again_is_made_anew_another_time(
    threads: Threads, channel: ThreadsChannel
) -> None:
    words = "The requested resource does not exist"
    threads.refuse("post", refused(24, words, sub=4279009))
    with pytest.raises(Unavailable, match="made anew"):
        channel.publish(outgoing("Perdu"))
    channel.publish(outgoing("Perdu"))
    assert threads.texts() == ["Perdu"]


def test_a_lost_answer_is_found_among_posts_and_replies(
    threads: Threads, channel: ThreadsChannel
) -> None:
    out = outgoing(Content(text="Un", thread=("Deux",), first_comment="Trois"))
    threads.fault(Fault(kind=FaultKind.DROP, on="post", skip=2))
    with pytest.raises(Uncertain, match="2 of its 3 parts"):
        channel.publish(out)
    found = channel.find(out)
    assert found is not None
    assert found.parts == tuple(threads.posts)


def test_a_receipt_leads_to_the_post_and_is_given_without_its_address_too(
    threads: Threads, channel: ThreadsChannel
) -> None:
    assert channel.publish(outgoing("Un")).url.startswith("https://www.threads.net/@atlas")
    threads.fault(Fault(kind=FaultKind.ERROR, on="read", skip=1))  # the container's is the first
    assert channel.publish(outgoing("Deux")).url == ""
    assert threads.texts() == ["Un", "Deux"]


def test_what_others_wrote_and_was_passed_on_is_no_post(
    threads: Threads, channel: ThreadsChannel
) -> None:
    threads.posts[threads.post_by_hand("d'ailleurs")]["media_type"] = "REPOST_FACADE"
    assert list(channel.timeline(lately())) == []


def test_replies_are_counted(channel: ThreadsChannel) -> None:
    receipt = channel.publish(outgoing(Content(text="Un", thread=("Deux",))))
    counts = channel.counts(receipt.remote_id)
    assert (counts.likes, counts.comments, counts.shares, counts.views) == (0, 1, 0, 0)


def test_the_probe_says_how_much_of_the_quota_is_used(channel: ThreadsChannel) -> None:
    channel.publish(outgoing("Un"))
    assert channel.probe() == "atlas.logistique, 1 of 250 posts in 24 h"


def test_a_token_that_has_expired_says_so(threads: Threads, channel: ThreadsChannel) -> None:
    threads.tokens.expire(threads.token)
    with pytest.raises(Rejected, match="make a new one"):
        channel.publish(outgoing("Perdu"))


def test_a_quota_that_is_used_up_is_certainly_not_published(
    threads: Threads, channel: ThreadsChannel
) -> None:
    threads.limits["post"] = Window(1, 86_400)
    channel.publish(outgoing("Un"))
    with pytest.raises(Unavailable, match="limit reached"):
        channel.publish(outgoing("Trop"))
    assert threads.texts() == ["Un"]


def test_a_film_is_a_video_without_alt_text(threads: Threads, channel: ThreadsChannel) -> None:
    film = Media(file="https://atlas.example/visite.mp4")
    channel.publish(outgoing(Content(text="La visite", media=(film,))))
    [post] = threads.posts.values()
    assert (post["media_type"], post["text"]) == ("VIDEO", "La visite")
