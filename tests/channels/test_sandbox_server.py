"""The sandbox over HTTP: what it accepts, keeps, and tells."""

import http.client
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmctl.channels.base import Attachment, Outgoing, Rejected, Uncertain
from cmctl.channels.networks.sandbox import SandboxChannel
from cmctl.core.model import Content, Receipt
from cmctl.testing.sandbox import (
    Fault,
    FaultKind,
    Rules,
    SandboxClient,
    SandboxServer,
    post_by_hand,
)
from cmctl.testing.sandbox.journal import DirectoryInUseError

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(tmp_path: Path, clock: Clock) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path / "sandbox", rules=Rules(now=clock)) as server:
        yield server


@pytest.fixture
def client(sandbox: SandboxServer) -> Iterator[SandboxClient]:
    client = SandboxClient(sandbox.url)
    yield client
    client.close()


@pytest.fixture
def channel(sandbox: SandboxServer) -> Iterator[SandboxChannel]:
    channel = SandboxChannel(sandbox.url, "atlas")
    yield channel
    channel.close()


def out(text: str, *, key: str = "a" * 32) -> Outgoing:
    return Outgoing(key=key, content=Content(text=text), language="fr", created_at=NOON)


def oracle(server: SandboxServer) -> list[dict]:
    return [json.loads(line) for line in server.oracle.read_text().splitlines() if line]


def ask(
    server: SandboxServer, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(method, path, raw, sent)
    response = connection.getresponse()
    got = response.status, response.read(), dict(response.headers)
    connection.close()
    return got


def test_posts_carry_the_clock_that_was_handed_in(
    channel: SandboxChannel, sandbox: SandboxServer, clock: Clock
) -> None:
    assert channel.publish(out("Bonjour")).at == NOON
    clock.now += timedelta(days=400)
    post_by_hand(sandbox.url, "atlas", "Plus tard")
    later, first = channel.timeline(NOON)
    assert (later.at, first.at) == (clock.now, NOON)


def test_the_owner_posts_with_another_tool(
    channel: SandboxChannel, client: SandboxClient, clock: Clock
) -> None:
    earlier = NOON - timedelta(hours=2)
    client.post_by_hand("atlas", "Ouverture à Rennes", tool="phone", at=earlier)
    (status,) = channel.timeline(earlier)
    assert (status.text, status.tool, status.at) == ("Ouverture à Rennes", "phone", earlier)
    assert status.author == "atlas"


def test_what_the_owner_rewrites_is_shown_so(
    channel: SandboxChannel, client: SandboxClient
) -> None:
    remote_id = client.post_by_hand("atlas", "Ouverture à Renes")
    client.edit_by_hand("atlas", remote_id, "Ouverture à Rennes")
    (status,) = channel.timeline(NOON)
    assert (status.remote_id, status.text) == (remote_id, "Ouverture à Rennes")


def test_a_key_is_honoured_for_its_life_and_per_account(
    channel: SandboxChannel, sandbox: SandboxServer, clock: Clock
) -> None:
    other = SandboxChannel(sandbox.url, "resto")
    first = channel.publish(out("Une fois"))
    clock.now += timedelta(minutes=59)
    assert channel.publish(out("Une fois")) == first
    assert other.publish(out("Une fois")).remote_id != first.remote_id
    clock.now += timedelta(minutes=1)
    assert channel.publish(out("Une fois")).remote_id != first.remote_id
    other.close()


def test_the_key_of_a_deleted_post_does_not_bring_it_back(channel: SandboxChannel) -> None:
    channel.delete(channel.publish(out("Effacé")).remote_id)
    with pytest.raises(Rejected, match="was deleted"):
        channel.publish(out("Effacé"))
    assert list(channel.timeline(NOON)) == []


def test_one_key_at_the_same_time_makes_one_post(sandbox: SandboxServer) -> None:
    receipts: list[Receipt] = []

    def publish() -> None:
        channel = SandboxChannel(sandbox.url, "atlas")
        receipts.append(channel.publish(out("Ensemble")))
        channel.close()

    together(publish, 16)
    assert len({receipt.remote_id for receipt in receipts}) == 1
    assert len([line for line in oracle(sandbox) if line["op"] == "post"]) == 1


def together(work: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_long_timeline_is_read_whole(channel: SandboxChannel, client: SandboxClient) -> None:
    ids = [client.post_by_hand("atlas", f"Menu {number}") for number in range(95)]
    assert [status.remote_id for status in channel.timeline(NOON)] == ids[::-1]


def test_a_page_that_fails_does_not_look_like_the_end(
    channel: SandboxChannel, client: SandboxClient
) -> None:
    for number in range(95):
        client.post_by_hand("atlas", f"Menu {number}")
    client.fault(Fault(kind=FaultKind.BAD_GATEWAY, on="read", skip=2))
    with pytest.raises(Exception, match="502"):
        list(channel.timeline(NOON))


def test_a_page_goes_on_where_a_deleted_status_was(sandbox: SandboxServer) -> None:
    ids = [post_by_hand(sandbox.url, "atlas", f"Menu {number}") for number in range(5)]
    _, body, _ = ask(sandbox, "GET", "/api/atlas/statuses?limit=2")
    page = json.loads(body)
    assert [item["id"] for item in page["items"]] == ids[:2:-1]
    ask(sandbox, "DELETE", f"/api/atlas/statuses/{ids[3]}")
    query = page["next"].replace("+", "%2B")
    _, body, _ = ask(sandbox, "GET", f"/api/atlas/statuses?limit=9&before={query}")
    assert [item["id"] for item in json.loads(body)["items"]] == ids[2::-1]


def test_counts_are_told(channel: SandboxChannel, sandbox: SandboxServer) -> None:
    remote_id = channel.publish(out("Compter")).remote_id
    ask(sandbox, "PUT", f"/api/atlas/statuses/{remote_id}/counts", {"likes": 3, "shares": 1})
    counts = channel.counts(remote_id)
    assert (counts.likes, counts.comments, counts.shares, counts.views) == (3, 0, 1, 0)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"text": "x" * 501}, "501 characters"),
        ({"text": "  "}, "empty"),
        ({"text": 5}, "needs its text"),
        ({"text": "\ud800"}, "needs its text"),
        ({"text": "x", "media": ["99"]}, "no such image"),
        ({"text": "x", "media": "99"}, "no such image"),
        ({"text": "x", "reply_to": "99"}, "not there"),
        ([], "JSON object"),
        (b"{", "JSON object"),
    ],
)
def test_what_breaks_the_rules_is_refused_and_not_stored(
    sandbox: SandboxServer, body: object, told: str
) -> None:
    status, said, _ = ask(sandbox, "POST", "/api/atlas/statuses", body)
    assert 400 <= status < 500
    assert told in said.decode()
    assert oracle(sandbox) == []


