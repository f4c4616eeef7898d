"""Email against a real SMTP server: the contract of every adapter, and what is its own."""

import ssl
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from cmctl.channels import wire
from cmctl.channels.base import ChannelError, Rejected, Unauthorized, Unavailable, Uncertain
from cmctl.channels.networks.email import EmailChannel
from cmctl.core.model import Content, Severity, State
from cmctl.testing import CutProxy, SocketChannelContract
from cmctl.testing.channel_contract.network import outgoing, pictures
from servers.newsroom import Newsroom
from servers.smtp import USER, SmtpServer, plain

CANARY = "canary-of-the-smtp-tests"
SENDER = f"Atlas Logistique <{USER}>"
TO = "clients@lists.atlas.example"
UNSUBSCRIBE = "https://atlas.example/bye?list=clients"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    server = SmtpServer(CANARY)
    server.start()
    yield server
    server.stop()


def opened(url: str, **more: object) -> EmailChannel:
    where = urlsplit(url)
    options = {
        "host": where.hostname,
        "port": where.port,
        "security": "plain",
        "user": USER,
        "password": CANARY,
        "sender": SENDER,
        "to": TO,
        "unsubscribe": UNSUBSCRIBE,
    }
    return EmailChannel.open(options | more)


class TestEmail(SocketChannelContract):
    kind = "email"
    options = {  # noqa: RUF012 - read only
        "host": "smtp.atlas.example",
        "port": 465,
        "security": "tls",
        "user": USER,
        "password": "env:ATLAS_SMTP",
        "sender": SENDER,
        "to": TO,
        "unsubscribe": UNSUBSCRIBE,
    }
    canary = CANARY

    @pytest.fixture(autouse=True)
    def _new_server(self, server: SmtpServer) -> None:
        self.smtp = server

    def server(self) -> str:
        return self.smtp.url

    def answers(self, said: bytes) -> bool:
        # The line after the one that begins with 354 answers the final dot.
        return said.partition(b"\r\n354 ")[2].count(b"\r\n") > 1

    def open_channel(self, url: str) -> EmailChannel:
        return opened(url)

    def remote_texts(self) -> list[str]:
        texts = (plain(message) for message in self.smtp.mailbox.messages)
        return [text.partition("\n\n[La façade")[0] for text in texts]

    def remote_alts(self) -> list[str]:
        pages = (plain(message) for message in self.smtp.mailbox.messages)
        return [line.strip("[]") for page in pages for line in page.splitlines() if line[:1] == "["]


@pytest.fixture
def channel(server: SmtpServer) -> EmailChannel:
    return opened(server.url)


def test_the_first_line_is_the_subject_and_links_can_be_clicked_on(
    server: SmtpServer, channel: EmailChannel
) -> None:
    text = "Un entrepôt & <deux> quais\n\nDès lundi, à Rennes.\nhttps://atlas.example/?a=1&b=2"
    channel.publish(outgoing(text))
    (message,) = server.mailbox.messages
    page = message.get_body(("html",)).get_content()
    assert message["Subject"] == "Un entrepôt & <deux> quais"
    assert "<h1>Un entrepôt &amp; &lt;deux&gt; quais</h1>" in page
    assert '<a href="https://atlas.example/?a=1&amp;b=2">' in page
    assert '<html lang="fr">' in page


def test_a_text_without_a_headline_gives_its_beginning_and_says_so(
    server: SmtpServer, channel: EmailChannel
) -> None:
    (problem,) = channel.problems(Content(text="Une phrase\u2028et une autre " + "x" * 200))
    channel.publish(outgoing("Une phrase\u2028et une autre " + "x" * 200))
    assert problem.severity is Severity.WARNING
    assert server.mailbox.messages[0]["Subject"].startswith("Une phrase et une autre xxx")


