"""Files from addresses that somebody else wrote: public https, or nothing.

The servers stand on this machine; what is dialled is written down, and led to them.
"""

import socket
import ssl
from collections.abc import Iterator

import pytest

from channels.answers import Answers, answer, dripping
from channels.certificates import authority, serving
from channels.internet import PUBLIC, Led, Names
from cmctl.channels.base import Rejected, Unavailable
from cmctl.channels.public_fetch import fetch, is_public
from cmctl.channels.wire import resolve

PICTURE = b"\x89PNG and so on"


def tls(*names: str) -> ssl.SSLContext:
    return serving(authority().issue_cert(*(names or ("pictures.example",))))


def moved(url: str, status: str = "302 Found") -> bytes:
    return answer(status, b"", f"Location: {url}", "Connection: close")


def of_path(**answers: bytes):
    """Return what plays the answer of the path that is asked for."""

    def play(sock: socket.socket) -> None:
        asked = server[0].requests[-1].split()[1].decode().strip("/")
        sock.sendall(answers[asked])

    server: list[Answers] = []
    return play, server


@pytest.fixture
def pictures() -> Iterator[Answers]:
    with Answers(answer("200 OK", PICTURE, "Content-Type: Image/PNG; x=y"), tls=tls()) as server:
        yield server


def read(server: Answers, url: str = "https://pictures.example/a.png?size=2", **names: list[str]):
    led = Led(server)
    names = names or {"pictures_example": [PUBLIC]}
    return fetch(url, limit=1000, addresses=Names(**names), dial=led), led


def test_a_picture_is_read_from_a_public_address(pictures: Answers) -> None:
    found, led = read(pictures)
    assert found == (PICTURE, "image/png", "https://pictures.example/a.png?size=2")
    assert led.dialled == [(PUBLIC, 443)]
    (sent,) = pictures.requests
    assert sent.startswith(b"GET /a.png?size=2 HTTP/1.1\r\n")
    assert b"authorization" not in sent.lower()
    assert b"cookie" not in sent.lower()
    assert b"referer" not in sent.lower()


NOT_PUBLIC = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",  # the metadata of Alibaba
    "168.63.129.16",  # the platform of Azure
    "169.254.169.254",  # the metadata of most clouds
    "192.0.0.192",  # the metadata of Oracle
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",  # the metadata of AWS
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_never_dialled(address: str, pictures: Answers) -> None:
    assert not is_public(address)
    led = Led(pictures)
    with pytest.raises(Rejected, match="not a public address"):
        fetch(
            "https://pictures.example/", limit=9, addresses=lambda _host, _port: [address], dial=led
        )
    assert led.dialled == []


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:2800:21f::1", "64:ff9b::5db8:d70e"])
def test_what_everybody_can_reach_is_public(address: str) -> None:
    assert is_public(address)


def test_one_address_of_many_that_is_not_public_is_enough(pictures: Answers) -> None:
    with pytest.raises(Rejected, match=r"leads to 10\.0\.0\.7"):
        read(pictures, pictures_example=[f"{PUBLIC} 10.0.0.7"])
    assert pictures.requests == []


