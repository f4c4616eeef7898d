"""An OAuth 2 server of the tests' own: RFC 6749 and RFC 7636 taken strictly, and a Mastodon's door.

Codes are good once, for one redirect, one client and one verifier; refresh tokens are good once and
are replaced. `clock` is what it measures lives by.
"""

import secrets
import socket
import struct
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from servers.local import JsonHandler, Local


class RefusedError(Exception):
    """An error of RFC 6749, 5.2."""


@dataclass
class OAuthServer(Local):
    """A running server; a context manager."""

    #: Of an access token.
    life: timedelta = timedelta(hours=2)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    #: Renews, and answers nothing.
    loses_answers: bool = False
    #: Answers a renewal with this status instead.
    status: int = 0
    #: How often each path was asked for.
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._clients: dict[str, tuple[str, str]] = {}
        self._codes: dict[str, tuple[str, str, str]] = {}
        self._access: dict[str, datetime] = {}
        self._refresh: set[str] = set()
        self.listen(self._handler())

    def grant(self) -> dict[str, Any]:
        """Give a token as to somebody who has signed in."""
        access, refresh = secrets.token_hex(16), secrets.token_hex(16)
        self._access[access] = self.clock() + self.life
        self._refresh.add(refresh)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self.life.total_seconds()),
            "refresh_token": refresh,
        }

    def takes(self, access: str) -> bool:
        return self._access.get(access, datetime.min.replace(tzinfo=UTC)) > self.clock()

    # The endpoints.

    def register(self, form: dict[str, str]) -> dict[str, Any]:
        client, secret = secrets.token_hex(8), secrets.token_hex(16)
        self._clients[client] = (secret, form["redirect_uris"])
        return {"client_id": client, "client_secret": secret}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser is sent, as if the person said yes."""
        redirect, client = query["redirect_uri"], query["client_id"]
        if self._clients[client][1] != redirect or query["code_challenge_method"] != "S256":
            raise RefusedError("invalid_request")
        code = secrets.token_hex(16)
        self._codes[code] = (client, redirect, query["code_challenge"])
        return f"{redirect}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        if form["grant_type"] == "refresh_token":
            return self._renew(form)
        client, redirect, challenge = self._codes.pop(form["code"])
        made = sha256(form["code_verifier"].encode()).digest()
        right = (
            form["redirect_uri"] == redirect
            and form["client_id"] == client
            and form["client_secret"] == self._clients[client][0]
            and urlsafe_b64encode(made).decode().rstrip("=") == challenge
        )
        if not right:
            raise RefusedError("invalid_grant")
        return self.grant()

    def _renew(self, form: dict[str, str]) -> dict[str, Any]:
        if form["refresh_token"] not in self._refresh:
            raise RefusedError("invalid_grant")
        self._refresh.discard(form["refresh_token"])
        return self.grant()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(JsonHandler):
            def do_GET(self) -> None:  # noqa: N802 - the name http.server calls
                url = urlsplit(self.path)
                server.asked[url.path] += 1
                if url.path == "/oauth/authorize":
                    self.send_response(302)
                    self.send_header("Location", server.authorize(_flat(url.query)))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                known = server.takes(self.headers.get("Authorization", "").partition(" ")[2])
                self.say(200 if known else 401, {"id": "7", "acct": "atlas"} if known else {})

            def do_POST(self) -> None:  # noqa: N802 - the name http.server calls
                server.asked[self.path] += 1
                form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
                renews = form.get("grant_type") == "refresh_token"
                if renews and server.status:
                    self.say(server.status, {"error": "temporarily_unavailable"})
                    return
                try:
                    made = {"/api/v1/apps": server.register, "/oauth/token": server.token}
                    said = made[self.path](form)
                except (RefusedError, KeyError) as problem:
                    self.say(400, {"error": str(problem), "error_description": f"got {form}"})
                    return
                if renews and server.loses_answers:
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.close_connection = True
                    self.connection.close()
                    return
                self.say(200, said)

        return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