def test_a_message_says_who_it_is_from_and_how_to_leave(
    server: SmtpServer, channel: EmailChannel
) -> None:
    out = outgoing("Nouvelles\n\nde Rennes")
    receipt = channel.publish(out)
    (message,) = server.mailbox.messages
    assert message["Message-ID"] == receipt.remote_id == f"<{out.key}@atlas.example>"
    assert (message["From"], message["To"]) == (SENDER, TO)
    assert message["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert message["Date"].datetime == out.created_at.replace(microsecond=0)
    assert message["Content-Language"] == "fr"


def test_images_stand_inside_the_page_with_their_alt_texts(
    server: SmtpServer, channel: EmailChannel
) -> None:
    out = outgoing(Content(text="En images", media=pictures(2)), images=2)
    channel.publish(out)
    (message,) = server.mailbox.messages
    page = message.get_body(("html",)).get_content()
    images = [part for part in message.walk() if part.get_content_maintype() == "image"]
    for part, item in zip(images, out.attachments, strict=True):
        assert part.get_content() == item.data
        assert part.get_content_disposition() == "inline"
        assert f'<img src="cid:{part["Content-ID"][1:-1]}" alt="{escape(item.alt)}"' in page


def test_the_same_delivery_is_the_same_message(server: SmtpServer, channel: EmailChannel) -> None:
    out = outgoing(Content(text="Deux fois", media=pictures(1)), images=1)
    channel.publish(out)
    channel.publish(out)
    first, second = server.mailbox.raw
    assert first == second


def test_a_line_of_a_dot_does_not_end_the_message(
    server: SmtpServer, channel: EmailChannel
) -> None:
    text = "Un\n.\n..\n.fin"
    channel.publish(outgoing(text))
    assert plain(server.mailbox.messages[0]) == text


def test_a_line_that_breaks_in_the_message_leaves_it_unknown(server: SmtpServer) -> None:
    with CutProxy(server.url) as line:
        line.cut(lambda said, _: b"Subject: " in said)
        with pytest.raises(Uncertain):
            opened(line.url).publish(outgoing("Coupé"))
    assert server.mailbox.messages == []


@pytest.mark.parametrize(
    ("options", "text", "expected", "said"),
    [
        ({"to": "full@lists.atlas.example"}, "Plein", Unavailable, "452"),
        ({}, "refuse me", Rejected, "554"),
        ({"password": "wrong"}, "Qui ?", Unauthorized, "535"),
    ],
    ids=["full", "refused", "password"],
)
def test_a_reply_says_whether_to_come_back(
    server: SmtpServer, options: dict, text: str, expected: type[ChannelError], said: str
) -> None:
    with pytest.raises(expected, match=said) as raised:
        opened(server.url, **options).publish(outgoing(text))
    assert CANARY not in str(raised.value)
    assert server.mailbox.messages == []


def test_a_message_that_is_too_large_is_not_begun() -> None:
    server = SmtpServer(CANARY, limit=2_000)
    server.start()
    with pytest.raises(Rejected, match="takes 2000; send smaller images"):
        opened(server.url).publish(outgoing("x" * 3_000))
    server.stop()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["starttls", "tls"])
def safe_server(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[SmtpServer]:
    """A server with a certificate for its address; its `security` is the fixture's parameter."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = SmtpServer(CANARY, **{request.param: context})
    server.start()
    yield server
    server.stop()


def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(
    safe_server: SmtpServer, request: pytest.FixtureRequest
) -> None:
    channel = opened(safe_server.url, security=request.node.callspec.params["safe_server"])
    with pytest.raises(Unavailable, match="certificate is not accepted"):
        channel.publish(outgoing("Personne"))
    assert safe_server.mailbox.messages == []


def test_a_message_goes_out_over_tls(
    safe_server: SmtpServer,
    authority: trustme.CA,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr(wire, "tls", lambda: trusting)
    channel = opened(safe_server.url, security=request.node.callspec.params["safe_server"])
    channel.publish(outgoing("En sûreté"))
    assert plain(safe_server.mailbox.messages[0]) == "En sûreté"


def test_a_server_without_starttls_is_not_given_the_password(server: SmtpServer) -> None:
    with pytest.raises(Rejected, match="no STARTTLS"):
        opened(server.url, security="starttls").probe()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"sender": "Atlas"}, "sender"),
        ({"to": "a@b.example, c@d.example"}, "to"),
        ({"unsubscribe": "http://atlas.example"}, "unsubscribe"),
        ({"security": "plain"}, "security"),
        ({"password": None}, "password"),
    ],
)
def test_an_option_that_cannot_be_used_says_what_to_write(wrong: dict, name: str) -> None:
    options = {k: v for k, v in (TestEmail.options | wrong).items() if v is not None}
    (problem,) = EmailChannel.check_options(options, {})
    assert f"`{name}" in problem.message
    assert problem.fix


def test_an_answer_that_is_lost_is_held_for_a_person(server: SmtpServer, tmp_path: Path) -> None:
    with CutProxy(server.url) as line:
        options = TestEmail.options | {
            "host": "127.0.0.1",
            "port": urlsplit(line.url).port,
            "security": "plain",
            "password": "env:ATLAS_SECRET",
        }
        desk = Newsroom(tmp_path, "email", options, secret=CANARY)
        desk.write("Ouverture à Rennes\n\nNotre entrepôt ouvre lundi.")
        line.cut(lambda _, said: TestEmail().answers(said))
        assert desk.turn() == State.UNCERTAIN
        line.heal()
        desk.forward(minutes=2)
        assert desk.turn() == State.HELD
    assert len(server.mailbox.messages) == 1
    told = desk.story()
    assert "may have been sent: nobody knows" in told
    assert "the network cannot be asked whether it was published; look at the account" in told
    assert CANARY not in told
