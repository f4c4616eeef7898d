"""Matrix against a real Synapse: the contract of every HTTP adapter, and what is its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from cmctl.channels.base import Rejected
from cmctl.channels.networks.matrix import MatrixChannel
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import outgoing, pictures
from docs.requests_made import CountedOnThePage
from servers.synapse import Synapse


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    server = Synapse(tmp_path_factory.mktemp("synapse"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def token(server: Synapse) -> str:
    return server.user()


@pytest.fixture(scope="module")
def follower(server: Synapse) -> str:
    return server.user()


@pytest.fixture
def room(server: Synapse, token: str) -> str:
    return server.room(token)


class TestMatrix(CountedOnThePage):
    kind = "matrix"
    options = {  # noqa: RUF012 - read only
        "url": "https://matrix.example",
        "token": "env:ATLAS_MATRIX",
        "room": "#atlas:matrix.example",
    }

    @pytest.fixture(autouse=True)
    def _new_room(self, server: Synapse, token: str, follower: str, room: str) -> None:
        self.synapse, self.token, self.room = server, token, room
        self.follower = follower
        self.canary = token

    def server(self) -> str:
        return self.synapse.url

    def classify(self, method: str, path: str) -> str:
        if method == "PUT":
            return "delete" if "/redact/" in path else "post"
        return "upload" if method == "POST" else super().classify(method, path)

    def open_channel(self, url: str) -> MatrixChannel:
        return MatrixChannel(url=url, token=self.token, room=self.room)

    def post_by_hand(self, text: str) -> str:
        return self.synapse.send(self.token, self.room, {"msgtype": "m.text", "body": text})

    def comment_by_hand(self, post: str, text: str) -> str:
        self.synapse.call("POST", f"/_matrix/client/v3/join/{quote(self.room)}", self.follower, {})
        relation = {"m.in_reply_to": {"event_id": post}}
        said = {"msgtype": "m.text", "body": text, "m.relates_to": relation}
        return self.synapse.send(self.follower, self.room, said)

    def remote_texts(self) -> list[str]:
        return [content["body"] for content in self._contents("m.text")]

    def remote_alts(self) -> list[str]:
        return [content["body"] for content in self._contents("m.image")]

    def _contents(self, kind: str) -> list[dict]:
        messages = self.synapse.messages(self.token, self.room)
        return [content for content in messages if content["msgtype"] == kind]


@pytest.fixture
def channel(server: Synapse, token: str, room: str) -> Iterator[MatrixChannel]:
    channel = MatrixChannel(url=server.url, token=token, room=room)
    yield channel
    channel.close()


@pytest.fixture
def other(server: Synapse, room: str) -> str:
    """The token of another member of the room."""
    token = server.user()
    server.call("POST", f"/_matrix/client/v3/join/{quote(room)}", token, {})
    return token


def recent() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_a_text_is_shown_as_it_is_written_and_calls_nobody(
    server: Synapse, token: str, room: str, channel: MatrixChannel
) -> None:
    channel.publish(outgoing("<b>Été</b> & @room\nhttps://atlas.example/?a=1&b=2."))
    (content,) = server.messages(token, room)
    link = "https://atlas.example/?a=1&amp;b=2"
    assert content["formatted_body"] == (
        f'&lt;b&gt;Été&lt;/b&gt; &amp; @room<br><a href="{link}">{link}</a>.'
    )
    assert content["m.mentions"] == {}


def test_deleting_a_post_takes_its_images_with_it(
    server: Synapse, token: str, room: str, channel: MatrixChannel
) -> None:
    receipt = channel.publish(outgoing(Content(text="En images", media=pictures(2)), images=2))
    assert len(server.messages(token, room)) == 3
    channel.delete(receipt.remote_id)
    assert server.messages(token, room) == []
    assert list(channel.timeline(recent())) == []


def test_what_others_write_is_on_the_timeline_as_it_was_corrected(
    server: Synapse, room: str, channel: MatrixChannel, other: str
) -> None:
    first = server.send(other, room, {"msgtype": "m.text", "body": "Lundi"})
    answer = {"msgtype": "m.text", "body": "> <@u1:test> Lundi\n\nMerci"}
    relation = {"m.relates_to": {"m.in_reply_to": {"event_id": first}}}
    server.send(other, room, answer | relation)
    new = {"msgtype": "m.text", "body": "Mardi"}
    edit = {"rel_type": "m.replace", "event_id": first}
    fallback = {"msgtype": "m.text", "body": "* Mardi"}
    server.send(other, room, {**fallback, "m.new_content": new, "m.relates_to": edit})
    picture = {"msgtype": "m.image", "body": "La façade", "url": "mxc://test/abc"}
    server.send(other, room, picture)

    image, reply, corrected = channel.timeline(recent())

    assert (corrected.text, corrected.reply_to) == ("Mardi", "")
    assert (reply.text, reply.reply_to) == ("Merci", first)
    assert (image.text, image.media_count) == ("La façade", 1)
    assert channel.probe() != image.author


def test_evidence_outlives_the_token(
    server: Synapse, token: str, room: str, channel: MatrixChannel
) -> None:
    out = outgoing("Une fois")
    receipt = channel.publish(out)
    who = {"type": "m.id.user", "user": channel.probe()}
    login = {"type": "m.login.password", "identifier": who, "password": "password"}
    fresh = server.call("POST", "/_matrix/client/v3/login", "", login)["access_token"]
    again = MatrixChannel(url=server.url, token=fresh, room=room)
    found = again.find(out)
    again.close()
    assert found is not None
    assert found.remote_id == receipt.remote_id


def test_what_another_member_sends_under_our_key_is_no_evidence(
    server: Synapse, room: str, channel: MatrixChannel, other: str
) -> None:
    out = outgoing("Une fois")
    forged = {"key": out.key, "part": 0, "images": []}
    server.send(other, room, {"msgtype": "m.text", "body": "Une fois", "cmctl": forged})
    assert channel.find(out) is None


def test_a_room_is_found_by_its_address_and_read_page_by_page(
    server: Synapse, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmctl.channels.vendors.matrix.room._PAGE", 2)
    server.room(token, room_alias_name="atlas")
    channel = MatrixChannel(url=server.url, token=token, room="#atlas:test")
    texts = [f"Nouvelle {number}" for number in range(5)]
    for text in texts:
        channel.publish(outgoing(text))
    assert [status.text for status in channel.timeline(recent())] == texts[::-1]
    channel.close()


def test_a_room_that_is_encrypted_is_refused_before_anything_stands(
    server: Synapse, token: str
) -> None:
    content = {"algorithm": "m.megolm.v1.aes-sha2"}
    state = {"type": "m.room.encryption", "state_key": "", "content": content}
    room = server.room(token, initial_state=[state])
    channel = MatrixChannel(url=server.url, token=token, room=room)
    for call in (channel.probe, lambda: channel.publish(outgoing("En clair"))):
        with pytest.raises(Rejected, match="is encrypted"):
            call()
    channel.close()
    assert server.messages(token, room) == []


def test_the_longest_text_fits_however_it_is_written(channel: MatrixChannel) -> None:
    for sign in ("<", "𠜎", "\n", '"'):
        text = "a" + sign * (channel.capabilities.text.limit - 2) + "a"
        assert channel.publish(outgoing(text)).remote_id


def test_reactions_are_counted(
    server: Synapse, room: str, channel: MatrixChannel, other: str
) -> None:
    remote_id = channel.publish(outgoing("Bravo")).remote_id
    relation = {"rel_type": "m.annotation", "event_id": remote_id, "key": "👍"}
    path = f"/_matrix/client/v3/rooms/{quote(room)}/send/m.reaction/r1"
    server.call("PUT", path, other, {"m.relates_to": relation})
    assert channel.counts(remote_id).likes == 1


def test_who_calls_the_account_is_heard_and_other_talk_is_not(
    server: Synapse, room: str, channel: MatrixChannel, other: str
) -> None:
    me = channel.probe()
    first = server.send(other, room, {"msgtype": "m.text", "body": "Bonjour à tous"})
    answer = {"m.relates_to": {"rel_type": "m.thread", "event_id": first}}
    called = {"msgtype": "m.text", "body": "atlas ?", "m.mentions": {"user_ids": [me]}}
    number = server.send(other, room, called | answer)
    (said,) = channel.inbox(recent())
    assert (said.remote_id, said.reply_to) == (number, "")


def test_what_stands_below_what_is_gone_is_refused(channel: MatrixChannel) -> None:
    remote_id = channel.publish(outgoing("À effacer")).remote_id
    channel.delete(remote_id)
    with pytest.raises(Rejected, match="was it deleted"):
        channel.comments(remote_id)