SPELLINGS = [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0x7f.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "①②⑦.0.0.1",  # what IDNA makes of it
    "localhost",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_loopback_is_refused_in_every_spelling_that_the_system_understands(
    host: str, pictures: Answers
) -> None:
    led = Led(pictures)
    with pytest.raises(Rejected, match="not a public address"):
        fetch(f"https://{host}/latest/meta-data", limit=9, addresses=resolve, dial=led)
    assert led.dialled == []


def test_a_name_that_changes_its_mind_is_asked_once(pictures: Answers) -> None:
    """DNS rebinding: public when it is looked at, loopback when it would be dialled."""
    names = Names(pictures_example=[PUBLIC, "127.0.0.1"])
    led = Led(pictures)
    fetch("https://pictures.example/", limit=1000, addresses=names, dial=led)
    assert names.asked == ["pictures.example"]
    assert led.dialled == [(PUBLIC, 443)]


def test_a_redirect_is_followed_where_it_leads_to_a_public_address() -> None:
    play, server = of_path(
        a=moved("https://cdn.example/b", "308 Permanent Redirect"),
        b=moved("/c"),
        c=answer("200 OK", PICTURE),
    )
    with Answers(play, tls=tls("pictures.example", "cdn.example")) as pictures:
        server.append(pictures)
        found, led = read(
            pictures,
            "https://pictures.example/a",
            pictures_example=[PUBLIC],
            cdn_example=["1.1.1.1", "1.1.1.2"],
        )
    assert found.data == PICTURE
    assert found.url == "https://cdn.example/c"
    assert [host for host, _ in led.dialled] == [PUBLIC, "1.1.1.1", "1.1.1.2"]


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("https://metadata.example/", "leads to 169.254.169.254"),
        ("https://169.254.169.254/latest/meta-data", "only|not a public|No address"),
        ("http://pictures.example/", "only https"),
        ("//localhost:8443/", "on its own port"),
        ("file:///etc/passwd", "only https"),
        ("https://user:secret@pictures.example/", "no password"),
        ("", "more than 4 redirects"),
        ("https://pictures.example/again", "more than 4 redirects"),
        ("https://pictures.example/\u202e", "as %XX|not an address"),
    ],
)
def test_a_redirect_is_looked_at_like_the_first_address(target: str, why: str) -> None:
    with Answers(moved(target.encode().decode("latin-1")), tls=tls()) as pictures:
        led = Led(pictures)

        def addresses(host: str, port: int) -> list[str]:
            known = {"pictures.example": PUBLIC, "metadata.example": "169.254.169.254"}
            return [known.get(host, host)]

        with pytest.raises(Rejected, match=why) as caught:
            fetch("https://pictures.example/", limit=9, addresses=addresses, dial=led)
    assert "secret" not in str(caught.value)
    assert {host for host, _ in led.dialled} == {PUBLIC}


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example/",
        "https://pictures.example:8443/",
        "https://pictures.example:22222222/",
        "https://name:canary@pictures.example/",
        "https://canary@pictures.example/",
        "https:///a.png",
        "https://[::1/",
        f"https://{'a' * 64}.example/",
        "ftp://pictures.example/",
        "pictures.example/a.png",
        "https://pictures.example/a b.png",
        "https://pictures.example/é.png",
        "https://pictures.example/\r\nHost: x",
        "",
    ],
)
def test_what_is_no_public_https_address_is_refused_unasked(url: str) -> None:
    names = Names()
    with pytest.raises(Rejected) as caught:
        fetch(url, limit=9, addresses=names)
    assert names.asked == []
    assert "canary" not in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_picture_that_is_too_large_is_not_read_to_its_end() -> None:
    sent: list[int] = []

    def endless(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent.append(sock.send(b"x" * 4096))

    with Answers(endless, tls=tls()) as pictures, pytest.raises(Unavailable, match="more than"):
        read(pictures)
    assert sum(sent) < 64 << 20


def test_a_server_that_drips_meets_the_deadline_of_the_whole() -> None:
    drip = dripping(answer("200 OK", PICTURE * 50), 0.05)
    with Answers(drip, tls=tls()) as pictures, pytest.raises(Unavailable, match="within"):
        fetch(
            "https://pictures.example/",
            limit=9000,
            deadline=0.5,
            addresses=lambda _host, _port: [PUBLIC],
            dial=Led(pictures),
        )


def test_a_certificate_of_another_host_is_refused() -> None:
    with Answers(answer("200 OK", PICTURE), tls=tls("elsewhere.example")) as pictures:
        with pytest.raises(Unavailable, match="certificate is not accepted"):
            read(pictures)
        assert pictures.requests == []


@pytest.mark.parametrize(
    ("status", "failure"),
    [("404 Not Found", Rejected), ("429 Too Many Requests", Unavailable), ("500 x", Unavailable)],
)
def test_a_status_says_whether_it_may_be_there_later(status: str, failure: type) -> None:
    with Answers(answer(status), tls=tls()) as pictures, pytest.raises(failure):
        read(pictures)
