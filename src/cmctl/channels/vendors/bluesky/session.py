"""Requests to a PDS in one session: logged in once, kept in memory, refreshed when it expires.

docs.bsky.app, "Get Started" and `com.atproto.server`: an access token lives about two hours, a
refresh token about ninety days, and 30 logins in 5 minutes are the most an account may make.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected, Unauthorized
from cmctl.channels.body import Body, json_body
from cmctl.channels.decoding import read_json
from cmctl.channels.http import Http, Request
from cmctl.channels.spoken import spoken

#: What a PDS calls a token that it does not take (any more); it says so before it acts.
_STALE = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing"})
#: Answers whose error's name says more than their status.
_REFUSALS = frozenset({400, 401})


class Tokens(NamedTuple):
    """What a login gives."""

    access: str
    refresh: str
    #: The account's identity, which stays when its handle changes.
    did: str
    handle: str

    def __repr__(self) -> str:
        return f"Tokens({self.did})"


class Session:
    """One account on one PDS; safe for several threads."""

    def __init__(self, http: Http, *, handle: str, password: str) -> None:
        self._http = http
        self._handle = handle
        self._password = password
        self._tokens: Tokens | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Session({self._handle})"

    def tokens(self) -> Tokens:
        """Return who we are, logging in where that has not happened yet.

        Raises:
            Rejected: handle or password is wrong.
            Unavailable: the server could not be asked.
        """
        with self._lock:
            if self._tokens is None:
                self._tokens = self._log_in()
            return self._tokens

    def query(self, method: str, params: Mapping[str, str]) -> Answer:
        """Read."""
        return self._success(self._read(method, params))

    def look_up(self, method: str, params: Mapping[str, str], absent: str) -> Answer | None:
        """Read what may not be there: None where the server answers with the error `absent`."""
        answer = self._read(method, params)
        return None if error_name(answer) == absent else self._success(answer)

    def call(self, method: str, body: Body, *, repeatable: bool = False) -> Answer:
        """Write once."""
        path = f"/xrpc/{method}"
        request = Request(method="POST", path=path, body=body, repeatable=repeatable)
        return self._success(self._send(request))

    def _read(self, method: str, params: Mapping[str, str]) -> Answer:
        return self._send(Request(method="GET", path=f"/xrpc/{method}", query=params))

    def _send(self, request: Request) -> Answer:
        """Send with a token; where it was refused as stale, nothing was done yet: renew, go on."""
        tokens = self.tokens()
        answer = self._authorized(tokens.access, request)
        if error_name(answer) in _STALE:
            answer = self._authorized(self._renew(tokens).access, request)
        return answer

    def _authorized(self, token: str, request: Request) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        return self._http.send(replace(request, headers=headers, accept=_REFUSALS))

    def _success(self, answer: Answer) -> Answer:
        if answer.status < 300:
            return answer
        said = spoken(answer.body, secrets=(self._password,))
        message = f"{answer.host} answered {answer.status}: {said}"
        raise (Unauthorized if answer.status == 401 else Rejected)(message)

    def _renew(self, stale: Tokens) -> Tokens:
        """Replace tokens that the server does not take; who comes second finds new ones."""
        with self._lock:
            current = self._tokens
            if current is None or current is stale:
                current = self._tokens = self._refreshed(stale) or self._log_in()
            return current

    def _refreshed(self, stale: Tokens) -> Tokens | None:
        """Return new tokens, or None where the refresh token is not taken either."""
        path = "/xrpc/com.atproto.server.refreshSession"
        refresh = Request(method="POST", path=path, repeatable=True)
        answer = self._authorized(stale.refresh, refresh)
        return _tokens(answer) if answer.status < 300 else None

    def _log_in(self) -> Tokens:
        body = json_body({"identifier": self._handle, "password": self._password})
        path = "/xrpc/com.atproto.server.createSession"
        answer = self._http.send(
            Request(method="POST", path=path, body=body, accept=_REFUSALS, repeatable=True)
        )
        if answer.status < 300:
            return _tokens(answer)
        message = f"{answer.host} does not accept handle and app password of {self._handle}"
        message = f"{message}: {spoken(answer.body, secrets=(self._password,))}"
        raise Unauthorized(message)


def error_name(answer: Answer) -> str:
    """Return what an XRPC error calls itself; empty for a success."""
    if answer.status < 300:
        return ""
    try:
        value = read_json(answer.body)
    except ValueError:
        return ""
    name = value.get("error") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


def _tokens(answer: Answer) -> Tokens:
    return Tokens(
        access=answer.text("accessJwt"),
        refresh=answer.text("refreshJwt"),
        did=answer.text("did"),
        handle=answer.text("handle"),
    )
