"""The redirect of signing in: one answer on a port of this machine alone (RFC 8252, 7.3)."""

import hmac
import queue
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self
from urllib.parse import parse_qs, urlsplit

from cmctl.core.errors import CmctlError

_DONE = "cmctl has the answer. You can close this page."
_STRANGE = "This is not the answer that cmctl waits for."


def pasted(address: str, state: str) -> str:
    """Return the code in the address that a browser was sent to, as a person copied it.

    Raises:
        CmctlError: it is not the answer with this `state`, or the network or its user said no.
    """
    said = _answer(address, state)
    if said is None:
        message = "this is not the address that the browser was sent to after you allowed it"
        raise CmctlError(message, hint="copy all of it; nothing was changed")
    return _code(said)


def _answer(address: str, state: str) -> dict[str, str] | None:
    """Return what an answer with this `state` says; None: it is another one."""
    try:
        query = urlsplit(address.strip()).query
    except ValueError:
        return None
    said = {name: values[0] for name, values in parse_qs(query).items()}
    return said if hmac.compare_digest(said.get("state", "").encode(), state.encode()) else None


def _code(said: dict[str, str]) -> str:
    """Return the code of an answer.

    Raises:
        CmctlError: the network or its user said no.
    """
    if code := said.get("code"):
        return code
    why = said.get("error_description") or said.get("error") or "no code was given"
    raise CmctlError(f"the network did not let us in: {why}", hint="nothing was changed")


class Loopback:
    """Listens on 127.0.0.1 for the answer with this `state`; a context manager.

    Answers with another state are turned away and change nothing: any page may send them.
    """

    def __init__(self, state: str, *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Port 0 is any free one; `host` is what this machine is called in the address.

        Raises:
            CmctlError: the port is taken.
        """
        self._state = state
        self._answers: queue.Queue[dict[str, str]] = queue.Queue()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        except (OSError, OverflowError) as error:
            why = error.strerror if isinstance(error, OSError) else "there is no such port"
            message = f"nothing can listen on 127.0.0.1:{port}: {why}"
            raise CmctlError(message, hint="--port names another one") from None
        self._server.daemon_threads = True
        self.address = f"http://{host}:{self._server.server_port}/"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), name="sign-in", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def code(self, seconds: float) -> str:
        """Wait for the answer and return its code.

        Raises:
            CmctlError: the network or its user said no, or nobody answered in time.
        """
        try:
            said = self._answers.get(timeout=seconds)
        except queue.Empty:
            message = f"nobody answered within {seconds / 60:.0f} minutes"
            raise CmctlError(message, hint="type the command again; nothing was changed") from None
        return _code(said)

    def _said(self, path: str) -> dict[str, str] | None:
        """Return what an answer says; None: it is not the one that is waited for."""
        return _answer(path, self._state) if urlsplit(path).path == "/" else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        understood, answers = self._said, self._answers

        class Handler(BaseHTTPRequestHandler):
            timeout = 30

            def do_GET(self) -> None:
                said = understood(self.path)
                try:
                    self._show(said is not None)
                finally:  # only now: the program may end as soon as it has the answer
                    if said is not None:
                        answers.put(said)

            def _show(self, taken: bool) -> None:
                body = (_DONE if taken else _STRANGE).encode()
                self.send_response(HTTPStatus.OK if taken else HTTPStatus.BAD_REQUEST)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Stay silent: the address holds the code."""

        return Handler
