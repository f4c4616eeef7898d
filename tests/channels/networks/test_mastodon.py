"""The Mastodon adapter against mastodon_mock, an independent mock of the API, over HTTP.

What the mock cannot be made to say, a stand-in says.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import (
    Attachment,
    Counts,
    Outgoing,
    Rejected,
    Unavailable,
    Uncertain,
)
from cmctl.channels.networks.mastodon import MastodonChannel
from cmctl.core.model import Content, Media, Place, Severity
from servers.mastodon import Account, MastodonMock
from servers.pictures import picture
from servers.standin import Reply, StandIn, stand_in

KEY = "0123456789abcdef" * 2
IMAGE = Media(file="media/a.png", alt="La façade")
THREAD = Content(text="Un", thread=("Deux", "Trois"), first_comment="Et un commentaire")


def out(content: Content | str, *images: Attachment, key: str = KEY) -> Outgoing:
    content = Content(text=content) if isinstance(content, str) else content
    now = datetime.now(UTC)
    return Outgoing(key=key, content=content, language="fr", created_at=now, attachments=images)


def errors(channel: MastodonChannel, content: Content) -> list[str]:
    return [p.message for p in channel.problems(content) if p.severity is Severity.ERROR]


def texts(server: MastodonMock, customer: Account) -> list[str]:
    return [str(item["content"]) for item in reversed(server.statuses(customer))]


@pytest.fixture
def scripted() -> Iterator[StandIn]:
    with stand_in() as script:
        yield script


@pytest.fixture
def channel(scripted: StandIn) -> Iterator[MastodonChannel]:
    made = MastodonChannel(url=scripted.url, token="token-canary", sleep=lambda _: None)
    yield made
    made.close()


def test_a_post_stands_with_its_text_link_hashtags_and_language(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    content = Content(text="Été à Rennes 🚚", link="https://atlas.example/r", hashtags=("rennes",))

    receipt = mastodon.publish(out(content))

    (item,) = mastodon_server.statuses(customer)
    assert (item["id"], item["url"], item["language"]) == (receipt.remote_id, receipt.url, "fr")
    assert [s.text for s in mastodon.timeline(datetime.now(UTC) - timedelta(hours=1))] == [
        "Été à Rennes 🚚\n\nhttps://atlas.example/r\n\n#rennes"
    ]
    assert receipt.at is not None
    assert abs(receipt.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_visibility_is_as_configured(mastodon_server: MastodonMock, customer: Account) -> None:
    options = {"url": mastodon_server.url, "token": customer.token, "visibility": "unlisted"}
    channel = MastodonChannel.open(options)

    channel.publish(out("Sans bruit"))
    channel.close()

    assert mastodon_server.statuses(customer)[0]["visibility"] == "unlisted"


def test_a_repeated_attempt_makes_one_post(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    first = mastodon.publish(out("Une fois"))

    assert mastodon.publish(out("Une fois")) == first
    assert len(mastodon_server.statuses(customer)) == 1


def test_an_attempt_after_a_restart_of_the_server_makes_one_post(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    first = mastodon.publish(out("Une fois"))
    mastodon_server.restart()

    assert mastodon.find(out("Une fois")) == first
    assert mastodon.publish(out("Une fois")) == first
    assert len(mastodon_server.statuses(customer)) == 1


def test_a_thread_is_a_chain_and_the_comment_answers_its_first_part(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    receipt = mastodon.publish(out(THREAD))

    parents = {item["id"]: item["in_reply_to_id"] for item in mastodon_server.statuses(customer)}
    first, second, third, comment = receipt.parts
    assert parents == {first: None, second: first, third: second, comment: first}
    assert mastodon.find(out(THREAD)) == receipt


@pytest.mark.parametrize("key", [KEY, "f" * 32], ids=["key honoured", "key forgotten"])
def test_a_thread_that_broke_off_goes_on_without_doubling(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account, key: str
) -> None:
    mastodon.publish(out(replace(THREAD, thread=("Deux",), first_comment="")))

    with pytest.raises(Uncertain, match="2 of 4 parts"):
        mastodon.find(out(THREAD))
    mastodon.publish(out(THREAD, key=key))

    assert texts(mastodon_server, customer) == [
        "<p>Un</p>",
        "<p>Deux</p>",
        "<p>Trois</p>",
        "<p>Et un commentaire</p>",
    ]


def test_a_thread_whose_end_the_server_would_refuse_is_not_begun(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    with pytest.raises(Rejected, match="part 2 has 501 characters"):
        mastodon.publish(out(Content(text="Un", thread=("x" * 501,))))
    assert mastodon_server.statuses(customer) == []


def test_images_go_with_their_alt_texts(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    content = Content(text="Deux", media=(IMAGE, IMAGE))

    mastodon.publish(out(content, picture("Façade 🏭 « neuve »"), picture("")))

    (item,) = mastodon_server.statuses(customer)
    assert [m["description"] for m in item["media_attachments"]] == ["Façade 🏭 « neuve »", None]


def test_an_image_uploaded_before_is_not_uploaded_again(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    image = picture("Une image")
    ready = replace(image, uploaded=mastodon.upload(image), data=b"")

    mastodon.publish(out(Content(text="Une", media=(IMAGE,)), ready))

    (item,) = mastodon_server.statuses(customer)
    assert [m["id"] for m in item["media_attachments"]] == [ready.uploaded]


def test_an_image_that_is_being_processed_is_waited_for(
    channel: MastodonChannel, scripted: StandIn
) -> None:
    scripted.on("POST /api/v2/media", Reply(202, {"id": "7", "url": None}))
    scripted.on("GET /api/v1/media/7", Reply(206, {"id": "7"}), Reply(200, {"id": "7"}))

    assert channel.upload(picture("Une image")) == "7"
    assert scripted.asked.count("GET /api/v1/media/7") == 2


def test_an_image_that_is_processed_for_ever_leaves_nothing_published(
    channel: MastodonChannel, scripted: StandIn
) -> None:
    scripted.on("POST /api/v2/media", Reply(202, {"id": "7"}))
    scripted.on("GET /api/v1/media/7", Reply(206, {"id": "7"}))

    with pytest.raises(Unavailable, match="still processing"):
        channel.publish(out("Une", picture("Une image")))
    assert "POST /api/v1/statuses" not in scripted.asked


FILM = Media(file="media/visite.mp4", alt="Un tour du dépôt")


def film(size: int = 1000) -> Attachment:
    return Attachment(name="visite.mp4", data=bytes(size), type="video/mp4", alt=FILM.alt)


def test_a_film_that_is_being_processed_is_waited_for_longer(
    channel: MastodonChannel, scripted: StandIn
) -> None:
    busy = [Reply(206, {"id": "7"})] * 200
    scripted.on("POST /api/v2/media", Reply(202, {"id": "7", "url": None}))
    scripted.on("GET /api/v1/media/7", *busy, Reply(200, {"id": "7"}))

    assert channel.upload(film()) == "7"


def test_a_film_goes_alone_with_its_alt_text(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    content = Content(text="La visite", media=(FILM,))
    assert list(mastodon.problems(content)) == []
    assert errors(mastodon, replace(content, media=(FILM, IMAGE)))

    mastodon.publish(out(content, film()))

    (item,) = mastodon_server.statuses(customer)
    assert [m["description"] for m in item["media_attachments"]] == [FILM.alt]


def test_an_image_that_is_too_large_is_refused_before_sending(
    channel: MastodonChannel, scripted: StandIn
) -> None:
    with pytest.raises(Rejected, match="Mastodon takes 16000000"):
        channel.upload(picture("", size=16_000_000))
    assert scripted.asked == []


def test_a_text_that_is_too_long_is_a_problem_and_the_server_rejects_it(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    assert errors(mastodon, Content(text="é" * 500)) == []
    assert errors(mastodon, Content(text="é" * 501)) == ["501 characters, and Mastodon takes 500"]
    with pytest.raises(Rejected, match="422"):
        mastodon.publish(out("é" * 501))
    assert mastodon_server.statuses(customer) == []


def test_the_limit_is_the_configured_one_or_what_the_server_said(
    channel: MastodonChannel, scripted: StandIn
) -> None:
    long = Content(text="x" * 4000)
    configuration = {"statuses": {"max_characters": 5000, "characters_reserved_per_url": 25}}
    scripted.on("GET /api/v1/accounts/verify_credentials", Reply(200, {"id": "1", "acct": "a"}))
    scripted.on("GET /api/v1/instance", Reply(200, {"configuration": configuration}))

    assert not errors(MastodonChannel(url=scripted.url, token="t", limit=5000), long)
    assert errors(channel, long)
    assert channel.probe() == "a"
    assert not errors(channel, long)
    assert not errors(channel, Content(text="x" * 4973, link="https://atlas.example/"))


def test_more_images_than_the_network_takes_and_odd_files_are_problems(
    mastodon: MastodonChannel,
) -> None:
    pdf = Media(file="media/a.pdf", alt="x" * 1501)

    found = errors(mastodon, Content(text="Trop", media=(IMAGE,) * 4 + (pdf,)))

    assert found == [
        "5 images, and Mastodon takes 4",
        "Mastodon does not take media/a.pdf",
        "1501 characters, and Mastodon's alt text takes 1500",
    ]
    assert errors(mastodon, Content(text=" ")) == ["nothing to publish on Mastodon: no text"]


def test_evidence_is_the_text_however_rendered_and_the_images(mastodon: MastodonChannel) -> None:
    content = Content(text="*Menu* du jour :\n- soupe\n- tarte\n\n14 € @odile@m.example")
    pictured = replace(content, media=(IMAGE,))

    receipt = mastodon.publish(out(content))

    assert mastodon.find(out(content, key="f" * 32)) == receipt
    assert mastodon.find(out(pictured, picture("Une image"))) is None
    assert mastodon.find(out(replace(content, text=content.text.replace("14", "15")))) is None


def test_a_text_of_long_ago_is_no_evidence(mastodon: MastodonChannel) -> None:
    mastodon.publish(out("Menu du jour"))
    later = replace(out("Menu du jour"), created_at=datetime.now(UTC) + timedelta(hours=1))

    assert mastodon.find(later) is None


def test_the_timeline_tells_posts_and_replies_but_no_boosts_and_direct_messages(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    other = mastodon_server.account()
    foreign = mastodon_server.post(other, "D'un autre")
    mine = mastodon_server.post(customer, "Du patron", spoiler_text="Attention")
    mastodon_server.post(customer, "Sa réponse", in_reply_to_id=foreign["id"])
    mastodon_server.post(customer, "Pour une personne", visibility="direct")
    mastodon_server.call("POST", f"/api/v1/statuses/{foreign['id']}/reblog", customer)

    statuses = list(mastodon.timeline(datetime.now(UTC) - timedelta(hours=1)))

    assert [(s.text, s.reply_to) for s in statuses] == [
        ("Sa réponse", foreign["id"]),
        ("Attention\n\nDu patron", ""),
    ]
    assert (statuses[1].remote_id, statuses[1].author) == (mine["id"], customer.name)
    assert not list(mastodon.timeline(datetime.now(UTC) + timedelta(minutes=1)))


def test_a_timeline_of_many_pages_is_told_whole(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    for number in range(45):
        mastodon_server.post(customer, f"Post {number}")

    found = [s.text for s in mastodon.timeline(datetime.now(UTC) - timedelta(hours=1))]

    assert found == [f"Post {number}" for number in reversed(range(45))]


def test_a_listing_that_does_not_advance_is_not_taken_for_a_whole_one(
    channel: MastodonChannel, scripted: StandIn
) -> None:
    now = datetime.now(UTC).isoformat()
    scripted.on("GET /api/v1/accounts/verify_credentials", Reply(200, {"id": "1"}))
    scripted.on(
        "GET /api/v1/accounts/1/statuses",
        Reply(200, [{"id": "9", "created_at": now, "content": "<p>a</p>"}]),
    )

    with pytest.raises(Unavailable, match="does not advance"):
        list(channel.timeline(datetime.now(UTC) - timedelta(hours=1)))


@pytest.mark.parametrize("item", [{"id": "9"}, {"created_at": "2026-11-24T09:15:00Z"}])
def test_a_status_without_id_or_time_is_not_passed_over(
    channel: MastodonChannel, scripted: StandIn, item: dict[str, object]
) -> None:
    scripted.on("GET /api/v1/accounts/verify_credentials", Reply(200, {"id": "1"}))
    scripted.on("GET /api/v1/accounts/1/statuses", Reply(200, [item]))

    with pytest.raises(Unavailable, match="a status without"):
        list(channel.timeline(datetime.now(UTC)))


def test_a_deleted_post_is_gone_and_deleting_it_again_is_no_error(
    mastodon: MastodonChannel,
) -> None:
    receipt = mastodon.publish(out("Pour peu de temps"))
    assert mastodon.exists(receipt.remote_id)

    mastodon.delete(receipt.remote_id)
    mastodon.delete(receipt.remote_id)

    assert not mastodon.exists(receipt.remote_id)
    assert mastodon.find(out("Pour peu de temps")) is None


def test_favourites_replies_and_boosts_are_counted(
    mastodon: MastodonChannel, mastodon_server: MastodonMock
) -> None:
    other = mastodon_server.account()
    receipt = mastodon.publish(out("Bonne nouvelle"))
    for action in ("favourite", "reblog"):
        mastodon_server.call("POST", f"/api/v1/statuses/{receipt.remote_id}/{action}", other)

    assert mastodon.counts(receipt.remote_id) == Counts(likes=1, comments=0, shares=1)


def test_the_account_is_named(mastodon: MastodonChannel, customer: Account) -> None:
    assert mastodon.probe() == customer.name


def test_a_token_that_is_not_accepted_is_rejected_without_showing_it(
    mastodon_server: MastodonMock,
) -> None:
    channel = MastodonChannel(url=mastodon_server.url, token="canary-4711")

    with pytest.raises(Rejected, match="does not accept the token") as caught:
        channel.publish(out("Rien"))
    channel.close()

    assert "canary" not in f"{caught.value!r} {channel!r}"


@pytest.mark.parametrize(
    ("status", "failure"),
    [(400, Rejected), (422, Rejected), (429, Unavailable), (500, Uncertain), (503, Uncertain)],
)
def test_errors_are_told_by_their_status_whatever_their_page_says(
    channel: MastodonChannel, scripted: StandIn, status: int, failure: type[Exception]
) -> None:
    page = "<html><body><h1>Oups</h1>token-canary</body></html>"
    scripted.on("POST /api/v1/statuses", Reply(status, page))

    with pytest.raises(failure, match="Oups") as caught:
        channel.publish(out("Peut-être"))
    assert "<" not in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_success_without_an_id_is_uncertain(channel: MastodonChannel, scripted: StandIn) -> None:
    scripted.on("POST /api/v1/statuses", Reply(200, {"text": "Peut-être"}))

    with pytest.raises(Uncertain, match="a status without an id"):
        channel.publish(out("Peut-être"))


def test_a_failure_after_the_first_part_is_uncertain(
    channel: MastodonChannel, scripted: StandIn
) -> None:
    now = datetime.now(UTC).isoformat()
    scripted.on("GET /api/v1/accounts/verify_credentials", Reply(200, {"id": "1"}))
    scripted.on("GET /api/v1/accounts/1/statuses", Reply(200, []))
    scripted.on(
        "POST /api/v1/statuses",
        Reply(200, {"id": "9", "created_at": now, "content": "<p>Un</p>"}),
        Reply(429, {"error": "Too many requests"}),
    )

    with pytest.raises(Uncertain, match=r"1 of its 4 parts are published: .*429"):
        channel.publish(out(THREAD))
    assert scripted.asked.count("POST /api/v1/statuses") == 2


def test_a_server_out_of_reach_is_unavailable(
    mastodon: MastodonChannel, mastodon_server: MastodonMock, customer: Account
) -> None:
    with mastodon_server.stopped():
        for call in (
            lambda: mastodon.publish(out("Plus tard")),
            lambda: mastodon.publish(out(THREAD)),
            lambda: mastodon.find(out("Plus tard")),
            lambda: list(mastodon.timeline(datetime.now(UTC))),
            mastodon.probe,
        ):
            with pytest.raises(Unavailable):
                call()
    assert mastodon_server.statuses(customer) == []


def problems(**options: object) -> Iterator[tuple[str, Place | None]]:
    places = {"": Place("config.yaml", 3, 1), "limit": Place("config.yaml", 6, 9)}
    for problem in MastodonChannel.check_options(options, places):
        yield problem.code, problem.place


def test_options_are_checked_all_at_once_with_their_places() -> None:
    found = dict(
        problems(url="mastodon.example", token="abc", visibility="direct", limit=0, lmit=5)
    )

    assert found == {
        "unknown-option": Place("config.yaml", 3, 1),
        "inline-secret": Place("config.yaml", 3, 1),
        "bad-address": Place("config.yaml", 3, 1),
        "unknown-choice": Place("config.yaml", 3, 1),
        "wrong-type": Place("config.yaml", 6, 9),
    }
    assert [code for code, _ in problems()] == ["missing-option", "missing-option"]
    assert not list(problems(url="https://m.example", token="env:A", limit=500))
    assert [code for code, _ in problems(url="https://m.example", token="env:A", limit=True)]
