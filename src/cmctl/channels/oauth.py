"""Signing in by OAuth 2: authorization code with PKCE, and renewing what it gave.

RFC 6749 (4.1, 6), RFC 7636 (S256), RFC 8252 (loopback redirect). Each call is one request, without
a retry: a code and, with most networks, a refresh token are good for one use only.
"""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected, SignIn
from cmctl.channels.body import form_body
from cmctl.channels.http import Http, Request
from cmctl.core.token import Token

#: What the program is called where it registers itself.
NAME = "cmctl"


class Client(NamedTuple):
    """As whom the program is registered at a network."""

    id: str
    secret: str = ""

    def __repr__(self) -> str:
        return f"Client({self.id})"


def register(sign_in: SignIn, redirect: str) -> Client:
    """Register the program for this one redirect, where the network lets programs do so.

    Raises:
        Rejected, Unavailable, Uncertain: as for any request; a second registration does no harm.
    """
    fields = {
        "client_name": NAME,
        "redirect_uris": redirect,
        "scopes": " ".join(sign_in.scopes),
    }
    answer = _post(sign_in.register, fields, (), repeatable=True)
    return Client(answer.text("client_id"), answer.text("client_secret"))


def challenge(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).decode("ascii").rstrip("=")


def address(sign_in: SignIn, client: Client, redirect: str, *, state: str, verifier: str) -> str:
    """Return where a person lets us in."""
    query = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": redirect,
        "scope": " ".join(sign_in.scopes),
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{sign_in.authorize}?{urlencode(query)}"


def exchange(  # noqa: PLR0913 - the fields of RFC 6749, 4.1.3
    sign_in: SignIn, client: Client, redirect: str, *, code: str, verifier: str, now: datetime
) -> Token:
    """Turn a code into a token.

    Raises:
        Rejected, Unavailable, Uncertain: there is none; somebody signs in once more.
    """
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect,
        "code_verifier": verifier,
        "client_id": client.id,
    }
    answer = _ask(sign_in, client, fields, secrets=(code, verifier))
    return _token(answer, client, now, refresh="")


def renewed(sign_in: SignIn, token: Token, now: datetime) -> Token:
    """Return a new token for one that ends; a network that gives no new refresh token keeps it.

    Raises:
        Rejected: the refresh token is not taken (any more).
        Unavailable: certainly nothing was renewed.
        Uncertain: it may have been, and the refresh token used up.
    """
    client = Client(token.client_id, token.client_secret)
    fields = {"grant_type": "refresh_token", "refresh_token": token.refresh}
    if client.id:
        fields["client_id"] = client.id
    answer = _ask(sign_in, client, fields, secrets=token.secrets)
    return _token(answer, client, now, refresh=token.refresh)


def _ask(
    sign_in: SignIn, client: Client, fields: dict[str, str], *, secrets: tuple[str, ...]
) -> Answer:
    if client.secret:
        fields = fields | {"client_secret": client.secret}
        secrets = (*secrets, client.secret)
    return _post(sign_in.token, fields, secrets, repeatable=False)


def _post(
    url: str, fields: dict[str, str], secrets: tuple[str, ...], *, repeatable: bool
) -> Answer:
    where = urlsplit(url)
    http = Http(f"{where.scheme}://{where.netloc}", {"Accept": "application/json"}, secrets=secrets)
    request = Request(method="POST", path=where.path, body=form_body(fields), repeatable=repeatable)
    try:
        return http.send(request)
    finally:
        http.close()


def _token(answer: Answer, client: Client, now: datetime, *, refresh: str) -> Token:
    """Read the answer of a token endpoint (RFC 6749, 5.1)."""
    access, said = answer.text("access_token"), answer.record()
    if str(said.get("token_type", "bearer")).lower() != "bearer":
        message = f"{answer.host} gave a token of another type than bearer"
        raise Rejected(message)
    life, fresh = said.get("expires_in"), said.get("refresh_token")
    known = isinstance(life, int) and not isinstance(life, bool) and 0 < life < 10**9
    return Token(
        access=access,
        refresh=fresh if isinstance(fresh, str) and fresh else refresh,
        expires_at=now + timedelta(seconds=int(str(life))) if known else None,
        client_id=client.id,
        client_secret=client.secret,
    )
