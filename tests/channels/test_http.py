"""One send, against real sockets."""

import gzip
import json
import socket
import ssl
import subprocess
import threading
import time
import traceback
from datetime import timedelta
from pathlib import Path

import pytest

from channels.answers import Answers, answer, dripping, whole
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Attachment,
    ChannelError,
    Rejected,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from cmctl.channels.body import file_body, form_body, json_body
from cmctl.channels.http import Http, Request

HELLO = json_body({"status": "Été 🚚"})
TOKEN = "canary-0123456789"


def raised(play, *, method: str = "POST", deadline: float = 5.0) -> ChannelError:
    """Return what one request raises, having checked that there was exactly one."""
    with Answers(play) as server:
        http = Http(server.url, {"Authorization": f"Bearer {TOKEN}"}, deadline=deadline)
        body = HELLO if method == "POST" else None
        with pytest.raises(ChannelError) as caught:
            http.send(Request(method=method, path="/api", body=body)).record()
        http.close()
        assert len(server.requests) == 1
    return caught.value


def test_a_request_goes_out_as_it_is_meant() -> None:
    with Answers(answer("200 OK", b'{"id":"7"}', "X-Rate: 5")) as server:
        http = Http(f"{server.url}/base/", {"Authorization": f"Bearer {TOKEN}"})
        got = http.post("/statuses", HELLO, headers={"Idempotency-Key": "k"})
        http.close()
        (sent,) = server.requests
    head, _, body = sent.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /base/statuses HTTP/1.1\r\n")
    assert f"authorization: bearer {TOKEN}" in head.decode().lower()
    assert b"Idempotency-Key: k" in head
    assert json.loads(body) == {"status": "Été 🚚"}
    assert got.text("id") == "7"
    assert got.headers["x-rate"] == "5"


def test_a_query_is_quoted() -> None:
    with Answers(answer("200 OK")) as server:
        http = Http(server.url)
        http.get("/statuses", {"since": "2026-11-24T10:15:00+01:00", "q": "é&="})
        http.close()
        assert (
            b"/statuses?since=2026-11-24T10%3A15%3A00%2B01%3A00&q=%C3%A9%26%3D "
            in (server.requests[0])
        )


def tagged(text: str) -> bytes:
    return answer("200 OK", text.encode(), f'ETag: "{text}"', "Connection: close")


def test_what_did_not_change_is_not_given_again() -> None:
    turns = iter(
        [tagged("[1]"), answer("304 Not Modified", b"", "Connection: close"), tagged("[2]")]
    )
    with Answers(lambda sock: sock.sendall(next(turns))) as server:
        http = Http(server.url)
        said = [http.get("/statuses").json() for _ in range(3)]
        http.close()
        asked = [b'If-None-Match: "[1]"' in request for request in server.requests]
    assert said == [[1], [1], [2]]
    assert asked == [False, True, True]


def test_another_address_is_another_answer_and_only_a_few_are_kept() -> None:
    def play(sock: socket.socket) -> None:
        said = asked[-1].split(b" ")[1][1:].decode()
        sock.sendall(tagged(said))

    with Answers(play) as server:
        asked = server.requests
        http = Http(server.url)
        for n in (1, 2, 3, 4, 5, 1, 5):
            assert http.get(f"/{n}").json() == n
        http.close()
    assert [b"If-None-Match" in request for request in asked] == [False] * 6 + [True]


def test_a_304_that_nobody_asked_for_is_no_answer() -> None:
    assert type(raised(answer("304 Not Modified", b""), method="GET")) is Unavailable


