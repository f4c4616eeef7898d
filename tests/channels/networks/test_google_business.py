"""Google Business's adapter, beyond the contract, against its stand-in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Rejected, Unauthorized, Unavailable
from cmctl.channels.networks.google_business import GoogleBusinessChannel
from cmctl.core.model import Content, Media, PublicEvent
from cmctl.testing.channel_contract.network import errors, outgoing
from cmctl.testing.standins import Refused
from cmctl.testing.standins.google_business import GoogleBusiness, invalid, refused

LINK = "https://atlas.example/rennes"
RPC = "type.googleapis.com/google.rpc"
IMAGE = Media(file="https://atlas.example/facade.jpg")


@pytest.fixture
def google() -> Iterator[GoogleBusiness]:
    with GoogleBusiness() as server:
        yield server


def opened(google: GoogleBusiness, button: str = "LEARN_MORE") -> GoogleBusinessChannel:
    return GoogleBusinessChannel(
        token=google.token,
        account=google.account,
        location=google.location,
        button=button,
        url=google.url,
    )


@pytest.fixture
def channel(google: GoogleBusiness) -> Iterator[GoogleBusinessChannel]:
    channel = opened(google)
    yield channel
    channel.close()


def test_a_link_is_where_the_button_leads(
    google: GoogleBusiness, channel: GoogleBusinessChannel
) -> None:
    out = outgoing(Content(text="Rennes ouvre", link=LINK, hashtags=("logistique",)))
    channel.publish(out)

    (post,) = google.posts.values()
    assert post["callToAction"] == {"actionType": "LEARN_MORE", "url": LINK}
    assert post["summary"] == "Rennes ouvre\n\n#logistique"
    assert post["languageCode"] == "fr"
    (status,) = channel.timeline(out.created_at)
    assert status.text == f"Rennes ouvre\n\n#logistique\n\n{LINK}"
    assert status.url.startswith("https://local.google.com/")
    assert channel.find(out) is not None


def test_beside_a_button_that_rings_the_link_stands_in_the_text(google: GoogleBusiness) -> None:
    channel = opened(google, "CALL")
    out = outgoing(Content(text="Appelez-nous", link=LINK))
    channel.publish(out)
    (post,) = google.posts.values()
    assert post["callToAction"] == {"actionType": "CALL"}
    assert google.texts() == [f"Appelez-nous\n\n{LINK}"]
    assert channel.find(out) is not None
    channel.close()


def day(number: int) -> dict[str, int]:
    return {"year": 2026, "month": 12, "day": number}


def test_an_event_goes_out_with_its_title_and_times(
    google: GoogleBusiness, channel: GoogleBusinessChannel
) -> None:
    event = PublicEvent(title="Portes ouvertes", starts="2026-12-01T10:00", ends="2026-12-02")
    out = outgoing(Content(text="Venez", link=LINK, event=event))
    receipt = channel.publish(out)

    (post,) = google.posts.values()
    schedule = {
        "startDate": day(1),
        "startTime": {"hours": 10, "minutes": 0},
        "endDate": day(2),
    }
    assert post["topicType"] == "EVENT"
    assert post["event"] == {"title": "Portes ouvertes", "schedule": schedule}
    assert post["callToAction"]["url"] == LINK
    found = channel.find(out)
    assert found is not None
    assert found.remote_id == receipt.remote_id
    assert channel.find(outgoing("Venez")) is None


@pytest.mark.parametrize("button", ["LEARN_MORE", "CALL"])
def test_an_offer_has_a_coupon_and_a_link_of_its_own(google: GoogleBusiness, button: str) -> None:
    channel = opened(google, button)
    event = PublicEvent(
        title="Semaine de la palette",
        starts="2026-12-01",
        ends="2026-12-06",
        offer=True,
        coupon="PALETTE10",
    )
    out = outgoing(Content(text="Dix pour cent", link=LINK, event=event))
    channel.publish(out)
    (post,) = google.posts.values()
    assert post["topicType"] == "OFFER"
    assert post["offer"] == {"couponCode": "PALETTE10", "redeemOnlineUrl": LINK}
    assert "callToAction" not in post
    (status,) = channel.timeline(out.created_at)
    assert status.text == f"Semaine de la palette\n\nDix pour cent\n\n{LINK}"
    assert channel.find(out) is not None
    channel.close()


def test_a_text_that_was_cut_is_said(
    google: GoogleBusiness, channel: GoogleBusinessChannel
) -> None:
    assert channel.publish(outgoing("Entier")).altered == ""
    google.cut = 10
    receipt = channel.publish(outgoing("Ouvert lundi à huit heures"))
    assert receipt.altered == "the text was cut by the network: it ends with “Ouvert lun”"


def test_an_image_is_fetched_from_where_it_stands(
    google: GoogleBusiness, channel: GoogleBusinessChannel
) -> None:
    out = outgoing(Content(text="La façade", media=(IMAGE,)))
    channel.publish(out)
    assert google.calls[-1].values["media"] == [{"mediaFormat": "PHOTO", "sourceUrl": IMAGE.file}]
    (status,) = channel.timeline(out.created_at)
    assert status.media_count == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (Content(text="é" * 1501), "text-too-long"),
        (Content(text="", media=(IMAGE,)), "empty-text"),
        (Content(text="", link=LINK), "empty-text"),
        (Content(text="Un", media=(IMAGE, IMAGE)), "too-many-images"),
        (
            Content(text="Un", media=(Media(file="https://atlas.example/a.gif"),)),
            "image-format",
        ),
        (Content(text="Un", thread=("Deux",)), "unsupported"),
        (Content(text="Un", first_comment="Deux"), "unsupported"),
    ],
)
def test_what_google_would_refuse_is_told_before_the_slot(
    channel: GoogleBusinessChannel, content: Content, code: str
) -> None:
    assert {problem.code for problem in errors(channel, content)} == {code}


def test_a_post_that_google_rejects_at_once_is_not_published(
    google: GoogleBusiness, channel: GoogleBusinessChannel
) -> None:
    google.state = "REJECTED"
    with pytest.raises(Rejected, match="rules of its own"):
        channel.publish(outgoing("Promotion"))
    assert not channel.exists(next(iter(google.posts)))


def test_rejected_and_planned_posts_are_not_read_and_others_are_by_when_they_are_seen(
    google: GoogleBusiness, channel: GoogleBusinessChannel
) -> None:
    now = datetime.now(UTC)
    google.post_by_hand("Refusé", state="REJECTED")
    google.post_by_hand("Demain", state="SCHEDULED", scheduledTime=(now.isoformat()))
    old = (now - timedelta(days=9)).isoformat()
    google.post_by_hand("Planifié", createTime=old, scheduledTime=now.isoformat())
    days = {"year": 2026, "month": 12, "day": 1}
    event = {"title": "Portes ouvertes", "schedule": {"startDate": days, "endDate": days}}
    google.post_by_hand("Venez", topicType="EVENT", event=event)
    read = {status.text for status in channel.timeline(now - timedelta(hours=1))}
    assert read == {"Planifié", "Portes ouvertes\n\nVenez"}


def test_a_long_listing_is_read_until_nothing_is_new(
    google: GoogleBusiness, channel: GoogleBusinessChannel
) -> None:
    old = (datetime.now(UTC) - timedelta(days=30)).isoformat()
    for number in range(150):
        google.post_by_hand(f"Ancienne {number}", createTime=old)
    for number in range(150):
        google.post_by_hand(f"Nouvelle {number}")
    read = list(channel.timeline(datetime.now(UTC) - timedelta(hours=1)))
    assert len({status.remote_id for status in read}) == 150
    assert len(google.calls) == 3


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (refused(403, "PERMISSION_DENIED", "The caller does not have permission"), "owner"),
        (refused(404, "NOT_FOUND", "Requested entity was not found."), "`account` and `location`"),
        (invalid("media[0].source_url", "Could not fetch the image."), "everybody can read"),
        (invalid("summary", "Summary must be at most 1500 characters."), "telephone number"),
        (invalid("call_to_action.url", "Invalid URL."), "whole address"),
        (
            refused(
                403,
                "PERMISSION_DENIED",
                "Google My Business API has not been used in project 1 before or it is disabled.",
                [
                    {
                        "@type": f"{RPC}.ErrorInfo",
                        "reason": "SERVICE_DISABLED",
                    }
                ],
            ),
            "switch it on",
        ),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    google: GoogleBusiness, channel: GoogleBusinessChannel, refusal: Refused, told: str
) -> None:
    google.refuse("post", refusal)
    with pytest.raises(Rejected) as raised:
        channel.publish(outgoing("Refusé"))
    assert told in str(raised.value)


def test_a_project_without_a_quota_is_told_what_to_ask_for(
    google: GoogleBusiness, channel: GoogleBusinessChannel
) -> None:
    info = {
        "@type": f"{RPC}.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "metadata": {"quota_limit_value": "0"},
    }
    google.refuse("post", refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded", [info]))
    with pytest.raises(Unavailable, match="ask for access"):
        channel.publish(outgoing("Trop tôt"))


def test_a_token_that_ended_is_told(google: GoogleBusiness, channel: GoogleBusinessChannel) -> None:
    google.tokens.expire(google.token)
    with pytest.raises(Unauthorized, match="lives for an hour"):
        channel.publish(outgoing("Trop tard"))
