"""The doors of closed platforms, as their documents have them: a stand-in, which is not the vendor.

One server for all; each network has its own endpoints and is strict about what sets it apart: the
fields of RFC 7636 asked for or refused, who says by which way who it is, what stands between
scopes, and by which method a token is asked for. Codes are good once, for ten minutes, one client
and one redirect; tokens end by `clock`.
"""

import secrets
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from servers.local import JsonHandler, Local

CLIENT, SECRET = "the-client", "the client's secret: a+b/c"
PAGE, INSTAGRAM = "1234567890", "17841400000000000"
#: Of Threads.
LONG, HOUR = timedelta(days=60), timedelta(hours=1)


class NoError(Exception):
    """An error of RFC 6749, 5.2, or of the vendor's own."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """How one vendor does it."""

    pkce: bool
    separator: str
    #: `GET` or `POST`.
    method: str = "POST"
    basic: bool = False
    life: timedelta = HOUR
    #: Of a refresh token; None: there is none; zero: it does not end.
    refresh: timedelta | None = None
    rotates: bool = False
    #: Of the authorization address.
    asks: tuple[tuple[str, str], ...] = ()


DOORS = {
    "x": Door(
        pkce=True,
        separator=" ",
        basic=True,
        life=timedelta(hours=2),
        refresh=timedelta(),
        rotates=True,
    ),
    "facebook": Door(pkce=False, separator=",", method="GET"),
    "threads": Door(pkce=False, separator=","),
    "linkedin": Door(
        pkce=False, separator=" ", life=timedelta(days=60), refresh=timedelta(days=365)
    ),
    "pinterest": Door(
        pkce=False,
        separator=",",
        basic=True,
        life=timedelta(days=30),
        refresh=timedelta(days=60),
    ),
    "google": Door(
        pkce=True,
        separator=" ",
        refresh=timedelta(),
        asks=(("access_type", "offline"), ("prompt", "consent")),
    ),
}
AUTHORIZE = {
    "/2/oauth2/authorize": "x",
    "/v25.0/dialog/oauth": "facebook",
    "/oauth/authorize": "threads",
    "/oauth/v2/authorization": "linkedin",
    "/oauth/": "pinterest",
    "/o/oauth2/v2/auth": "google",
}
TOKEN = {
    "/2/oauth2/token": "x",
    "/v25.0/oauth/access_token": "facebook",
    "/oauth/access_token": "threads",
    "/oauth/v2/accessToken": "linkedin",
    "/v5/oauth/token": "pinterest",
    "/token": "google",
}


@dataclass
class Vendors(Local):
    """A running server; a context manager. `redirects` are those that somebody registered."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    redirects: set[str] = field(default_factory=set)
    #: What the person does: says yes, or no.
    says_no: bool = False
    #: Renewals are answered with this status; 0: as they should be.
    status: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    scopes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._codes: dict[str, dict[str, Any]] = {}
        self._access: dict[str, datetime | None] = {}
        self._refresh: dict[str, datetime | None] = {}
        self.listen(self._handler())

    def takes(self, access: str) -> bool:
        ends = self._access.get(access, self.clock())
        return ends is None or ends > self.clock()

    # The endpoints.

    def authorize(self, vendor: str, query: dict[str, str]) -> str:
        """Return where the browser is sent, as the person says."""
        door = DOORS[vendor]
        redirect, wanted = query["redirect_uri"], {"response_type": "code", "client_id": CLIENT}
        wanted |= dict(door.asks) | ({"code_challenge_method": "S256"} if door.pkce else {})
        given = {name: query.get(name) for name in wanted}
        if redirect not in self.redirects or given != wanted or not query["state"]:
            raise NoError(f"invalid_request: {given}")
        if ("code_challenge" in query) is not door.pkce:
            raise NoError("invalid_request: code_challenge")
        self.scopes = query["scope"].split(door.separator)
        if self.says_no:
            said = {"error": "access_denied", "error_description": "The person said no"}
        else:
            code = secrets.token_hex(16)
            self._codes[code] = {
                "vendor": vendor,
                "redirect": redirect,
                "challenge": query.get("code_challenge", ""),
                "ends": self.clock() + timedelta(minutes=10),
            }
            said = {"code": code}
        return f"{redirect}?{urlencode({**said, 'state': query['state']})}#_"

    def token(self, vendor: str, form: dict[str, str], method: str, basic: str) -> dict[str, Any]:
        door = DOORS[vendor]
        if method != door.method:
            raise NoError("invalid_request: the method")
        if form["grant_type"] == "fb_exchange_token":
            return self._swapped(form, "fb_exchange_token", timedelta(days=60))
        _check_client(door, form, basic)
        if form["grant_type"] == "refresh_token":
            return self._renewed(door, form["refresh_token"])
        code = self._codes.pop(form["code"], None)
        if form["grant_type"] != "authorization_code" or code is None:
            raise NoError("invalid_grant")
        made = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(made).decode().rstrip("=")
        right = (
            code["vendor"] == vendor
            and code["redirect"] == form["redirect_uri"]
            and code["ends"] > self.clock()
            and (not door.pkce or code["challenge"] == challenge)
            and ("code_verifier" in form) is door.pkce
        )
        if not right:
            raise NoError("invalid_grant")
        return self._granted(door)

    def swap(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """Change a token for a longer one, as Threads and Instagram do."""
        grant = {"/access_token": "th_exchange_token", "/refresh_access_token": "th_refresh_token"}
        if query["grant_type"] != grant[path]:
            raise NoError("invalid grant_type")
        if path == "/access_token" and query["client_secret"] != SECRET:
            raise NoError("Error validating client secret")
        if self.status:
            raise NoError("try again later")
        return self._swapped(query, "access_token", LONG)

    def account(self, path: str, query: dict[str, str], access: str) -> dict[str, Any]:
        """Say who a token belongs to."""
        atlas = {"id": "7", "username": "atlas", "name": "Atlas"}
        own: dict[str, Any] = {"access_token": "", "id": PAGE}
        if path in {f"/v25.0/{PAGE}", "/v25.0/me/accounts"} and "access_token" in query["fields"]:
            own["access_token"] = self._made(None)  # it does not end
        quota = {"data": [{"quota_usage": 0, "config": {"quota_total": 50}}]}
        of_page = PAGE if self._access[access] is None else "8"
        linked = {**own, "instagram_business_account": {"id": INSTAGRAM}}
        posts = {"localPosts": []}
        return {
            "/v4/accounts/1/locations/2/localPosts": posts,
            "/2/users/me": {"data": atlas},
            "/v25.0/me": {"id": of_page, "name": "Atlas"},
            "/v25.0/me/accounts": {"data": [linked]},
            f"/v25.0/{PAGE}": own,
            "/v1.0/me/threads_publishing_limit": quota,
            f"/v25.0/{INSTAGRAM}/content_publishing_limit": quota,
        }.get(path, atlas)

    def _granted(self, door: Door) -> dict[str, Any]:
        said: dict[str, Any] = {
            "access_token": self._made(door.life),
            "token_type": "bearer",
            "expires_in": int(door.life.total_seconds()),
        }
        if door.refresh is not None:
            refresh = secrets.token_hex(16)
            self._refresh[refresh] = self.clock() + door.refresh if door.refresh else None
            said["refresh_token"] = refresh
            if door.refresh:
                said["refresh_token_expires_in"] = int(door.refresh.total_seconds())
        return said

    def _renewed(self, door: Door, refresh: str) -> dict[str, Any]:
        ends = self._refresh.get(refresh, self.clock())
        if ends is not None and ends <= self.clock():
            raise NoError("invalid_grant")
        if door.rotates:
            del self._refresh[refresh]
            return self._granted(door)
        said = self._granted(door)
        del self._refresh[said.pop("refresh_token")]
        said.pop("refresh_token_expires_in", None)
        return said

    def _swapped(self, query: dict[str, str], name: str, life: timedelta) -> dict[str, Any]:
        if not self.takes(query[name]):
            raise NoError("Error validating access token")
        seconds = int(life.total_seconds())
        return {"access_token": self._made(life), "token_type": "bearer", "expires_in": seconds}

    def _made(self, life: timedelta | None) -> str:
        access = secrets.token_hex(16)
        self._access[access] = self.clock() + life if life else None
        return access

    def _handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a class within
        server = self

        class Handler(JsonHandler):
            def do_GET(self) -> None:  # noqa: N802 - the name http.server calls
                self._answer("GET", _flat(urlsplit(self.path).query))

            def do_POST(self) -> None:  # noqa: N802 - the name http.server calls
                self._answer(
                    "POST", _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
                )

            def _answer(self, method: str, fields: dict[str, str]) -> None:
                path = urlsplit(self.path).path
                server.asked[path] += 1
                try:
                    self._served(method, path, fields)
                except (NoError, KeyError) as problem:
                    said = {"error": "invalid_request", "error_description": f"{problem} {fields}"}
                    self.say(400, said)

            def _served(self, method: str, path: str, fields: dict[str, str]) -> None:
                scheme, _, carried = self.headers.get("Authorization", "").partition(" ")
                if path in AUTHORIZE:
                    where = server.authorize(AUTHORIZE[path], fields)
                    self.send_response(302)
                    self.send_header("Location", where)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif path in TOKEN:
                    basic = carried if scheme == "Basic" else ""
                    if server.status and fields.get("grant_type") == "refresh_token":
                        self.say(server.status, {"error": "temporarily_unavailable"})
                        return
                    self.say(200, server.token(TOKEN[path], fields, method, basic))
                elif path in {"/access_token", "/refresh_access_token"}:
                    self.say(200, server.swap(path, fields))
                elif server.takes(carried):
                    self.say(200, server.account(path, fields, carried))
                else:
                    self.say(401, {"error": {"code": 190, "message": "the token is over"}})

        return Handler


def _check_client(door: Door, form: dict[str, str], basic: str) -> None:
    if door.basic:
        given = [unquote_plus(one) for one in b64decode(basic).decode().split(":")]
        if "client_secret" in form:
            raise NoError("invalid_client: twice")
    else:
        given = [form["client_id"], form["client_secret"]]
    if given != [CLIENT, SECRET]:
        raise NoError("invalid_client")


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
