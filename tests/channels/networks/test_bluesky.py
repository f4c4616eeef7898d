"""The Bluesky adapter against a real PDS."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cmctl.channels.base import Attachment, Outgoing, Rejected, Unauthorized, Unavailable, Uncertain
from cmctl.channels.networks.bluesky import BlueskyChannel
from cmctl.channels.vendors.bluesky.tid import instant
from cmctl.core.model import Content, Media, Place, Severity
from cmctl.testing.proxy import FaultProxy
from servers.pds import Account, Pds
from servers.pictures import picture
from servers.standin import Reply, stand_in

NOON = datetime(2026, 11, 24, 11, 0, 0, 123000, tzinfo=UTC)
KEY = "0123456789abcdef" * 2
FAMILY = "👨‍👩‍👧‍👦"
IMAGE = Media(file="media/a.png", alt="La façade 🏭 du nouvel entrepôt")


def out(content: Content | str, *images: Attachment, key: str = KEY) -> Outgoing:
    content = Content(text=content) if isinstance(content, str) else content
    return Outgoing(key=key, content=content, language="fr", created_at=NOON, attachments=images)


def errors(channel: BlueskyChannel, content: Content) -> list[str]:
    return [p.message for p in channel.problems(content) if p.severity is Severity.ERROR]


def test_a_post_stands_with_its_text_language_and_time(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    content = Content(text="Été à Rennes 🚚", hashtags=("logistique",))

    receipt = bluesky.publish(out(content))

    (record,) = pds.records(account)
    assert record["uri"] == f"at://{account.did}/app.bsky.feed.post/{receipt.remote_id}"
    assert record["value"]["text"] == "Été à Rennes 🚚\n\n#logistique"
    assert record["value"]["langs"] == ["fr"]
    assert record["value"]["createdAt"] == "2026-11-24T11:00:00.123Z"
    assert receipt.url == f"https://bsky.app/profile/{account.handle}/post/{receipt.remote_id}"
    assert receipt.parts == (receipt.remote_id,)


def test_a_film_stands_with_its_alt_text(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    # ISO/IEC 14496-12: a file of its brand and nothing else, which is enough for the PDS.
    data = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(1000)
    film = Attachment(name="visite.mp4", data=data, type="video/mp4", alt="Un tour du dépôt")
    content = Content(text="La visite", media=(Media(file="visite.mp4", alt=film.alt),))
    assert list(bluesky.problems(content)) == []

    receipt = bluesky.publish(out(content, film))

    (record,) = pds.records(account)
    embed = record["value"]["embed"]
    assert (embed["$type"], embed["alt"]) == ("app.bsky.embed.video", film.alt)
    assert (embed["video"]["mimeType"], embed["video"]["size"]) == ("video/mp4", len(data))
    (standing,) = bluesky.timeline(NOON)
    assert (standing.remote_id, standing.media_count) == (receipt.remote_id, 1)


def test_a_repeated_attempt_makes_one_post(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    first = bluesky.publish(out("Une fois"))
    other = BlueskyChannel(handle=account.handle, password=account.password, url=pds.url)
    cid = pds.records(account)[0]["cid"]

    again = other.publish(out("Une fois"))
    other.close()

    (record,) = pds.records(account)
    assert again == first
    assert record["cid"] == cid


def test_an_attempt_after_a_restart_of_the_server_makes_one_post(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    first = bluesky.publish(out("Une fois"))
    pds.restart()

    assert bluesky.publish(out("Une fois")) == first
    assert bluesky.find(out("Une fois")) == first
    assert len(pds.records(account)) == 1


def test_two_deliveries_of_the_same_instant_are_two_posts(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    bluesky.publish(out("Un"))
    bluesky.publish(out("Deux", key="fedcba9876543210" * 2))

    assert {item["value"]["text"] for item in pds.records(account)} == {"Un", "Deux"}


def test_links_mentions_and_hashtags_are_marked_behind_emoji_and_accents(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    text = f"Été {FAMILY} #l'été @{account.handle} et @nobody.test : https://atlas.example/é."

    bluesky.publish(out(text))

    value = pds.records(account)[0]["value"]
    data = value["text"].encode()
    marked = {
        data[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(): f["features"][0]
        for f in value["facets"]
    }
    assert marked == {
        "#l'été": {"$type": "app.bsky.richtext.facet#tag", "tag": "l'été"},
        f"@{account.handle}": {"$type": "app.bsky.richtext.facet#mention", "did": account.did},
        "https://atlas.example/é": {
            "$type": "app.bsky.richtext.facet#link",
            "uri": "https://atlas.example/é",
        },
    }


def test_images_go_with_their_alt_texts(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    images = [picture("Façade 🏭"), picture("", size=10)]

    receipt = bluesky.publish(out(Content(text="Deux", media=(IMAGE, IMAGE)), *images))

    embed = pds.records(account)[0]["value"]["embed"]
    assert [(i["alt"], i["image"]["size"]) for i in embed["images"]] == [
        ("Façade 🏭", len(images[0].data)),
        ("", len(images[1].data)),
    ]
    (status,) = bluesky.timeline(NOON)
    assert (status.remote_id, status.media_count) == (receipt.remote_id, 2)


def test_an_image_uploaded_before_is_not_uploaded_again_and_makes_the_same_post(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    image = picture("Une image")
    content = Content(text="Une", media=(IMAGE,))
    first = bluesky.publish(out(content, image))
    cid = pds.records(account)[0]["cid"]

    # What `uploaded` holds is taken as it is: the bytes are no longer looked at.
    ready = replace(image, uploaded=bluesky.upload(image), data=b"")

    assert bluesky.publish(out(content, ready)) == first
    assert [item["cid"] for item in pds.records(account)] == [cid]


def test_an_image_that_is_too_large_is_refused_before_sending(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    with pytest.raises(Rejected, match=r"image.png has 20000\d+ bytes; Bluesky takes 2000000"):
        bluesky.publish(out("Trop", picture("", size=2_000_000)))
    assert pds.records(account) == []


def test_an_image_that_this_server_finds_too_large_is_rejected_and_nothing_stands(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    with pytest.raises(Rejected):  # this version of the PDS takes 1,000,000 bytes
        bluesky.publish(out("Trop", picture("", size=1_500_000)))
    assert pds.records(account) == []


def test_a_link_becomes_a_card(bluesky: BlueskyChannel, pds: Pds, account: Account) -> None:
    content = Content(text="Lire", link="https://atlas.example/rennes")

    bluesky.publish(out(content))

    value = pds.records(account)[0]["value"]
    assert value["text"] == "Lire"
    assert value["embed"]["external"]["uri"] == "https://atlas.example/rennes"
    assert value["embed"]["external"]["title"] == "atlas.example"
    assert [s.text for s in bluesky.timeline(NOON)] == ["Lire\n\nhttps://atlas.example/rennes"]


def test_a_link_beside_images_stands_in_the_text(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    content = Content(text="Lire", link="https://atlas.example/r", media=(IMAGE,))

    bluesky.publish(out(content, picture("Une image")))

    value = pds.records(account)[0]["value"]
    assert value["text"] == "Lire\n\nhttps://atlas.example/r"
    assert value["facets"][0]["features"][0]["uri"] == "https://atlas.example/r"


THREAD = Content(text="Un", thread=("Deux", "Trois"), first_comment="Et un commentaire")


def test_a_thread_is_a_chain_and_the_comment_answers_its_first_part(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    receipt = bluesky.publish(out(THREAD))

    by_key = {item["uri"].rpartition("/")[2]: item for item in pds.records(account)}
    first, second, third, comment = (by_key[rkey] for rkey in receipt.parts)
    parents = [item["value"]["reply"]["parent"] for item in (second, third, comment)]
    roots = [item["value"]["reply"]["root"]["uri"] for item in (second, third, comment)]
    assert "reply" not in first["value"]
    assert [p["uri"] for p in parents] == [first["uri"], second["uri"], first["uri"]]
    assert [p["cid"] for p in parents] == [first["cid"], second["cid"], first["cid"]]
    assert roots == [first["uri"]] * 3
    assert bluesky.find(out(THREAD)) == receipt


def test_a_thread_that_broke_off_goes_on_without_doubling(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    bluesky.publish(out(replace(THREAD, thread=("Deux",), first_comment="")))

    with pytest.raises(Uncertain, match="2 of 4 parts"):
        bluesky.find(out(THREAD))
    bluesky.publish(out(THREAD))

    texts = sorted(item["value"]["text"] for item in pds.records(account))
    assert texts == ["Deux", "Et un commentaire", "Trois", "Un"]


def test_a_failure_after_the_first_part_is_uncertain(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    with pytest.raises(Uncertain, match="the thread stands in part"):
        bluesky.publish(out(Content(text="Un", thread=("x" * 301,))))
    assert [item["value"]["text"] for item in pds.records(account)] == ["Un"]


@pytest.mark.parametrize("text", [FAMILY * 120, "é" * 300, "x" * 300])
def test_what_problems_lets_pass_the_server_takes(bluesky: BlueskyChannel, text: str) -> None:
    assert errors(bluesky, Content(text=text)) == []
    bluesky.publish(out(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 301, "301 graphemes, and Bluesky takes 300"),
        ("👍🏽" * 301, "301 graphemes, and Bluesky takes 300"),
        (FAMILY * 121, "3025 bytes, and Bluesky takes 3000"),
    ],
)
def test_what_problems_refuses_the_server_refuses(
    bluesky: BlueskyChannel, pds: Pds, account: Account, text: str, message: str
) -> None:
    assert errors(bluesky, Content(text=text)) == [message]
    with pytest.raises(Rejected, match="400"):
        bluesky.publish(out(text))
    assert pds.records(account) == []
    assert bluesky.find(out(text)) is None


def test_a_thread_is_counted_part_by_part_and_a_card_not_at_all(bluesky: BlueskyChannel) -> None:
    link = "https://atlas.example/" + "r" * 300

    assert errors(bluesky, Content(text="x" * 300, link=link, thread=("y" * 300,))) == []
    assert errors(bluesky, Content(text="x", link=link, media=(IMAGE,)))
    assert errors(bluesky, Content(text="x", thread=("y" * 301,))) == [
        "301 graphemes, and Bluesky (part 2) takes 300"
    ]


def test_the_timeline_tells_own_and_foreign_posts_newest_first(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    late, early = NOON + timedelta(hours=1), NOON - timedelta(hours=1)
    receipt = bluesky.publish(out("De cmctl"))
    parent = {"uri": pds.records(account)[0]["uri"], "cid": pds.records(account)[0]["cid"]}
    foreign = {"text": "Du patron", "createdAt": late.isoformat()}
    reply = {"text": "Sa réponse", "createdAt": late.isoformat()}
    old = {"text": "Avant", "createdAt": early.isoformat()}
    keys = pds.write(account, foreign, reply | {"reply": {"root": parent, "parent": parent}}, old)

    statuses = list(bluesky.timeline(NOON))

    assert {s.text: (s.at, s.reply_to) for s in statuses} == {
        "De cmctl": (NOON, ""),
        "Du patron": (late, ""),
        "Sa réponse": (late, receipt.remote_id),
    }
    assert [s.at for s in statuses] == sorted((s.at for s in statuses), reverse=True)
    assert {s.author for s in statuses} == {account.handle}
    assert all(abs(datetime.now(UTC) - instant(key)) < timedelta(minutes=1) for key in keys)


def test_a_timeline_of_many_pages_is_told_whole(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    now = datetime.now(UTC)
    posts = [
        {"text": f"Post {n}", "createdAt": (now - timedelta(minutes=n)).isoformat()}
        for n in range(230)
    ]
    for start in range(0, len(posts), 100):
        pds.write(account, *posts[start : start + 100])

    assert len({s.text for s in bluesky.timeline(now - timedelta(days=1))}) == 230
    assert len(list(bluesky.timeline(now - timedelta(minutes=99, seconds=30)))) == 100


def test_a_deleted_post_is_gone_and_deleting_it_again_is_no_error(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    receipt = bluesky.publish(out("Pour peu de temps"))
    assert bluesky.exists(receipt.remote_id)

    bluesky.delete(receipt.remote_id)
    bluesky.delete(receipt.remote_id)

    assert not bluesky.exists(receipt.remote_id)
    assert bluesky.find(out("Pour peu de temps")) is None
    assert pds.records(account) == []


def test_a_wrong_password_is_rejected_without_showing_it(pds: Pds, account: Account) -> None:
    channel = BlueskyChannel(handle=account.handle, password="canary-4711", url=pds.url)

    with pytest.raises(Unauthorized, match="does not accept handle and app password") as caught:
        channel.publish(out("Rien"))
    channel.close()

    assert "canary" not in f"{caught.value!r} {channel!r} {vars(channel)!r}"
    assert pds.records(account) == []


def test_sessions_that_the_server_forgot_are_made_anew(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    bluesky.probe()
    pds.forget_sessions()

    bluesky.publish(out("Après l'oubli"))

    assert [item["value"]["text"] for item in pds.records(account)] == ["Après l'oubli"]
    assert bluesky.probe() == account.handle


def test_many_calls_need_one_login(pds: Pds, account: Account) -> None:
    logins = "/xrpc/com.atproto.server.createSession"
    with FaultProxy(pds.url, lambda _, path: "login" if path == logins else "") as proxy:
        channel = BlueskyChannel(handle=account.handle, password=account.password, url=proxy.url)
        channel.publish(out(THREAD))
        channel.find(out(THREAD))
        list(channel.timeline(NOON))
        channel.close()
        channel.probe()
        channel.close()

        assert proxy.requests["login"] == 1


def test_an_expired_token_is_refreshed_and_the_refused_request_sent_again() -> None:
    tokens = {"did": "did:plc:a", "handle": "a.test", "refreshJwt": "r"}
    put = "POST /xrpc/com.atproto.repo.putRecord"
    login = "POST /xrpc/com.atproto.server.createSession"
    refresh = "POST /xrpc/com.atproto.server.refreshSession"
    with stand_in() as script:
        script.on(login, Reply(200, tokens | {"accessJwt": "old"}))
        script.on(refresh, Reply(200, tokens | {"accessJwt": "new"}))
        expired = Reply(400, {"error": "ExpiredToken", "message": "Token has expired"})
        script.on(put, expired, Reply(200, {"uri": "at://a", "cid": "c"}))
        channel = BlueskyChannel(handle="a.test", password="p", url=script.url)

        channel.publish(out("Une fois"))
        channel.close()

        assert script.asked == [login, put, refresh, put]


def test_a_token_that_is_never_taken_is_rejected_and_not_tried_for_ever() -> None:
    tokens = {"did": "did:plc:a", "handle": "a.test", "refreshJwt": "r", "accessJwt": "a"}
    put = "POST /xrpc/com.atproto.repo.putRecord"
    with stand_in() as script:
        script.on("POST /xrpc/com.atproto.server.createSession", Reply(200, tokens))
        script.on("POST /xrpc/com.atproto.server.refreshSession", Reply(200, tokens))
        script.on(put, Reply(400, {"error": "InvalidToken", "message": "Bad token"}))
        channel = BlueskyChannel(handle="a.test", password="p", url=script.url)

        with pytest.raises(Rejected, match="Bad token"):
            channel.publish(out("Jamais"))
        channel.close()

        assert script.asked.count(put) == 2


def test_a_server_out_of_reach_is_unavailable(
    bluesky: BlueskyChannel, pds: Pds, account: Account
) -> None:
    bluesky.probe()
    with pds.stopped():
        for call in (
            lambda: bluesky.publish(out("Plus tard")),
            lambda: bluesky.find(out("Plus tard")),
            lambda: list(bluesky.timeline(NOON)),
            bluesky.probe,
        ):
            with pytest.raises(Unavailable):
                call()
    assert pds.records(account) == []


def problems(**options: object) -> Iterator[tuple[str, Place | None]]:
    places = {"": Place("config.yaml", 3, 1), "url": Place("config.yaml", 5, 9)}
    for problem in BlueskyChannel.check_options(options, places):
        yield problem.code, problem.place


def test_options_are_checked_all_at_once_with_their_places() -> None:
    found = dict(problems(handle="@atlas", password="abcd-efgh", url="http://a.example", hande=1))

    assert found == {
        "unknown-option": Place("config.yaml", 3, 1),
        "inline-secret": Place("config.yaml", 3, 1),
        "bad-address": Place("config.yaml", 5, 9),
        "bad-handle": Place("config.yaml", 3, 1),
    }
    assert [code for code, _ in problems()] == ["missing-option", "missing-option"]
    assert not list(problems(handle="atlas.bsky.social", password="env:ATLAS"))


def test_the_pictures_of_a_timeline_are_given_to_everybody(bluesky: BlueskyChannel) -> None:
    image = picture("Une vue")
    bluesky.publish(out(Content(text="Avec image", media=(IMAGE,)), image))
    [status] = bluesky.timeline(NOON - timedelta(hours=1))
    [address] = status.images
    assert httpx.get(address).content == image.data


def ref(pds: Pds, account: Account) -> dict[str, str]:
    """Return how another account names the only post of one."""
    (record,) = pds.records(account)
    return {"uri": record["uri"], "cid": record["cid"]}


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=5)


@pytest.fixture
def reader(pds: Pds) -> Account:
    return pds.create_account(f"r{uuid.uuid4().hex[:12]}")


def test_what_the_app_view_counts_is_counted(
    bluesky: BlueskyChannel, pds: Pds, account: Account, reader: Account
) -> None:
    remote_id = bluesky.publish(out("Compter")).remote_id
    post = ref(pds, account)
    pds.react(reader, "app.bsky.feed.like", post)
    pds.react(reader, "app.bsky.feed.repost", post)
    now = datetime.now(UTC).isoformat()
    quote = {"$type": "app.bsky.embed.record", "record": post}
    pds.write(
        reader,
        {"text": "Bravo", "createdAt": now, "reply": {"root": post, "parent": post}},
        {"text": "Voyez", "createdAt": now, "embed": quote},
    )
    counts = bluesky.counts(remote_id)
    assert (counts.likes, counts.comments, counts.shares) == (1, 1, 2)
    with pytest.raises(Rejected, match="was it deleted"):
        bluesky.counts("3kabcdefghij2")


def test_mentions_quotes_and_answers_to_answers_are_heard_and_likes_are_not(
    bluesky: BlueskyChannel, pds: Pds, account: Account, reader: Account
) -> None:
    remote_id = bluesky.publish(out("Ouverture")).remote_id
    post, now = ref(pds, account), datetime.now(UTC).isoformat()
    pds.react(reader, "app.bsky.feed.like", post)
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": account.did}
    facet = {"index": {"byteStart": 0, "byteEnd": 6}, "features": [feature]}
    quote = {"$type": "app.bsky.embed.record", "record": post}
    (first,) = pds.write(
        reader, {"text": "Quand ?", "createdAt": now, "reply": {"root": post, "parent": post}}
    )
    above = next(one for one in pds.records(reader) if one["uri"].endswith(first))
    parent = {"uri": above["uri"], "cid": above["cid"]}
    pds.write(
        reader,
        {"text": "Alors ?", "createdAt": now, "reply": {"root": post, "parent": parent}},
        {"text": "@atlas où ?", "createdAt": now, "facets": [facet]},
        {"text": "Voyez", "createdAt": now, "embed": quote},
    )
    told = {one.text: one.reply_to for one in bluesky.inbox(lately())}
    assert told == {"Quand ?": remote_id, "Alors ?": parent["uri"], "@atlas où ?": "", "Voyez": ""}
    below = [one.text for one in bluesky.comments(remote_id)]
    assert below == ["Quand ?", "Alors ?"]


def test_what_is_hidden_is_told_as_hidden_and_the_gate_keeps_its_rules(
    bluesky: BlueskyChannel, pds: Pds, account: Account, reader: Account
) -> None:
    remote_id = bluesky.publish(out("Ouverture")).remote_id
    post, now = ref(pds, account), datetime.now(UTC).isoformat()
    rules = [{"$type": "app.bsky.feed.threadgate#mentionRule"}]
    gate = {"$type": "app.bsky.feed.threadgate", "post": post["uri"], "createdAt": now}
    pds.gate(account, remote_id, {**gate, "allow": rules})
    said = {"text": "Nul", "createdAt": now, "reply": {"root": post, "parent": post}}
    (rkey,) = pds.write(reader, said)
    comment = f"at://{reader.did}/app.bsky.feed.post/{rkey}"

    bluesky.hide(comment, hidden=True)

    (standing,) = pds.listed(account, "app.bsky.feed.threadgate")
    assert (standing["value"]["allow"], standing["value"]["createdAt"]) == (rules, now)
    assert [one.hidden for one in bluesky.inbox(lately())] == [True]
    bluesky.hide(comment, hidden=False)
    assert [one.hidden for one in bluesky.comments(remote_id)] == [False]


def test_nobody_hides_in_the_conversation_of_another(
    bluesky: BlueskyChannel, pds: Pds, reader: Account
) -> None:
    now = datetime.now(UTC).isoformat()
    (rkey,) = pds.write(reader, {"text": "Chez nous", "createdAt": now})
    with pytest.raises(Rejected, match="who began one hides there"):
        bluesky.hide(f"at://{reader.did}/app.bsky.feed.post/{rkey}", hidden=True)


def test_a_pds_without_an_app_view_says_what_it_cannot_know(
    bluesky: BlueskyChannel, pds: Pds
) -> None:
    remote_id = bluesky.publish(out("Ouverture")).remote_id
    with pds.without_view():
        for ask in (
            lambda: bluesky.counts(remote_id),
            lambda: bluesky.inbox(lately()),
            lambda: bluesky.comments(remote_id),
        ):
            with pytest.raises(Rejected, match="the account's PDS has no app view"):
                ask()
        assert [one.text for one in bluesky.timeline(NOON)] == ["Ouverture"]