def test_a_restart_knows_everything(tmp_path: Path, clock: Clock) -> None:
    picture = Attachment(name="a.png", data=b"\x89PNG", type="image/png", alt="Façade")
    with SandboxServer(tmp_path, rules=Rules(now=clock)) as server:
        channel = SandboxChannel(server.url, "atlas")
        thread = Outgoing(
            key="b" * 32,
            content=Content(text="Un", thread=("Deux",)),
            language="fr",
            created_at=NOON,
            attachments=(picture,),
        )
        first = channel.publish(thread)
        channel.delete(channel.publish(out("Effacé")).remote_id)
        before = list(channel.timeline(NOON))
        channel.close()
    with SandboxServer(tmp_path, server.port, rules=Rules(now=clock)) as again:
        channel = SandboxChannel(again.url, "atlas")
        assert list(channel.timeline(NOON)) == before
        assert channel.publish(thread).parts == first.parts
        assert channel.publish(out("Nouveau", key="c" * 32)).remote_id not in first.parts
        channel.close()


def test_a_line_that_a_kill_cut_short_is_left_out(tmp_path: Path) -> None:
    with SandboxServer(tmp_path) as server:
        post_by_hand(server.url, "atlas", "Un")
    with server.oracle.open("ab") as file:
        file.write(b'{"op":"post","account":"atlas","id":"2","te')
    with SandboxServer(tmp_path) as server:
        post_by_hand(server.url, "atlas", "Deux")
        channel = SandboxChannel(server.url, "atlas")
        start = datetime.now(UTC) - timedelta(minutes=1)
        assert [status.text for status in channel.timeline(start)] == ["Deux", "Un"]
        channel.close()


def test_the_oracle_is_only_appended_to(sandbox: SandboxServer, channel: SandboxChannel) -> None:
    remote_id = channel.publish(out("Un")).remote_id
    before = sandbox.oracle.read_bytes()
    channel.delete(remote_id)
    assert sandbox.oracle.read_bytes().startswith(before)
    assert [line["op"] for line in oracle(sandbox)] == ["post", "delete"]


def test_two_servers_never_share_a_directory(sandbox: SandboxServer) -> None:
    with pytest.raises(DirectoryInUseError, match="another sandbox"):
        SandboxServer(sandbox.directory).start()


def test_a_port_that_is_taken_is_told(sandbox: SandboxServer, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="address already in use"):
        SandboxServer(tmp_path / "other", sandbox.port).start()


def test_a_token_is_asked_for_where_the_account_has_one(tmp_path: Path) -> None:
    with SandboxServer(tmp_path, rules=Rules(tokens={"atlas": "right-token"})) as server:
        for token in ("", "wrong-token", "right-token-and-more"):
            channel = SandboxChannel(server.url, "atlas", token)
            with pytest.raises(Rejected, match="does not accept the token"):
                channel.publish(out("Non"))
            channel.close()
        channel = SandboxChannel(server.url, "atlas", "right-token")
        assert channel.probe() == "atlas"
        channel.close()


def test_ignored_keys_make_doubles(client: SandboxClient, channel: SandboxChannel) -> None:
    """The negative control: without keys a second attempt is a second post."""
    client.fault(Fault(kind=FaultKind.IGNORE_KEYS, count=0))
    channel.publish(out("Double"))
    channel.publish(out("Double"))
    assert [status.text for status in channel.timeline(NOON)] == ["Double"] * 2