def test_a_write_is_never_conditional() -> None:
    with Answers(tagged("{}")) as server:
        http = Http(server.url)
        http.get("/statuses")
        http.post("/statuses", HELLO)
        http.close()
        assert b"If-None-Match" not in server.requests[1]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("400 Bad Request", Rejected),
        ("401 Unauthorized", Unauthorized),
        ("403 Forbidden", Rejected),
        ("404 Not Found", Rejected),
        ("408 Request Timeout", Uncertain),
        ("409 Conflict", Rejected),
        ("413 Content Too Large", Rejected),
        ("422 Unprocessable Content", Rejected),
        ("429 Too Many Requests", Throttled),
        ("301 Moved Permanently", Rejected),
        ("302 Found", Uncertain),
        ("303 See Other", Uncertain),
        ("308 Permanent Redirect", Rejected),
        ("500 Internal Server Error", Uncertain),
        ("502 Bad Gateway", Uncertain),
        ("503 Service Unavailable", Uncertain),
        ("504 Gateway Timeout", Uncertain),
    ],
)
def test_a_status_says_what_is_known_of_a_write(status: str, expected: type) -> None:
    assert type(raised(answer(status))) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("404 Not Found", Rejected),
        ("401 Unauthorized", Unauthorized),
        ("408 Request Timeout", Unavailable),
        ("429 Too Many Requests", Throttled),
        ("302 Found", Unavailable),
        ("500 Internal Server Error", Unavailable),
        ("503 Service Unavailable", Unavailable),
    ],
)
def test_a_read_that_fails_is_only_unavailable(status: str, expected: type) -> None:
    assert type(raised(answer(status), method="GET")) is expected


BROKEN = {
    "nothing": b"",
    "half-a-head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "half-a-body": b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"id":',
    "not-http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "not-json": answer("200 OK", b"<html>Maintenance</html>"),
    "cut-json": answer("200 OK", b'{"id":"1'),
    "a-list": answer("200 OK", b"[]"),
    "nested": answer("200 OK", b"[" * 100_000),
    "not-utf-8": answer("200 OK", b'{"id":"\xff"}'),
    "long-number": answer("200 OK", b'{"id":' + b"9" * 10_000 + b"}"),
    "not-gzip": answer("200 OK", b'{"id":"1"}', "Content-Encoding: gzip"),
    "long": answer("200 OK", b'{"id":"' + b"9" * (5 << 20) + b'"}'),
    "bomb": answer("200 OK", gzip.compress(b"9" * (64 << 20)), "Content-Encoding: gzip"),
    "endless-head": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
}


