"""Sign in to an account: by OAuth 2 in a browser, or with a token that a person types.

Nothing is stored before the network has said who we are with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from cmctl.app import calls
from cmctl.app.adapters import Adapters
from cmctl.app.configured import SecretOption
from cmctl.app.context import Context
from cmctl.app.sign_in.loopback import Loopback, pasted
from cmctl.app.sign_in.tokens import known
from cmctl.channels import oauth
from cmctl.channels.grant import Grant
from cmctl.channels.sign_in import SignIn
from cmctl.core.errors import CmctlError, LockedOutError, UsageError
from cmctl.core.model import Delivery, HoldReason, State
from cmctl.core.token import Token
from cmctl.store.base import Query

#: How long a person has in the browser, in seconds.
IN_THE_BROWSER = 600.0
#: Where the answer is awaited that a person registered beforehand, unless they say otherwise.
PORT = 8765


class Browser(NamedTuple):
    """How a person is led through a browser."""

    #: Shows an address to be opened.
    show: Callable[[str], None]
    #: Returns so many random characters that stand in an address as they are.
    random: Callable[[], str]
    now: Callable[[], datetime]
    #: Asks for the address that the browser was sent to.
    paste: Callable[[], str]
    #: Where the browser is sent instead of to this machine; empty: here.
    redirect: str = ""
    #: 0: any free one, or `PORT` where it must be registered.
    port: int = 0
    seconds: float = IN_THE_BROWSER


def writable(adapters: Adapters, name: str) -> SecretOption:
    """Return what lets us in to `client/channel`, where we can put it.

    Raises:
        CmctlError: there is no such channel, its options are wrong, it needs no secret, or the
            secret is where we cannot write.
    """
    wanted = adapters.secret(name)
    if not wanted.place.is_writable:
        message = f"{name} has its `{wanted.option}` in {wanted.place}, which only you can change"
        hint = f"change it there, or write {wanted.option}: file:PATH or keyring:SERVICE/USER"
        raise CmctlError(message, hint=hint)
    return wanted


def client_of(wanted: SecretOption) -> oauth.Client | None:
    """Return as whom the program signed in before, where that is kept with the token."""
    try:
        token = known(wanted.place)
    except LockedOutError:
        return None
    return oauth.Client(token.client_id, token.client_secret) if token.client_id else None


def in_browser(wanted: SecretOption, client: oauth.Client | None, way: Browser) -> Token:
    """Let a person allow it in a browser, and return the token.

    `client` is None where the network registers programs by itself.

    Raises:
        UsageError: the network needs a client that a person registered.
        CmctlError: it was not allowed, or nobody answered.
        ChannelError: the network could not be asked.
    """
    sign_in = wanted.sign_in
    if sign_in is None or (client is None and not sign_in.register):
        message = f"{wanted.network} wants programs registered by hand"
        raise UsageError(message, hint="register one on its pages, then give --client-id")
    token = _allowed(sign_in, client, way)
    if wanted.own_token is None:
        return token
    own = wanted.own_token(token.access)
    return replace(token, access=own, refresh="", expires_at=None, refresh_expires_at=None)


class SignedIn(NamedTuple):
    """Who we are with a new token."""

    #: The account's name; empty: the network cannot be asked.
    account: str
    #: What the network says of the token; None: nothing.
    grant: Grant | None


def keep(adapters: Adapters, name: str, token: Token, *, bare: bool) -> SignedIn:
    """Ask the network who we are with a token, then store it.

    With `bare` the token alone is stored, as a person typed it; beside its end where the network
    tells it.

    Raises:
        Rejected, Unavailable: the network does not take it or is away; nothing was stored.
        SecretError: it cannot be stored; what was there stands.
    """
    wanted = writable(adapters, name)
    channel = adapters.trial(name, wanted.option, token.access)
    try:
        account, grant = calls.tried(channel)
    finally:
        channel.close()
    with wanted.place.locked():
        if grant and grant.ends and token.expires_at is None and not token.refresh:
            token, bare = replace(token, expires_at=grant.ends), False
        wanted.place.write(token.access if bare else token.written())
    if grant and token.refresh:  # its end is put off by itself
        grant = replace(grant, ends=None)
    return SignedIn(account, grant)


def waiting(ctx: Context, name: str) -> Sequence[Delivery]:
    """Return what `client/channel` holds because it was not let in, earliest first."""
    held = ctx.store.deliveries(Query(states=frozenset({State.HELD}), channel=name))
    return [one for one in held if one.hold and one.hold.reason is HoldReason.TOKEN]


def _allowed(sign_in: SignIn, client: oauth.Client | None, way: Browser) -> Token:
    state, verifier = way.random(), way.random()

    def begun(redirect: str) -> oauth.Client:
        """Show where to allow it; return as whom we ask."""
        as_whom = client or oauth.register(sign_in, redirect)
        way.show(oauth.address(sign_in, as_whom, redirect, state=state, verifier=verifier))
        return as_whom

    if way.redirect:
        redirect, as_whom = way.redirect, begun(way.redirect)
        code = pasted(way.paste(), state)
    else:
        free = sign_in.register or sign_in.any_port
        port = way.port or (0 if free else PORT)
        with Loopback(state, port=port, host=sign_in.host) as loopback:
            redirect, as_whom = loopback.address, begun(loopback.address)
            code = loopback.code(way.seconds)
    now = way.now()
    return oauth.exchange(sign_in, as_whom, redirect, code=code, verifier=verifier, now=now)
