"""The daemon's own small server: `/metrics` for Prometheus, `/healthz` for whoever asks.

It only reads and only tells figures: no text of a post and no secret. It listens on this machine;
elsewhere only with a token, which must then come as `Authorization: Bearer`.
"""

import hmac
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import NamedTuple

from cmctl.core.errors import CmctlError, UsageError
from cmctl.daemon.exposition import TYPE

log = logging.getLogger(__name__)

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PLAIN = "text/plain; charset=utf-8"
#: Seconds that a request may take to come.
_PATIENCE = 10


class Address(NamedTuple):
    """Where to listen."""

    host: str
    #: 0 takes a free one.
    port: int


class Shown(NamedTuple):
    """What the server shows, asked anew for each request."""

    metrics: Callable[[], str]
    #: What is wrong, in words; nothing: all is well.
    ails: Callable[[], Sequence[str]]


def parse_address(text: str) -> Address:
    """Return the address that `HOST:PORT` or `PORT` is.

    Raises:
        UsageError: it is none.
    """
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        message = f"{text!r} is no address to listen on"
        raise UsageError(message, hint="write it like 127.0.0.1:9464")
    return Address(host.strip("[]") or "127.0.0.1", int(port))


@contextmanager
def listening(address: Address, shown: Shown, token: str = "") -> Iterator[str]:
    """Serve in threads of this process; give the address without a slash at its end.

    Raises:
        UsageError: it would listen beyond this machine without a token.
        CmctlError: the address cannot be had.
    """
    if address.host not in LOOPBACK and not token:
        message = f"{address.host} can be reached from other machines, and no token is set"
        raise UsageError(message, hint="--metrics 127.0.0.1:9464, or --metrics-token env:NAME")
    handler = type("Handler", (_Handler,), {"shown": shown, "token": token, "own": address.host})
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        server = type("Server", (_Server,), {"address_family": family})(address, handler)
    except OSError as problem:
        message = f"metrics cannot be served at {address.host}:{address.port}: {problem.strerror}"
        raise CmctlError(message, hint="take another port") from None
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        host = f"[{address.host}]" if ":" in address.host else address.host
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Say what went wrong without the words of it."""
        log.warning("a request for metrics failed: %s", type(sys.exception()).__name__)


class _Handler(BaseHTTPRequestHandler):
    shown: Shown
    token: str
    own: str
    timeout = _PATIENCE
    server_version = "cmctl"
    sys_version = ""

    def do_GET(self) -> None:
        refused = self._refusal()
        if refused:
            self._answer(*refused)
        elif self.path == "/metrics":
            self._metrics()
        elif self.path == "/healthz":
            ails = self.shown.ails()
            self._answer(503 if ails else 200, "\n".join([*(ails or ["ok"]), ""]))
        else:
            self._answer(404, "there are /metrics and /healthz\n")

    def _metrics(self) -> None:
        try:
            text = self.shown.metrics()
        except CmctlError:  # the daemon says what, in its log
            self._answer(503, "the store cannot be read now\n")
        else:
            self._answer(200, text, TYPE)

    def _refusal(self) -> tuple[int, str] | None:
        """Return why this request is not answered; None where it is."""
        given = self.headers.get("Authorization", "").encode("latin-1", "replace")
        if self.token and not hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            return 401, "a token is needed\n"
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        if self.own in LOOPBACK and host.strip("[]") not in LOOPBACK:
            # A page in a browser that made its own name lead to this machine.
            return 421, "this address is not ours\n"
        return None

    def _answer(self, status: int, text: str, kind: str = _PLAIN) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own
        """Say nothing: what asks every few seconds is no news."""
