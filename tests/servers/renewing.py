"""A stand-in with a door: its token endpoint in front, all else passed on to it."""

from http.server import BaseHTTPRequestHandler

import httpx

from cmctl.testing.standins import StandIn
from servers.local import JsonHandler, Local


class Renewing(Local):
    """`POST path` gives a new token that the stand-in takes, for each refresh token once."""

    def __init__(self, behind: StandIn, path: str) -> None:
        self.behind, self.path = behind, path
        #: Refresh tokens that are good.
        self.refresh = {"refresh-0"}
        self.renewals = 0
        #: Whether the stand-in takes the tokens that are given.
        self.are_good = True
        self.listen(self._handler())

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

        class Handler(JsonHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == front.path:
                    said = front._renewed(body.decode())
                else:
                    url, headers = front.behind.url + self.path, dict(self.headers)
                    said = httpx.request(self.command, url, headers=headers, content=body)
                self.say(said.status_code, said.json() if said.content else {})

            do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        return Handler
