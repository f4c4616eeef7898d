"""Notices through Apprise reach real servers, and its secrets reach nobody else."""

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from cmctl.app.notices.notify import FIRST_WAIT, NotifierError, deliver
from cmctl.app.notices.tellers import tellers
from cmctl.core.settings import Notifier
from cmctl.testing.sandbox import FaultKind

from .desk import Desk
from .test_guarding import HIS, NEWS, morning

CANARY = "c4nary-of-an-address"


class Service:
    """A service that takes notices by HTTP."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str]]] = []
        self.status = 200
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.got.append((self.path, body))
                self.send_response(service.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, extra='notify: [{apprise: "env:TELL"}]')
    yield desk
    desk.close()


def tell(desk: Desk, url: str) -> int:
    desk.turn()
    with desk.context() as ctx:
        return deliver(ctx, tellers({"TELL": url}, desk.root))


def test_the_cm_reads_both_texts_and_what_to_type(office: Desk, service: Service) -> None:
    morning(office)
    assert tell(office, f"json://127.0.0.1:{service.port}/{CANARY}") == 1
    ((path, told),) = service.got
    assert CANARY in path
    assert told["title"] == "a/x: held: rennes (1)"
    assert told["message"].startswith("Same news as x's post of ") or "Perhaps" in told["message"]
    for said in (NEWS, HIS, "cmctl resolve 1 --keep theirs", "/@x/"):
        assert said in told["message"]


def test_a_service_that_fails_is_asked_again_and_told_without_its_address(
    office: Desk, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = 500
    url = f"json://user:{CANARY}@127.0.0.1:{service.port}/{CANARY}?x={CANARY}"
    morning(office)
    with caplog.at_level(0):
        assert tell(office, url) == 0
    assert "did not take it" in caplog.text
    assert CANARY not in caplog.text
    service.status = 200
    office.clock.forward(seconds=FIRST_WAIT.total_seconds())
    assert tell(office, url) == 1
    assert tell(office, url) == 0  # once


@pytest.mark.parametrize(
    ("url", "why"),
    [(f"nosuch://{CANARY}/", "does not know"), (f"tgram://{CANARY}", "does not know")],
)
def test_an_address_that_apprise_does_not_know_is_not_repeated(
    tmp_path: Path, url: str, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    teller = tellers({"TELL": url}, tmp_path)
    with pytest.raises(NotifierError, match=why) as failed:
        teller(Notifier(kind="apprise", url="env:TELL"), b'{"title": "t", "text": "x"}')
    assert CANARY not in str(failed.value)
    out, err = capfd.readouterr()
    assert CANARY not in out + err


def test_a_secret_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotifierError, match="TELL is not set"):
        tellers({}, tmp_path)(Notifier(kind="apprise", url="env:TELL"), b"{}")


class _Mailbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[str, str]] = []

    def handle_message(self, message: object) -> None:
        parts = message.walk()  # type: ignore[attr-defined]
        text = next(part for part in parts if part.get_content_type().startswith("text/"))
        self.got.append((message["To"], text.get_payload(decode=True).decode()))  # type: ignore[index]


def test_a_mail_reaches_a_real_mail_server(office: Desk) -> None:
    box = _Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        office.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 0})
        office.fault(FaultKind.REFUSED)
        url = f"mailto://127.0.0.1:{port}?from=cmctl@example.org&to=cm@example.org&mode=insecure"
        assert tell(office, url) == 1
    finally:
        server.stop()
    ((to, text),) = box.got
    assert "cm@example.org" in to
    assert "refused by the network" in text
