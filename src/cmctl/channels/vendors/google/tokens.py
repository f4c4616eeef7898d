"""Google's tokens: where they are given, and what Google says of one.

developers.google.com/identity, "OAuth 2.0 for iOS & Desktop Apps", "Using OAuth 2.0 for Web Server
Applications": only who asks for `offline`, anew each time, gets a refresh token. `tokeninfo` is
asked as Google's own client libraries ask it (google-auth-library-nodejs, `getTokenInfo`): with the
token in a header, and in no address.
"""

from datetime import UTC, datetime
from typing import Final

from cmctl.channels.base import Unauthorized
from cmctl.channels.body import form_body
from cmctl.channels.grant import Grant, lacking
from cmctl.channels.http import Http, Request
from cmctl.channels.sign_in import SignIn

#: What the posts of a profile need.
SCOPES: Final = ("https://www.googleapis.com/auth/business.manage",)


def sign_in(other: str) -> SignIn:
    """Return where an owner or manager of a profile signs in; `other`: on that server alone."""
    return SignIn(
        authorize=f"{other or 'https://accounts.google.com'}/o/oauth2/v2/auth",
        token=f"{_server(other)}/token",
        scopes=SCOPES,
        any_port=True,
        asks={"access_type": "offline", "prompt": "consent"},
    )


def grant(other: str, token: str) -> Grant:
    """Return when a token ends, and which of the scopes it lacks.

    Raises:
        Unauthorized: Google does not take it (any more).
        Unavailable: could not be asked now.
    """
    http = Http(_server(other), {"Authorization": f"Bearer {token}"})
    body = form_body({})
    request = Request(method="POST", path="/tokeninfo", body=body, accept=(400,), repeatable=True)
    try:
        answer = http.send(request)
    finally:
        http.close()
    if answer.status == 400 and b"invalid_token" in answer.body:
        raise Unauthorized(str(answer.failure()))
    if answer.status == 400:
        raise answer.failure()
    ends = str(answer.record().get("exp", ""))
    return Grant(
        ends=datetime.fromtimestamp(int(ends), UTC) if ends.isdecimal() else None,
        missing=lacking(SCOPES, answer.text("scope").split()),
    )


def _server(other: str) -> str:
    return other or "https://oauth2.googleapis.com"
