"""What an adapter declares of signing in by OAuth 2; `channels/oauth.py` does it.

Vendors keep RFC 6749 (4.1, 6) as far as it goes; where they leave it, a field says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import NamedTuple, Protocol, runtime_checkable

from cmctl.core.token import MARGIN

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Swap(NamedTuple):
    """A token given for a token by one GET, as Meta's networks do it."""

    url: str
    #: The value of `grant_type`.
    grant: str
    #: Under which name the token that there is goes.
    name: str = "access_token"
    #: What of the client goes along: `client_id`, `client_secret`.
    client: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """Where a person lets the program in by OAuth 2 (RFC 6749), in whole addresses."""

    #: The authorization endpoint, opened in a browser.
    authorize: str
    #: The token endpoint.
    token: str
    #: The fewest that all of the adapter needs.
    scopes: tuple[str, ...]
    #: The option that holds the token.
    option: str = "token"
    #: Where a program registers itself; empty: a person does that on the network's pages.
    register: str = ""
    #: Any port of 127.0.0.1 may be redirected to (RFC 8252, 7.3), not only one that was registered.
    any_port: bool = False
    #: What the network wants this machine to be called in a redirect.
    host: str = "127.0.0.1"
    #: False: the network does not take the fields of RFC 7636.
    pkce: bool = True
    #: What stands between two scopes.
    separator: str = " "
    #: What is asked for besides, in the authorization address and of the token endpoint.
    asks: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    fields: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    #: A client with a secret says who it is by HTTP Basic (RFC 6749, 2.3.1), else in the form.
    basic: bool = False
    #: The token endpoint is asked by GET.
    by_get: bool = False
    #: What the first, short-lived token is changed for.
    exchange: Swap | None = None
    #: What a token renews itself by; None: it has a refresh token, or is not renewed.
    renewal: Swap | None = None
    #: So long before its end a token is renewed.
    margin: timedelta = MARGIN
    #: A refresh token that ends begins its life anew with each renewal.
    lasting: bool = False


@runtime_checkable
class SignsIn(Protocol):
    """A network that gives tokens by OAuth 2 (`cmctl channel login`)."""

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where an account with these options signs in."""
        ...


@runtime_checkable
class OwnToken(Protocol):
    """A network where the person who signs in gets the token of the account, which is another."""

    @classmethod
    def own_token(cls, options: Mapping[str, object], token: str) -> str:
        """Return the account's own token, which does not end, for a person's.

        Raises:
            Rejected, Unavailable: it could not be had; nothing was changed.
        """
        ...