def test_a_fault_hits_its_account_its_call_and_its_count(
    client: SandboxClient, channel: SandboxChannel, sandbox: SandboxServer
) -> None:
    client.fault(Fault(kind=FaultKind.ERROR, account="atlas", count=2, skip=1))
    other = SandboxChannel(sandbox.url, "resto")
    other.publish(out("Passe"))
    channel.publish(out("Un", key="1" * 32))
    for _ in range(2):
        with pytest.raises(Uncertain):
            channel.publish(out("Deux", key="2" * 32))
    assert list(channel.timeline(NOON))
    channel.publish(out("Deux", key="2" * 32))
    assert client.requests("atlas")["post"] == 4
    other.close()


def test_faults_are_cleared(client: SandboxClient, channel: SandboxChannel) -> None:
    client.fault(Fault(kind=FaultKind.ERROR, on="any", count=0))
    with pytest.raises(Uncertain):
        channel.publish(out("Non"))
    client.clear_faults()
    channel.publish(out("Oui"))


@pytest.mark.parametrize(
    "fault", [{"kind": "nonsense"}, {"kind": "error", "on": "x"}, {"kind": "error", "colour": 1}]
)
def test_a_fault_that_is_none_is_refused(sandbox: SandboxServer, fault: object) -> None:
    assert ask(sandbox, "POST", "/faults", fault)[0] == 422


def test_the_timeline_page_escapes_what_people_wrote(
    sandbox: SandboxServer, client: SandboxClient
) -> None:
    evil = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>"
    client.post_by_hand("atlas", evil, tool="<i>tool</i>")
    status, body, headers = ask(sandbox, "GET", "/@atlas")
    page = body.decode()
    assert status == 200
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in page
    for markup in ("<script", "<img", "<i>", "onerror=alert(1)>"):
        assert markup not in page
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_pages_lead_to_each_other(sandbox: SandboxServer, channel: SandboxChannel) -> None:
    receipt = channel.publish(out("Une page"))
    assert b"/@atlas" in ask(sandbox, "GET", "/")[1]
    path = receipt.url.removeprefix(sandbox.url)
    assert b"Une page" in ask(sandbox, "GET", path)[1]
    assert ask(sandbox, "GET", "/style.css")[0] == 200
    assert ask(sandbox, "GET", "/@nobody")[0] == 404
    assert ask(sandbox, "GET", "/@atlas/99")[0] == 404


def test_an_image_is_shown_as_what_it_is(sandbox: SandboxServer, channel: SandboxChannel) -> None:
    data = b"\x89PNG picture"
    picture = Attachment(name="a.png", data=data, type="image/png", alt="Une « façade »")
    status, body, _ = ask(sandbox, "GET", "/media/../../oracle.jsonl")
    assert status == 404
    channel.upload(picture)
    (line,) = oracle(sandbox)
    status, body, headers = ask(sandbox, "GET", f"/media/{line['sha256']}")
    assert (status, body, headers["Content-Type"]) == (200, data, "image/png")


def test_an_svg_is_not_taken(channel: SandboxChannel) -> None:
    picture = Attachment(name="a.svg", data=b"<svg/>", type="image/svg+xml")
    with pytest.raises(Rejected):
        channel.upload(picture)


def test_a_page_of_somebody_else_cannot_post(sandbox: SandboxServer) -> None:
    """A browser sends these without asking: simple types, and names that lead to this machine."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        status, _, _ = ask(sandbox, "POST", "/by-hand/atlas", {"text": "x"}, Content_Type=kind)
        assert status == 415
    status, _, _ = ask(sandbox, "POST", "/by-hand/atlas", {"text": "x"}, Host="evil.example")
    assert status == 421
    assert oracle(sandbox) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"POST /faults HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /faults HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 40_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_the_next_is_served(
    sandbox: SandboxServer, raw: bytes
) -> None:
    import socket  # noqa: PLC0415 - only here

    with socket.create_connection(("127.0.0.1", sandbox.port)) as sock:
        sock.sendall(raw)
        assert sock.recv(100).startswith(b"HTTP/1.1 4")
    assert ask(sandbox, "GET", "/")[0] == 200


SERVE = """
import sys
from pathlib import Path
from cmctl.testing.sandbox import SandboxServer, serve
serve(SandboxServer(Path(sys.argv[1])), lambda url: print(url, flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-W", "error", "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        post_by_hand(url, "atlas", "Bonjour")
        process.send_signal(number)
        assert process.wait(60) == 0


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        ids = [post_by_hand(url, "atlas", f"Menu {number}") for number in range(20)]
        process.kill()
    with SandboxServer(tmp_path) as server:
        assert [line["id"] for line in oracle(server)] == ids


def test_the_sandbox_needs_no_pytest(tmp_path: Path) -> None:
    code = (
        "import sys; import cmctl.testing; cheap = 'asyncio' not in sys.modules;"
        "import cmctl.testing.sandbox as s; s.SandboxServer; s.post_by_hand;"
        "print(cheap, 'pytest' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"]