@pytest.mark.parametrize("play", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_leaves_a_write_uncertain(play: bytes) -> None:
    assert type(raised(play)) is Uncertain
    assert type(raised(play, method="GET")) is Unavailable


def test_a_gzip_answer_is_read() -> None:
    body = gzip.compress(b'{"id":"7"}')
    with Answers(answer("200 OK", body, "Content-Encoding: gzip")) as server:
        http = Http(server.url)
        assert http.get("/").text("id") == "7"
        http.close()


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_dripping_server_meets_the_deadline_of_the_whole_request(where: str) -> None:
    whole = answer("200 OK", b'{"id":"1"}' + b" " * 200)
    start = time.monotonic()
    if where == "head":
        failure = raised(dripping(whole, 0.05), deadline=1.0)
    else:
        head, _, body = whole.partition(b"\r\n\r\n")

        def play(sock: socket.socket) -> None:
            sock.sendall(head + b"\r\n\r\n")
            dripping(body, 0.05)(sock)

        failure = raised(play, deadline=1.0)
    assert type(failure) is Uncertain
    assert "within 1 s" in str(failure)
    assert 0.9 < time.monotonic() - start < 15


def test_a_server_that_stops_reading_meets_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        http = Http(f"http://127.0.0.1:{server.getsockname()[1]}", deadline=0.5)
        picture = Attachment(name="a.png", data=b"x" * (20 << 20), type="image/png")
        with pytest.raises(Uncertain):
            http.post("/media", file_body({}, {"file": picture}))
        http.close()


def test_an_address_that_never_answers_is_not_reached() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        with socket.create_connection(address), socket.socket() as third:
            third.setblocking(False)
            third.connect_ex(address)
            http = Http(f"http://127.0.0.1:{address[1]}", deadline=0.5)
            with pytest.raises(Unavailable, match="took too long"):
                http.post("/", HELLO)
            http.close()


def test_a_name_that_does_not_exist_is_not_reached() -> None:
    for host in ("nowhere.invalid", f"{'a' * 64}.example"):
        http = Http(f"http://{host}")
        with pytest.raises(Unavailable, match="cannot be reached"):
            http.post("/", HELLO)


def test_a_refused_connection_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unavailable, match=f"127.0.0.1:{port} cannot be reached: connection refus"):
        Http(f"http://127.0.0.1:{port}").post("/", HELLO)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1"
    names = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    files = f"-keyout {key} -out {certificate}"
    subprocess.run(f"{command} {names} {files}".split(), check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with Answers(answer("200 OK"), tls=tls) as server:
        http = Http(server.url)
        with pytest.raises(Unavailable, match=r"certificate is not accepted \(self-signed"):
            http.post("/", HELLO)
        http.close()
        assert server.requests == []


def test_a_request_is_not_sent_again_on_a_connection_that_died() -> None:
    """A kept connection that the server closes without an answer is no invitation to retry."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def play() -> None:
            sock, _ = server.accept()
            with sock:
                seen.append(whole(sock))
                sock.sendall(answer("200 OK", b'{"id":"1"}'))
                seen.append(whole(sock))

        thread = threading.Thread(target=play)
        thread.start()
        http = Http(f"http://127.0.0.1:{server.getsockname()[1]}")
        http.post("/", HELLO)
        with pytest.raises(Uncertain):
            http.post("/", HELLO)
        thread.join()
        http.close()
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
    assert len(seen) == 2


def test_a_redirect_is_not_followed_and_says_where_it_leads() -> None:
    with Answers(answer("200 OK")) as elsewhere:
        moved = answer("308 Permanent Redirect", b"", f"Location: {elsewhere.url}/new")
        failure = raised(moved)
        assert f"has moved (308) to {elsewhere.url}/new" in str(failure)
        assert elsewhere.requests == []


def test_a_throttle_carries_the_servers_wish() -> None:
    failure = raised(answer("429 Too Many Requests", b"{}", "Retry-After: 90"))
    assert isinstance(failure, Unavailable)
    assert failure.retry_after == timedelta(seconds=90)


def test_a_refusal_tells_what_the_server_said() -> None:
    failure = raised(answer("422 Unprocessable", b'{"error":"Text is too long"}'))
    assert str(failure).endswith("answered 422: Text is too long")


def test_what_a_server_says_is_made_plain_and_short() -> None:
    said = json.dumps({"error": "\x1b[31mred\x1b[0m <b>bold</b> \u202eback\n" + "x" * 5000})
    message = str(raised(answer("422 Unprocessable", said.encode())))
    assert "red" in message
    assert "\x1b" not in message
    assert "<b>" not in message
    assert "\u202e" not in message
    assert "\n" not in message
    assert len(message) < 260


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_token_that_is_not_accepted_is_called_so(status: str) -> None:
    assert "does not accept the token" in str(raised(answer(status)))


@pytest.mark.parametrize("status", ["401 Unauthorized", "422 No", "500 No", "308 No"])
def test_a_secret_that_a_server_repeats_is_struck_out(status: str) -> None:
    body = json.dumps({"error": f"bad token {TOKEN}"}).encode()
    failure = raised(answer(status, body, f"Location: http://x/?token={TOKEN}"))
    told = "".join(traceback.format_exception(failure)) + repr(failure)
    assert TOKEN not in told


def test_nothing_shows_the_token() -> None:
    http = Http("https://mastodon.example", {"Authorization": f"Bearer {TOKEN}"})
    request = Request(method="GET", path="/", headers={"Authorization": f"Bearer {TOKEN}"})
    assert TOKEN not in repr(http)
    assert TOKEN not in repr(request)


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f"{TOKEN}\r\nX: y", f"{TOKEN}é", f"{TOKEN}\0"])
def test_a_token_that_no_header_can_carry_is_refused_unsent_and_unseen(token: str) -> None:
    with Answers(answer("200 OK")) as server:
        http = Http(server.url, {"Authorization": f"Bearer {token}"})
        with pytest.raises(Rejected, match="pasted whole") as caught:
            http.post("/", HELLO)
        assert server.requests == []
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_a_status_that_is_accepted_comes_back() -> None:
    with Answers(answer("404 Not Found")) as server:
        http = Http(server.url)
        assert http.get("/", accept={404}).status == 404
        http.close()


def test_a_form_carries_fields_and_files() -> None:
    picture = Attachment(name='a"\r\nb.png', data=b"\x89PNG\r\n--", type="image/png")
    body = file_body({"description": "L'été"}, {"file": picture})
    boundary = body.type.partition("boundary=")[2]
    head, first, second, end = body.data.split(f"--{boundary}".encode())
    assert head == b""
    assert first.decode().endswith('name="description"\r\n\r\nL\'été\r\n')
    assert b'name="file"; filename="a%22%0D%0Ab.png"\r\nContent-Type: image/png' in second
    assert second.endswith(b"\r\n\r\n\x89PNG\r\n--\r\n")
    assert end == b"--\r\n"
    assert file_body({"description": "L'été"}, {"file": picture}) == body


def test_a_plain_form_is_urlencoded() -> None:
    assert form_body({"a": "é &"}).data == b"a=%C3%A9+%26"


def test_it_is_closed_and_opened_again() -> None:
    with Answers(answer("200 OK", b'{"id":"7"}', "Connection: close")) as server:
        http = Http(server.url)
        http.close()
        http.get("/")
        http.close()
        http.close()
        http.get("/")
        http.close()
        assert len(server.requests) == 2


def test_threads_share_one_channel_and_each_has_its_own_deadline() -> None:
    ids: list[str] = []
    with Answers(answer("200 OK", b'{"id":"7"}', "Connection: close")) as server:
        http = Http(server.url)
        threads = [
            threading.Thread(target=lambda: ids.append(http.get("/").text("id"))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        http.close()
    assert ids == ["7"] * 8


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rb'{"id":"a\ud800b"}', "a\ufffdb"),
        (rb'{"id":"\uDFFF\ud83d\ude9a"}', "\ufffd🚚"),
        (rb'{"id":"\\ud800"}', r"\ud800"),
        (b'\xef\xbb\xbf{"id":"1"}', "1"),
    ],
)
def test_a_text_that_no_encoding_takes_is_made_whole(body: bytes, said: str) -> None:
    with Answers(answer("200 OK", body)) as server:
        http = Http(server.url)
        assert http.get("/").text("id") == said
        http.close()


@pytest.mark.parametrize("body", ['{"id":"1"}'.encode("utf-16"), b'{"id":"\xed\xa0\x80"}'])
def test_what_is_not_utf_8_is_no_json(body: bytes) -> None:
    assert type(raised(answer("200 OK", body))) is Uncertain


def test_a_large_body_has_longer_than_the_deadline() -> None:
    """At a megabit a second 4 MB take 32 seconds more than the deadline, which is over here."""

    def later(sock: socket.socket) -> None:
        time.sleep(0.4)
        sock.sendall(answer("200 OK", b'{"id":"7"}'))

    film = Attachment(name="visite.mp4", data=bytes(4_000_000), type="video/mp4")
    with Answers(later) as server:
        http = Http(server.url, deadline=0.2)
        assert http.post("/media", file_body({}, {"file": film})).text("id") == "7"
        http.close()


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "bad a\\/b+c==", "trace": "XyZ"}',
        b"<p>bad a/b+c== XyZ</p>",
        b"a%2Fb%2Bc%3D%3D XyZ",
    ],
)
def test_the_answer_is_kept_as_it_came_but_for_secrets(body: bytes) -> None:
    secrets = ("a/b+c==",)
    answer_ = Answer(status=403, headers={}, body=body, host="h", secrets=secrets, repeatable=False)
    kept = answer_.failure().answer
    assert kept.startswith("403 ")
    assert "XyZ" in kept
    assert "***" in kept
    assert "b+c" not in kept
