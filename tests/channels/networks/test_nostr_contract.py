"""Nostr against a real relay: the contract of every adapter, and what is its own."""

import secrets
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from cmctl.channels.base import ChannelError, Rejected, Unavailable, Uncertain
from cmctl.channels.networks.nostr import NostrChannel
from cmctl.channels.vendors.nostr import event as events
from cmctl.core.model import Content
from cmctl.testing import CutProxy, SocketChannelContract
from cmctl.testing.channel_contract.network import outgoing
from servers.relay import NostrRelay, scripted


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NostrRelay]:
    server = NostrRelay(tmp_path_factory.mktemp("relay"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def key() -> str:
    """An account that nobody has used."""
    return secrets.token_hex(32)


class TestNostr(SocketChannelContract):
    kind = "nostr"
    options = {  # noqa: RUF012 - read only
        "key": "env:ATLAS_NOSTR",
        "relays": "wss://relay.example, wss://nos.example",
    }

    @pytest.fixture(autouse=True)
    def _new_account(self, server: NostrRelay, key: str) -> None:
        self.relay, self.key = server, key
        self.canary = key

    def server(self) -> str:
        return self.relay.url

    def answers(self, said: bytes) -> bool:
        return b'["OK"' in said

    def open_channel(self, url: str) -> NostrChannel:
        return NostrChannel(key=self.key, relays=f"ws://{urlsplit(url).netloc}")

    def post_by_hand(self, text: str) -> str:
        return self.relay.note(self.key, text)

    def comment_by_hand(self, post: str, text: str) -> str:
        return self.relay.note(secrets.token_hex(32), text, [["e", post, "", "root"]])

    def remote_texts(self) -> list[str]:
        return [note["content"] for note in self.relay.notes(self.key)]

    def remote_alts(self) -> list[str]:
        return []  # notes of text alone


@pytest.fixture
def channel(server: NostrRelay, key: str) -> NostrChannel:
    return NostrChannel(key=key, relays=server.address)


def nowhere() -> str:
    """Return an address where no relay listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"ws://127.0.0.1:{taken.getsockname()[1]}"


def recent() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_keys_are_written_as_the_standard_says() -> None:
    # The examples of NIP-19.
    secret = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa"
    nsec = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
    author = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"
    npub = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"
    assert events.secret_key(nsec).hex() == events.secret_key(secret).hex() == secret
    assert events.shown_key(author) == npub


@pytest.mark.parametrize("wrong", ["nsec1vl029", "67dea2", "npub10elfcs4fr0l0r8af98jlmg"])
def test_a_key_that_is_not_whole_is_refused_and_not_repeated(wrong: str) -> None:
    with pytest.raises(Rejected, match="neither nsec1") as raised:
        NostrChannel(key=wrong, relays=nowhere()).probe()
    assert wrong not in str(raised.value)


def test_every_sign_stands_in_the_id_as_the_standard_says(
    server: NostrRelay, key: str, channel: NostrChannel
) -> None:
    text = '" \\ \t \b \f \u007f \u2028 é'
    channel.publish(outgoing(text))
    assert [note["content"] for note in server.notes(key)] == [text]


def test_a_delivery_is_the_same_event_in_every_attempt(
    server: NostrRelay, key: str, channel: NostrChannel
) -> None:
    out = outgoing("Une fois")
    assert channel.publish(out) == channel.publish(out) == channel.find(out)
    assert len(server.notes(key)) == 1


def test_a_thread_names_its_root_and_what_it_answers(
    server: NostrRelay, key: str, channel: NostrChannel
) -> None:
    receipt = channel.publish(outgoing(Content(text="Un #Rennes", thread=("Deux", "Trois"))))
    notes = {note["content"]: note["tags"] for note in server.notes(key)}
    first, second, _ = receipt.parts
    assert ["t", "rennes"] in notes["Un #Rennes"]
    assert notes["Deux"][1:] == [["e", first, "", "root"]]
    assert notes["Trois"][1:] == [["e", first, "", "root"], ["e", second, "", "reply"]]


def test_one_relay_that_takes_it_is_enough_and_the_other_is_told(
    server: NostrRelay, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    channel = NostrChannel(key=key, relays=f"{nowhere()}, {server.address}")
    out = outgoing("Ici seulement")
    channel.publish(out)
    assert [note["content"] for note in server.notes(key)] == ["Ici seulement"]
    assert "cannot be reached" in caplog.text
    for look in (lambda: channel.find(out), lambda: channel.timeline(recent())):
        with pytest.raises(Unavailable):
            look()


def test_an_unknown_outcome_outweighs_a_refusal(server: NostrRelay, key: str) -> None:
    with CutProxy(server.url) as line:
        line.cut(lambda _, said: b'["OK"' in said)
        cut = line.url.replace("http", "ws", 1)
        channel = NostrChannel(key=key, relays=f"{nowhere()}, {cut}")
        with pytest.raises(Uncertain):
            channel.publish(outgoing("Peut-être"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("rate-limited: slow down", Unavailable),
        ("error: no disk", Unavailable),
        ("blocked: not here", Rejected),
        ("pow: 28 bits needed", Rejected),
    ],
)
def test_a_refusal_says_whether_to_come_back(
    key: str, words: str, expected: type[ChannelError]
) -> None:
    with (
        scripted(["NOTICE", "hello"], ["OK", "$", False, words]) as address,
        pytest.raises(expected, match=words),
    ):
        NostrChannel(key=key, relays=address).publish(outgoing("Non"))


def test_a_refusal_of_the_real_relay_is_heard(server: NostrRelay, channel: NostrChannel) -> None:
    # It names no event in such an answer.
    with pytest.raises(Rejected, match="280 characters"):
        channel.publish(outgoing("x" * 100_001))


def test_a_repeat_that_a_relay_calls_a_duplicate_is_published(key: str) -> None:
    with scripted(["OK", "$", False, "duplicate: have it"]) as address:
        assert NostrChannel(key=key, relays=address).publish(outgoing("Encore")).remote_id


def test_a_note_that_the_account_did_not_sign_is_not_believed(key: str) -> None:
    author = events.public_key(bytes.fromhex(key))
    forged = {"id": "0" * 64, "pubkey": author, "created_at": 1, "kind": 1, "tags": []}
    event = {**forged, "content": "Ouverture", "sig": "0" * 128}
    with (
        scripted(["EVENT", "$", event], ["EOSE", "$"]) as address,
        pytest.raises(Unavailable, match="did not sign"),
    ):
        NostrChannel(key=key, relays=address).timeline(recent())


def test_a_relay_that_closes_the_question_says_why(key: str) -> None:
    with (
        scripted(["CLOSED", "$", "auth-required: members only"]) as address,
        pytest.raises(Rejected, match="members only"),
    ):
        NostrChannel(key=key, relays=address).timeline(recent())


def test_the_timeline_is_read_page_by_page(
    channel: NostrChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmctl.channels.vendors.nostr.relay.PAGE", 2)
    thread = tuple(f"Nouvelle {number}" for number in range(1, 5))
    channel.publish(outgoing(Content(text="Nouvelle 0", thread=thread)))
    told = [status.text for status in channel.timeline(recent())]
    assert told == [f"Nouvelle {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    "relays",
    ["https://relay.example", "ws://relay.example", "wss://relay.example, nos.example", " , "],
)
def test_an_address_that_is_no_relays_is_told(relays: str) -> None:
    (problem,) = NostrChannel.check_options({"key": "env:X", "relays": relays}, {})
    assert "is not a relay's address" in problem.message


def test_what_is_not_installed_is_told_when_it_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmctl.channels.networks.nostr.find_spec", lambda _: None)
    (problem,) = NostrChannel.check_options(TestNostr.options, {})
    assert problem.fix == "pip install 'cmctl[nostr]'"
    assert "coincurve and websockets" in problem.message


def test_reactions_answers_and_reposts_are_counted_once_a_person(
    server: NostrRelay, channel: NostrChannel
) -> None:
    note = channel.publish(outgoing("Compter")).remote_id
    first, second = secrets.token_hex(32), secrets.token_hex(32)
    for person, kind, words in [
        (first, 7, "+"),
        (first, 7, "🎉"),
        (second, 7, "-"),
        (second, 6, ""),
        (second, 1, "Bravo"),
    ]:
        server.note(person, words, [["e", note]], kind=kind)
    counts = channel.counts(note)
    assert (counts.likes, counts.comments, counts.shares) == (1, 1, 1)


def test_an_answer_names_the_conversation_the_note_and_its_author(
    server: NostrRelay, key: str, channel: NostrChannel
) -> None:
    note = channel.publish(outgoing("Ouverture")).remote_id
    person = secrets.token_hex(32)
    comment = server.note(person, "À quelle heure ?", [["e", note]])
    channel.publish(outgoing(Content(text="À 8 h", reply_to=comment)))
    (answer,) = (one for one in server.notes(key) if one["content"] == "À 8 h")
    author = events.public_key(bytes.fromhex(person))
    named = [["e", note, "", "root"], ["e", comment, "", "reply"], ["p", author]]
    assert answer["tags"][1:] == named
    assert [one.text for one in channel.comments(note)] == ["À quelle heure ?", "À 8 h"]


def test_who_names_the_account_is_heard(
    server: NostrRelay, key: str, channel: NostrChannel
) -> None:
    me = events.public_key(bytes.fromhex(key))
    elsewhere = server.note(secrets.token_hex(32), "Qui connaît Atlas ?")
    number = server.note(secrets.token_hex(32), "Eux", [["e", elsewhere], ["p", me]])
    (said,) = channel.inbox(recent())
    assert (said.remote_id, said.reply_to, said.text) == (number, "", "Eux")


def test_an_answer_to_what_no_relay_has_is_refused(channel: NostrChannel) -> None:
    with pytest.raises(Rejected, match="was it deleted"):
        channel.publish(outgoing(Content(text="Merci", reply_to="ab" * 32)))
    (problem,) = channel.problems(Content(text="Merci", reply_to="note1abc"))
    assert "64 hex digits" in problem.fix
