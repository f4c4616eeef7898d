"""Sign in to an account: by OAuth 2 in a browser, or with a token that a person types.

Nothing is stored before the network has said who we are with it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from cmctl.app import calls
from cmctl.app.adapters import Adapters, SecretOption
from cmctl.app.loopback import Loopback
from cmctl.channels import oauth
from cmctl.channels.base import Probes, SignIn
from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.token import Token

#: How long a person has in the browser, in seconds.
IN_THE_BROWSER = 600.0


class Browser(NamedTuple):
    """How a person is led through a browser."""

    #: Shows an address to be opened.
    show: Callable[[str], None]
    #: Returns so many random characters that stand in an address as they are.
    random: Callable[[], str]
    now: Callable[[], datetime]
    #: 0: any free one.
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


def in_browser(network: str, sign_in: SignIn, client: oauth.Client | None, way: Browser) -> Token:
    """Let a person allow it in a browser, and return the token.

    `client` is None where the network registers programs by itself.

    Raises:
        UsageError: the network needs a client that a person registered.
        CmctlError: it was not allowed, or nobody answered.
        ChannelError: the network could not be asked.
    """
    if client is None and not sign_in.register:
        message = f"{network} wants programs registered by hand"
        raise UsageError(message, hint="register one on its pages, then give --client-id")
    state, verifier = way.random(), way.random()
    with Loopback(state, port=way.port) as loopback:
        redirect = loopback.address
        client = client or oauth.register(sign_in, redirect)
        way.show(oauth.address(sign_in, client, redirect, state=state, verifier=verifier))
        code = loopback.code(way.seconds)
    return oauth.exchange(sign_in, client, redirect, code=code, verifier=verifier, now=way.now())


def keep(adapters: Adapters, name: str, token: Token, *, bare: bool) -> str:
    """Ask the network who we are with a token, then store it; return the account's name.

    With `bare` the token alone is stored, as a person typed it.

    Raises:
        Rejected, Unavailable: the network does not take it or is away; nothing was stored.
        SecretError: it cannot be stored; what was there stands.
    """
    wanted = writable(adapters, name)
    channel = adapters.trial(name, wanted.option, token.access)
    try:
        account = calls.probed(channel) if isinstance(channel, Probes) else ""
    finally:
        channel.close()
    with wanted.place.locked():
        wanted.place.write(token.access if bare else token.written())
    return account
