"""A stand-in with a door: its token endpoint in front, all else passed on to it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self

import httpx

from cmctl.testing.standins import StandIn


class Renewing:
    """`POST path` gives a new token that the stand-in takes, for each refresh token once."""

    def __init__(self, behind: StandIn, path: str) -> None:
        self.behind, self.path = behind, path
        #: Refresh tokens that are good.
        self.refresh = {"refresh-0"}
        self.renewals = 0
        #: Whether the stand-in takes the tokens that are given.
        self.are_good = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _renewed(self, form: str) -> httpx.Response:
        given = dict(httpx.QueryParams(form)).get("refresh_token", "")
        if given not in self.refresh:
            return httpx.Response(400, json={"error": "invalid_grant"})
        self.renewals += 1
        access, refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        self.refresh = {refresh}
        if self.are_good:
            self.behind.tokens.add(access)
        told = {"access_token": access, "token_type": "bearer", "expires_in": 7200}
        return httpx.Response(200, json={**told, "refresh_token": refresh})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        front = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == front.path:
                    said = front._renewed(body.decode())
                else:
                    url, headers = front.behind.url + self.path, dict(self.headers)
                    said = httpx.request(self.command, url, headers=headers, content=body)
                self.send_response(said.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said.content)))
                self.end_headers()
                self.wfile.write(said.content)

            do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

            def log_message(self, *_: object) -> None: ...

        return Handler
