"""An independent check: LinkedIn's own client sends the same posts to the same stand-in.

Both requests are compared field by field, and by the headers that the API asks for.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from linkedin_api.clients.restli.client import RestliClient

from cmctl.channels.networks.linkedin import LinkedInChannel
from cmctl.channels.vendors.linkedin.rest import VERSION
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import outgoing
from cmctl.testing.standins import Asked
from cmctl.testing.standins.linkedin import LinkedIn
from standins.compare import explained, sent

#: Why theirs differ where a request has no body.
BODILESS = {"type": "they name the type of a body that is not there"}
HEADERS = ("authorization", "linkedin-version", "x-restli-protocol-version")


@pytest.fixture
def linkedin() -> Iterator[LinkedIn]:
    with LinkedIn() as server:
        yield server


@pytest.fixture
def theirs(linkedin: LinkedIn, monkeypatch: pytest.MonkeyPatch) -> RestliClient:
    client = RestliClient()
    send = client.session.send

    def here(request: object, **more: object) -> object:
        request.url = request.url.replace("https://api.linkedin.com", linkedin.url)  # type: ignore[attr-defined]
        return send(request, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(client.session, "send", here)
    return client


def opened(linkedin: LinkedIn) -> LinkedInChannel:
    return LinkedInChannel(
        token=linkedin.token, organization=linkedin.organization, url=linkedin.url
    )


def alike(linkedin: LinkedIn, ours: Asked, other: Asked) -> None:
    explained({} if ours.body else BODILESS, linkedin, ours, other)
    assert [ours.headers.get(name) for name in HEADERS] == [
        other.headers.get(name) for name in HEADERS
    ]


@pytest.mark.parametrize(
    ("content", "images"),
    [
        (Content(text="Notre (nouvel) entrepôt à Rennes & Brest #logistique 🏭"), 0),
        (Content(text="Un lien", link="https://atlas.example/a_b"), 0),
        (Content(text="Une image"), 1),
        (Content(text="Deux images"), 2),
    ],
)
def test_linkedin_a_post(
    linkedin: LinkedIn, theirs: RestliClient, content: Content, images: int
) -> None:
    *_, ours, _ = sent(linkedin, opened(linkedin), content, images)  # the last one looks at it
    entity = dict(ours.values)
    linkedin.posts.clear()  # the same text is refused twice
    made = theirs.create(
        resource_path="/posts",
        entity=entity,
        access_token=linkedin.token,
        version_string=VERSION,
    )
    assert made.decoded_entity_id == next(iter(linkedin.posts))
    alike(linkedin, ours, linkedin.calls[-1])


def test_linkedin_an_upload(linkedin: LinkedIn, theirs: RestliClient) -> None:
    ours, *_ = sent(linkedin, opened(linkedin), Content(text="Une image"), 1)
    told = theirs.action(
        resource_path="/images",
        action_name="initializeUpload",
        action_params={
            "initializeUploadRequest": {"owner": f"urn:li:organization:{linkedin.organization}"}
        },
        access_token=linkedin.token,
        version_string=VERSION,
    )
    assert told.value["image"] in linkedin.images
    alike(linkedin, ours, linkedin.calls[-1])


def test_linkedin_a_listing(linkedin: LinkedIn, theirs: RestliClient) -> None:
    channel = opened(linkedin)
    out = outgoing("Une nouvelle")
    channel.publish(out)
    list(channel.timeline(out.created_at))
    ours = linkedin.calls[-1]
    listed = theirs.finder(
        resource_path="/posts",
        finder_name="author",
        query_params={
            "author": f"urn:li:organization:{linkedin.organization}",
            "sortBy": "LAST_MODIFIED",
            "start": 0,
            "count": 100,
        },
        access_token=linkedin.token,
        version_string=VERSION,
    )
    assert [post["id"] for post in listed.elements] == list(linkedin.posts)
    alike(linkedin, ours, linkedin.calls[-1])
    assert ours.headers["x-restli-method"] == linkedin.calls[-1].headers["x-restli-method"]
    channel.close()


def test_linkedin_comments_and_deleting(linkedin: LinkedIn, theirs: RestliClient) -> None:
    channel = opened(linkedin)
    post, comment = channel.publish(
        outgoing(Content(text="Le post", first_comment="Le commentaire"))
    ).parts
    ours = linkedin.calls[-2]  # the last one looks at the post
    made = theirs.create(
        resource_path="/socialActions/{post}/comments",
        path_keys={"post": post},
        entity=dict(ours.values),
        access_token=linkedin.token,
        version_string=VERSION,
    )
    alike(linkedin, ours, linkedin.calls[-1])

    channel.publish(outgoing(Content(text="Merci", reply_to=comment)))
    ours = linkedin.calls[-1]
    theirs.create(
        resource_path="/socialActions/{comment}/comments",
        path_keys={"comment": comment},
        entity=dict(ours.values),
        access_token=linkedin.token,
        version_string=VERSION,
    )
    alike(linkedin, ours, linkedin.calls[-1])

    list(channel.inbox(datetime.now(UTC)))
    ours = next(call for call in linkedin.calls if "ids" in call.query)
    told = theirs.batch_get(
        resource_path="/socialMetadata",
        ids=[post],
        access_token=linkedin.token,
        version_string=VERSION,
    )
    assert list(told.results) == [post]
    alike(linkedin, ours, linkedin.calls[-1])

    linkedin.comments = {
        number: one for number, one in linkedin.comments.items() if "parentComment" not in one
    }
    channel.delete(comment)
    ours = linkedin.calls[-1]
    theirs.delete(
        resource_path="/socialActions/{post}/comments/{comment}",
        path_keys={"post": ours.path["post"], "comment": made.decoded_entity_id},
        query_params={"actor": f"urn:li:organization:{linkedin.organization}"},
        access_token=linkedin.token,
        version_string=VERSION,
    )
    assert ours.query == linkedin.calls[-1].query
    assert linkedin.comments == {}

    theirs.delete(
        resource_path="/posts/{post}",
        path_keys={"post": post},
        access_token=linkedin.token,
        version_string=VERSION,
    )
    other = linkedin.calls[-1]
    channel.delete(post)
    alike(linkedin, linkedin.calls[-1], other)
    channel.close()
