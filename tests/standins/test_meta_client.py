"""An independent check: Meta's own client sends the same posts to the same stand-ins.

facebook-business is made of the lists of fields that the stand-ins hold requests to. Every
difference stands in `EXPLAINED` with its reason, and no other is allowed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from facebook_business import video_uploader as uploader
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.api import FacebookAdsApi, FacebookSession

from cmctl.channels.base import Attachment
from cmctl.channels.networks.facebook_page import FacebookPageChannel
from cmctl.channels.networks.instagram import InstagramChannel
from cmctl.core.model import Content, Media
from cmctl.testing.channel_contract.network import outgoing, picture, pictures
from cmctl.testing.standins import Asked
from cmctl.testing.standins.facebook import Facebook
from cmctl.testing.standins.instagram import Instagram
from standins.compare import explained, sent

TEXT = "Notre entrepôt ouvre à Rennes & Brest :\n\n#logistique 🏭"
LINK = "https://atlas.example/rennes"
TOKEN = {"access_token": "they send the token in the address, we in a header, which no log keeps"}
EXPLAINED: dict[str, dict[str, str]] = {
    "post": TOKEN,
    "photo": TOKEN,
    "comment": TOKEN,
    "feed": TOKEN,
    "begun film": TOKEN,
    "film": TOKEN,
    "published film": TOKEN
    | {
        "description": "what people read below a film; the client's uploader is one for adverts",
        "title": "they give the file's name; a post has none",
    },
    "container": TOKEN,
    "carousel": TOKEN
    | {"children": "they write a list as JSON, we with commas, as the guide to publishing has it"},
    "published": TOKEN,
}


@pytest.fixture
def facebook() -> Iterator[Facebook]:
    with Facebook() as server:
        yield server


def theirs(server: Facebook | Instagram) -> FacebookAdsApi:
    session = FacebookSession(access_token=server.token)
    session.GRAPH = server.url
    return FacebookAdsApi(session, api_version="v25.0")


def ours(server: Facebook, content: Content, images: int = 0) -> list[Asked]:
    channel = FacebookPageChannel(page=server.account, token=server.token, url=server.url)
    return sent(server, channel, content, images)


def test_a_post_with_a_link(facebook: Facebook) -> None:
    (call,) = ours(facebook, Content(text=TEXT, link=LINK))
    page = Page(facebook.account, api=theirs(facebook))
    page.create_feed(params={"message": TEXT, "link": LINK})
    explained(EXPLAINED["post"], facebook, call, facebook.calls[-1])


def test_a_post_with_photos(facebook: Facebook, tmp_path: Path) -> None:
    first, second, call = ours(facebook, Content(text=TEXT, media=pictures(2)), 2)
    image = picture(0)
    (tmp_path / image.name).write_bytes(image.data)
    with (tmp_path / image.name).open("rb") as file:
        theirs(facebook).call(
            "POST",
            (facebook.account, "photos"),
            params={"published": False, "alt_text_custom": image.alt},
            files={"source": file},
        )
    explained(EXPLAINED["photo"], facebook, first, facebook.calls[-1])
    assert second.values["alt_text_custom"] == picture(1).alt

    attached = [{"media_fbid": one["media_fbid"]} for one in call.values["attached_media"]]
    page = Page(facebook.account, api=theirs(facebook))
    page.create_feed(params={"message": TEXT, "attached_media": attached})
    explained(EXPLAINED["post"], facebook, call, facebook.calls[-1])
    assert call.values["attached_media"] == attached


def test_a_film(facebook: Facebook) -> None:
    """By the parameters that their uploader sends, to the edge of a Page."""
    film = Attachment(name="visite.mp4", data=b"moov" * 500, type="video/mp4")
    channel = FacebookPageChannel(
        page=facebook.account, token=facebook.token, url=facebook.url, sleep=lambda _: None
    )
    channel.publish(replace(outgoing(Content(text=TEXT)), attachments=(film,)))
    channel.close()
    begun, part, published = (one for one in facebook.calls if one.operation.endswith("videos"))

    api, context = theirs(facebook), uploader.VideoUploadRequestContext()
    edge = (facebook.account, "videos")
    context.file_size, context.file_name = len(film.data), film.name
    params = uploader.VideoUploadStartRequestManager(api).getParamsFromContext(context)
    told = api.call("POST", edge, params=params).json()
    explained(EXPLAINED["begun film"], facebook, begun, facebook.calls[-1])

    context.session_id, context.start_offset = told["upload_session_id"], told["start_offset"]
    params = uploader.VideoUploadTransferRequestManager(api).getParamsFromContext(context)
    files = {"video_file_chunk": (film.name, film.data, "video/mp4")}
    api.call("POST", edge, params=params, files=files)
    theirs_ = facebook.calls[-1]
    session = {"upload_session_id": part.values["upload_session_id"]}
    theirs_ = replace(theirs_, values={**theirs_.values, **session})
    explained(EXPLAINED["film"], facebook, part, theirs_)

    params = uploader.VideoUploadFinishRequestManager(api).getParamsFromContext(context)
    api.call("POST", edge, params=params)
    theirs_ = facebook.calls[-1]
    theirs_ = replace(theirs_, values={**theirs_.values, **session})
    explained(EXPLAINED["published film"], facebook, published, theirs_)


def test_a_comment(facebook: Facebook) -> None:
    _, call = ours(facebook, Content(text="Un", first_comment="Deux"))
    (post,) = facebook.posts
    PagePost(post, api=theirs(facebook)).create_comment(params={"message": "Deux"})
    explained(EXPLAINED["comment"], facebook, call, facebook.calls[-1])


def test_a_feed(facebook: Facebook) -> None:
    channel = FacebookPageChannel(page=facebook.account, token=facebook.token, url=facebook.url)
    list(channel.timeline(datetime.now(UTC)))
    channel.close()
    call = facebook.calls[-1]
    params = {"fields": call.query["fields"], "limit": 100}
    theirs(facebook).call("GET", (facebook.account, "feed"), params=params)
    explained(EXPLAINED["feed"], facebook, call, facebook.calls[-1])


@pytest.fixture
def instagram() -> Iterator[Instagram]:
    with Instagram() as server:
        yield server


def test_instagram_a_carousel(instagram: Instagram) -> None:
    addresses = [f"https://atlas.example/{number}.jpg" for number in range(2)]
    media = tuple(Media(file=address, alt="Vue") for address in addresses)
    channel = InstagramChannel(account=instagram.account, token=instagram.token, url=instagram.url)
    made = sent(instagram, channel, Content(text=TEXT, media=media))
    first, second, carousel, published = (call for call in made if call.values)
    assert second.values["image_url"] == addresses[1]

    account = IGUser(instagram.account, api=theirs(instagram))
    item = {"image_url": addresses[0], "alt_text": "Vue", "is_carousel_item": True}
    children = [account.create_media(params=item)["id"] for _ in addresses]
    explained(EXPLAINED["container"], instagram, first, instagram.calls[-1])
    whole = {"media_type": "CAROUSEL", "caption": TEXT, "children": children}
    container = account.create_media(params=whole)["id"]
    explained(EXPLAINED["carousel"], instagram, carousel, instagram.calls[-1])
    account.create_media_publish(params={"creation_id": container})
    theirs_ = instagram.calls[-1]
    assert published.values.pop("creation_id") != theirs_.values.pop("creation_id")
    explained(EXPLAINED["published"], instagram, published, theirs_)
