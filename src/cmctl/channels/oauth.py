"""Signing in by OAuth 2: authorization code with PKCE, and renewing what it gave.

RFC 6749 (4.1, 6), RFC 7636 (S256), RFC 8252 (loopback redirect). Each call is one request, without
a retry: a code and, with most networks, a refresh token are good for one use only. What a vendor
does otherwise stands in its `SignIn`.
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode, urlsplit

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected
from cmctl.channels.body import form_body
from cmctl.channels.http import Http, Request
from cmctl.channels.sign_in import SignIn, Swap
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
        "scopes": sign_in.separator.join(sign_in.scopes),
    }
    answer = _send(sign_in.register, "POST", fields, (), repeatable=True)
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
        "scope": sign_in.separator.join(sign_in.scopes),
        "state": state,
        **sign_in.asks,
    }
    if sign_in.pkce:
        query |= {"code_challenge": challenge(verifier), "code_challenge_method": "S256"}
    return f"{sign_in.authorize}?{urlencode(query)}"


def exchange(  # noqa: PLR0913 - the fields of RFC 6749, 4.1.3
    sign_in: SignIn, client: Client, redirect: str, *, code: str, verifier: str, now: datetime
) -> Token:
    """Turn a code into a token, and a short-lived token into the long-lived one.

    Raises:
        Rejected, Unavailable, Uncertain: there is none; somebody signs in once more.
    """
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    if sign_in.pkce:
        fields["code_verifier"] = verifier
    answer = _ask(sign_in, client, fields, secrets=(code, verifier))
    token = _token(answer, sign_in, client, now)
    if sign_in.exchange is None:
        return token
    return _token(_swapped(sign_in.exchange, token), sign_in, client, now)


def renewed(sign_in: SignIn, token: Token, now: datetime) -> Token:
    """Return a new token for one that ends; a network that gives no new refresh token keeps it.

    Raises:
        Rejected: the refresh token is not taken (any more).
        Unavailable: certainly nothing was renewed.
        Uncertain: it may have been, and the refresh token used up.
    """
    client = Client(token.client_id, token.client_secret)
    if sign_in.renewal is not None:
        return _token(_swapped(sign_in.renewal, token), sign_in, client, now)
    fields = {"grant_type": "refresh_token", "refresh_token": token.refresh}
    answer = _ask(sign_in, client, fields, secrets=token.secrets)
    return _token(answer, sign_in, client, now, before=token)


def _ask(
    sign_in: SignIn, client: Client, fields: dict[str, str], *, secrets: tuple[str, ...]
) -> Answer:
    """Ask the token endpoint, saying who we are."""
    headers: dict[str, str] = {}
    if client.secret and sign_in.basic:  # RFC 6749, 2.3.1: form-encoded before they are joined
        pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode('ascii')}"
    elif client.id:
        said = {"client_id": client.id, "client_secret": client.secret}
        fields = fields | {name: value for name, value in said.items() if value}
    secrets = (*secrets, *filter(None, (client.secret,)))
    method = "GET" if sign_in.by_get else "POST"
    fields = {**sign_in.fields, **fields}
    return _send(sign_in.token, method, fields, secrets, headers=headers)


def _swapped(swap: Swap, token: Token) -> Answer:
    client = {"client_id": token.client_id, "client_secret": token.client_secret}
    fields = {"grant_type": swap.grant, swap.name: token.access}
    fields |= {name: client[name] for name in swap.client}
    return _send(swap.url, "GET", fields, token.secrets)


def _send(  # noqa: PLR0913 - one request
    url: str,
    method: str,
    fields: Mapping[str, str],
    secrets: tuple[str, ...],
    *,
    headers: Mapping[str, str] | None = None,
    repeatable: bool = False,
) -> Answer:
    where = urlsplit(url)
    http = Http(f"{where.scheme}://{where.netloc}", {"Accept": "application/json"}, secrets=secrets)
    is_get = method == "GET"
    request = Request(
        method=method,
        path=where.path,
        query=fields if is_get else None,
        body=None if is_get else form_body(fields),
        headers=headers,
        repeatable=repeatable,
    )
    try:
        return http.send(request)
    finally:
        http.close()


def _token(
    answer: Answer, sign_in: SignIn, client: Client, now: datetime, *, before: Token | None = None
) -> Token:
    """Read the answer of a token endpoint (RFC 6749, 5.1); `before` is what was renewed."""
    said = _told(answer)
    access, fresh = said.get("access_token"), said.get("refresh_token")
    if not isinstance(access, str) or not access:
        raise answer.malformed("without `access_token`")
    if str(said.get("token_type", "bearer")).lower() != "bearer":
        message = f"{answer.host} gave a token of another type than bearer"
        raise Rejected(message)
    ends = _end(said.get("expires_in"), now)
    refresh, refresh_ends = (
        before.refresh if before else "",
        _end(said.get("refresh_token_expires_in"), now),
    )
    if isinstance(fresh, str) and fresh:
        refresh = fresh
    elif before is not None:
        refresh_ends = refresh_ends or before.refresh_expires_at
    if sign_in.renewal is not None:
        refresh, refresh_ends = access, ends
    return Token(
        access=access,
        refresh=refresh,
        expires_at=ends,
        refresh_expires_at=refresh_ends,
        client_id=client.id,
        client_secret=client.secret,
    )


def _told(answer: Answer) -> Mapping[str, object]:
    """Return what a token endpoint says; Instagram puts it into a list of one."""
    said = answer.record()
    data = said.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else said


def _end(life: object, now: datetime) -> datetime | None:
    """Return when something ends that lives so many seconds; None: nobody said."""
    known = isinstance(life, int) and not isinstance(life, bool) and 0 < life < 10**9
    return now + timedelta(seconds=int(str(life))) if known else None
