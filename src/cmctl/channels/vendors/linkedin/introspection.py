"""What LinkedIn says of an access token to the app that it was given to.

learn.microsoft.com/linkedin, "Token Introspection": a request with the app's secret; 400 means that
the token is another app's or none, 401 that the secret is wrong.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from cmctl.channels.base import Rejected, Unauthorized
from cmctl.channels.body import form_body
from cmctl.channels.decoding import whole
from cmctl.channels.grant import Grant, lacking
from cmctl.channels.http import Http, Request


class App(NamedTuple):
    """An app as it is registered at LinkedIn."""

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"App({self.id})"


def grant(server: str, token: str, app: App, needed: Iterable[str]) -> Grant:
    """Return when a token ends, and which of the needed scopes it lacks.

    Raises:
        Unauthorized: the token is over, or was taken back.
        Rejected: LinkedIn does not know the app, or the token as one of its own.
        Unavailable: could not be asked now.
    """
    http = Http(server, secrets=(token, app.secret))
    body = form_body({"client_id": app.id, "client_secret": app.secret, "token": token})
    path = "/oauth/v2/introspectToken"
    request = Request(method="POST", path=path, body=body, accept=(400, 401), repeatable=True)
    try:
        answer = http.send(request)
    finally:
        http.close()
    if answer.status != 200:
        message = f"LinkedIn does not know the token as one of the app {app.id}, or not its secret"
        raise Rejected(f"{message} ({answer.failure()})")
    told = answer.record()
    if told.get("active") is not True:
        message = f"the token is {told.get('status') or 'not active'}: sign in again"
        raise Unauthorized(message)
    scopes, ends = told.get("scope"), whole(told.get("expires_at"))
    return Grant(
        ends=datetime.fromtimestamp(ends, UTC) if ends else None,
        missing=lacking(needed, scopes.split(",")) if isinstance(scopes, str) else (),
    )
