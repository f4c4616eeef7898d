"""LinkedIn's adapters, beyond the contract, against their stand-in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Attachment, Outgoing, Rejected, Unavailable, Uncertain
from cmctl.channels.networks.linkedin import LinkedInChannel
from cmctl.channels.networks.linkedin_member import LinkedInMemberChannel
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import errors, outgoing, picture
from cmctl.testing.sandbox.faults import Fault, FaultKind
from cmctl.testing.standins import Refused
from cmctl.testing.standins.linkedin import USED_UP, LinkedIn

LINK = "https://atlas.example/rennes"


@pytest.fixture
def linkedin() -> Iterator[LinkedIn]:
    with LinkedIn() as server:
        yield server


@pytest.fixture
def channel(linkedin: LinkedIn) -> Iterator[LinkedInChannel]:
    channel = LinkedInChannel(
        token=linkedin.token,
        organization=linkedin.organization,
        url=linkedin.url,
        sleep=lambda _: None,
    )
    yield channel
    channel.close()


@pytest.fixture
def member(linkedin: LinkedIn) -> Iterator[LinkedInMemberChannel]:
    channel = LinkedInMemberChannel(token=linkedin.token, url=linkedin.url)
    yield channel
    channel.close()


def content_of(linkedin: LinkedIn) -> dict[str, object]:
    (post,) = linkedin.posts.values()
    found: dict[str, object] = post.get("content", {})
    return found


def test_a_link_becomes_a_card_titled_with_the_headline(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    content = Content(text="Rennes ouvre\n\nDès lundi.", link=LINK, hashtags=("logistique",))
    out = outgoing(content)
    receipt = channel.publish(out)

    assert content_of(linkedin) == {"article": {"source": LINK, "title": "Rennes ouvre"}}
    assert linkedin.texts() == ["Rennes ouvre\n\nDès lundi.\n\n#logistique"]
    (status,) = channel.timeline(out.created_at)
    assert status.text.endswith(LINK)
    found = channel.find(out)
    assert found is not None
    assert found.remote_id == receipt.remote_id


def test_a_link_alone_is_a_card_with_its_host(linkedin: LinkedIn, channel: LinkedInChannel) -> None:
    out = outgoing(Content(text="", link=LINK))
    channel.publish(out)
    assert content_of(linkedin) == {"article": {"source": LINK, "title": "atlas.example"}}
    assert channel.find(out) is not None


def test_beside_images_a_link_stands_in_the_text(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    out = outgoing(Content(text="Vue", link=LINK), images=2)
    channel.publish(out)
    assert linkedin.texts() == [f"Vue\n\n{LINK}"]
    assert set(content_of(linkedin)) == {"multiImage"}
    assert channel.find(out) is not None


def test_a_text_that_was_cut_is_said(linkedin: LinkedIn, channel: LinkedInChannel) -> None:
    mention = "Merci @[Port de Brest](urn:li:organization:2414183) #brest (29)"
    assert channel.publish(outgoing(mention)).altered == ""
    linkedin.cut = 10
    receipt = channel.publish(outgoing("Ouvert lundi à huit heures"))
    assert receipt.altered == "the text was cut by the network: it ends with “Ouvert lun”"


def test_a_mention_and_a_hashtag_are_found_again(channel: LinkedInChannel) -> None:
    out = outgoing("Merci @[Port de Brest](urn:li:organization:2414183) #brest (29)")
    channel.publish(out)
    assert channel.find(out) is not None


def test_a_comment_that_was_lost_is_told_and_looked_for(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    out = outgoing(Content(text="Le post", first_comment="Le (premier) #commentaire"))
    linkedin.fault(Fault(kind=FaultKind.DROP, on="post", skip=1))
    with pytest.raises(Uncertain, match="1 of its 2 parts"):
        channel.publish(out)
    found = channel.find(out)
    assert found is not None
    assert len(found.parts) == 2
    assert linkedin.texts() == ["Le post", "Le (premier) #commentaire"]


def test_a_comment_can_be_deleted_with_proof(channel: LinkedInChannel) -> None:
    receipt = channel.publish(outgoing(Content(text="Le post", first_comment="Le commentaire")))
    comment = receipt.parts[1]
    assert channel.exists(comment)
    assert channel.counts(receipt.remote_id).comments == 1
    channel.delete(comment)
    channel.delete(comment)
    assert not channel.exists(comment)
    assert channel.exists(receipt.remote_id)


def test_answers_to_comments_are_read_and_given(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    post = channel.publish(outgoing("Le post")).remote_id
    quiet = channel.publish(outgoing("Sans question")).remote_id
    question = linkedin.comment_by_hand(post, "Ouvert (lundi) ?")
    answer = channel.publish(outgoing(Content(text="Oui, dès 8 h", reply_to=question))).remote_id
    again = linkedin.comment_by_hand(question, "Merci !")
    before = len(linkedin.calls)

    since = datetime.now(UTC) - timedelta(hours=1)
    assert {said.remote_id for said in channel.inbox(since)} == {question, again}

    # The listing, all posts at once, the comments on the one that has any, the answers to it.
    assert len(linkedin.calls) == before + 4
    told = {said.remote_id: (said.reply_to, said.own) for said in channel.comments(post)}
    assert told == {
        question: (post, False),
        answer: (question, True),
        again: (question, False),
    }
    assert list(channel.comments(quiet)) == []
    channel.delete(answer)
    assert not channel.exists(answer)


def test_a_reply_has_the_limit_of_a_comment(channel: LinkedInChannel) -> None:
    assert errors(channel, Content(text="é" * 1250, reply_to="urn:li:share:1")) == []
    (problem,) = errors(channel, Content(text="é" * 1251, reply_to="urn:li:share:1"))
    assert problem.fix.startswith("shorten it by 1;")


def test_a_comment_has_a_limit_of_its_own(channel: LinkedInChannel) -> None:
    fits = Content(text="Un", first_comment="é" * 1250)
    assert errors(channel, fits) == []
    channel.publish(outgoing(fits))
    (problem,) = errors(channel, Content(text="Un", first_comment="é" * 1251))
    assert problem.fix.startswith("shorten it by 1;")


def test_a_double_that_was_deleted_is_no_proof(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    linkedin.remembers = True
    channel.delete(channel.publish(outgoing("Une fois")).remote_id)
    out = outgoing("Une fois")
    with pytest.raises(Uncertain, match="deleted not long ago"):
        channel.publish(out)
    assert channel.find(out) is None


def test_a_post_that_the_owner_planned_long_ago_and_published_now_is_read(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    now = datetime.now(UTC)
    old, new = (round(at.timestamp() * 1000) for at in (now - timedelta(days=9), now))
    linkedin.post_by_hand("Planifié", createdAt=old, publishedAt=new, lastModifiedAt=new)
    linkedin.post_by_hand("Hier", createdAt=old, publishedAt=old, lastModifiedAt=old)
    assert [status.text for status in channel.timeline(now - timedelta(hours=1))] == ["Planifié"]


def test_drafts_advertisements_and_bare_reposts_are_not_read(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    linkedin.post_by_hand("Brouillon", lifecycleState="DRAFT")
    linkedin.post_by_hand("Publicité", distribution={"feedDistribution": "NONE"})
    linkedin.post_by_hand("", reshareContext={"parent": "urn:li:share:1"})
    linkedin.post_by_hand("Avec un mot", reshareContext={"parent": "urn:li:share:1"})
    since = datetime.now(UTC) - timedelta(hours=1)
    assert [status.text for status in channel.timeline(since)] == ["Avec un mot"]


def test_a_long_listing_is_read_page_by_page(linkedin: LinkedIn, channel: LinkedInChannel) -> None:
    since = datetime.now(UTC) - timedelta(hours=1)
    for number in range(230):
        linkedin.post_by_hand(f"Nouvelle {number}")
    assert len({status.remote_id for status in channel.timeline(since)}) == 230
    assert len(linkedin.calls) == 3


def test_the_token_goes_to_no_host_but_linkedins(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    linkedin.uploads = "https://evil-linkedin.com"
    with pytest.raises(Rejected, match="not its own"):
        channel.upload(picture(1))


def test_a_day_that_is_used_up_is_waited_for_until_midnight(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    linkedin.refuse("post", USED_UP)
    with pytest.raises(Unavailable, match="midnight UTC") as raised:
        channel.publish(outgoing("Trop"))
    now = channel.server_time()
    assert now is not None
    assert raised.value.retry_after is not None
    again = now + raised.value.retry_after
    assert (again.hour, again.minute, again.second) == (0, 0, 0)


def test_a_version_that_was_switched_off_says_what_to_write(linkedin: LinkedIn) -> None:
    channel = LinkedInChannel(
        token=linkedin.token, organization="5583111", version="202401", url=linkedin.url
    )
    with pytest.raises(Rejected, match="write a newer one as `version:`"):
        channel.publish(outgoing("Un"))
    channel.close()


@pytest.mark.parametrize(
    ("status", "message", "told"),
    [
        (401, "The token used in the request has been revoked by the user", "taken back"),
        (401, "Invalid access token", "sign in again"),
        (403, "Not enough permissions to access: posts.CREATE.20260701", "r_organization_social"),
        (
            403,
            "Organization permissions must be used when using organization as author",
            "w_organization_social",
        ),
        (422, "ERROR :: /commentary :: the length exceeds the maximum of 3000", "shorten it"),
    ],
)
def test_a_refusal_becomes_a_sentence_with_what_to_do(
    linkedin: LinkedIn, channel: LinkedInChannel, status: int, message: str, told: str
) -> None:
    linkedin.refuse("post", Refused(status, {"status": status, "message": message}))
    with pytest.raises(Rejected) as raised:
        channel.publish(outgoing("Refusé"))
    assert told in str(raised.value)
    assert message in str(raised.value)


def test_a_token_that_ended_is_told(linkedin: LinkedIn, channel: LinkedInChannel) -> None:
    linkedin.tokens.expire(linkedin.token)
    with pytest.raises(Rejected, match="after 60 days: sign in again"):
        channel.publish(outgoing("Trop tard"))


def test_a_member_posts_as_who_the_token_belongs_to(
    linkedin: LinkedIn, member: LinkedInMemberChannel
) -> None:
    assert member.probe() == "Camille M."
    member.publish(outgoing("Un mot de Camille", images=1))
    (post,) = linkedin.posts.values()
    assert post["author"] == f"urn:li:person:{linkedin.member}"
    assert not hasattr(member, "timeline")


def film(size: int = 9_000_000) -> Outgoing:
    content = Content(text="La visite", media=(Media(file="visite.mp4"),))
    data = bytes(index % 251 for index in range(1000)) * (size // 1000)
    item = Attachment(name="visite.mp4", data=data, type="video/mp4")
    return replace(outgoing(content), attachments=(item,))


def test_a_film_goes_in_the_parts_that_linkedin_wants(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    out = film()
    receipt = channel.publish(out)
    ((urn, sent),) = linkedin.films.items()
    assert [len(part) for part in sent.parts.values()] == [4 << 20, 4 << 20, 9_000_000 - (8 << 20)]
    assert linkedin.images[urn] == out.attachments[0].data
    assert content_of(linkedin) == {"media": {"id": urn}}
    found = channel.find(out)
    assert found is not None
    assert found.remote_id == receipt.remote_id
    assert list(channel.problems(out.content)) == []


def test_a_film_that_linkedin_cannot_read_is_refused_before_anything_is_posted(
    linkedin: LinkedIn, channel: LinkedInChannel
) -> None:
    linkedin.films_become = "PROCESSING_FAILED"
    with pytest.raises(Rejected, match="is it an MP4"):
        channel.publish(film(1000))
    assert linkedin.texts() == []
