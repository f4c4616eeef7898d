"""Tokens that end: read where the reference points, renewed before they do, by one at a time.

The order of a renewal is the safety, for most refresh tokens are good for one use:

1. The lock of the place is taken, and the right to renew, which machines share by their store.
   The place is read again: who comes second finds a new token.
2. What is there is written once more, which proves that the place can be written.
3. One request, never repeated.
4. Its answer is written before anybody uses it.

A token that is refused before its time is renewed in the same order, once in an hour.

Where it fails, a token that is good for longer is used on. One that is over lets nothing be sent:
while the network is away what is due waits, and where the refresh token is refused, or was used up
by an answer that got lost, it is held until somebody signs in.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from cmctl.app.sign_in.renewal_right import Right, alone
from cmctl.channels import oauth
from cmctl.channels.base import ChannelError, Rejected, Unavailable
from cmctl.channels.sign_in import SignIn
from cmctl.config.secret_place import SecretPlace
from cmctl.config.secrets import Secret, SecretError
from cmctl.core.errors import CmctlError, LockedOutError
from cmctl.core.token import Token, read_token

log = logging.getLogger(__name__)

#: After a renewal that failed, until the next one: a tenth of what is left, within these.
PATIENCE = timedelta(minutes=1)
LONGEST = timedelta(hours=1)


class Access(NamedTuple):
    """What an adapter is opened with."""

    token: str
    #: From then on it must be looked at again; None: never.
    until: datetime | None

    def __repr__(self) -> str:
        return f"Access(until {self.until})"


class Life(NamedTuple):
    """How long a token lets us in."""

    #: When somebody must have signed in again; None: never, as far as is known.
    ends: datetime | None
    #: It is renewed without a person.
    renews: bool


class DeadTokenError(LockedOutError):
    """A token is over and cannot be renewed: somebody signs in again."""


def access(
    place: SecretPlace,
    sign_in: SignIn | None,
    name: str,
    now: Callable[[], datetime],
    right: Right | None = alone,
) -> Access:
    """Return the token of `client/channel` that is good now, renewing it where it is time.

    Without a `right` nothing is renewed: a dry run changes nothing anywhere.

    Raises:
        SecretError: it cannot be read.
        DeadTokenError: it is over, and only a person gets a new one.
        Unavailable: it is over, and the network could not be asked for a new one now.
    """
    token = _settled(place)
    if sign_in is not None and place.is_writable and token.is_due(now(), sign_in.margin):
        if right is not None:
            return _renewed(place, sign_in, name, now, right)
        if token.is_over(now()):
            message = f"the token of {name} is over, and a dry run renews none"
            raise Unavailable(message)
    if token.is_over(now()):
        raise _dead(name, "its token is over")
    return _good(token, sign_in)


def replaced(  # noqa: PLR0913, PLR0917 - as `access`, and what was refused
    place: SecretPlace,
    sign_in: SignIn | None,
    name: str,
    refused: str,
    now: Callable[[], datetime],
    right: Right | None = alone,
) -> bool:
    """Tell whether another token than the `refused` one is kept, renewing it where that may help.

    Without a `right` nothing is renewed.

    Raises:
        SecretError: it cannot be read or written.
        Unavailable: the network could not be asked for a new one now.
    """
    if right is None or sign_in is None or not place.is_writable:
        return _settled(place).access != refused
    with place.locked(), right(name) as is_ours:
        token = known(place)
        if token.access != refused:
            return True
        if not token.may_replace(now()):
            return False
        if not is_ours:
            message = f"another machine renews the token of {name}"
            raise Unavailable(message)
        place.write(token.written())
        fresh = _fresh(sign_in, token, name, now())
        if fresh is not None:
            place.write(replace(fresh, replaced_at=now()).written())
    return fresh is not None


def _fresh(sign_in: SignIn, token: Token, name: str, now: datetime) -> Token | None:
    """Return a new token for one that was refused; None: only a person gets one."""
    try:
        fresh = oauth.renewed(sign_in, token, now)
    except Unavailable:
        raise
    except CmctlError as problem:
        log.warning("the token of %s was refused and could not be renewed: %s", name, problem)
        return None
    log.info("renewed the token of %s, which was refused", name)
    return fresh


def _settled(place: SecretPlace) -> Token:
    """Return the token as it is kept, after whoever changes it now where that shows."""
    try:
        return known(place)
    except SecretError:
        if place.is_atomic:
            raise
    with place.locked():
        return known(place)


def known(place: SecretPlace) -> Token:
    """Return the token as it is kept.

    Raises:
        SecretError: it cannot be read.
    """
    token = read_token(place.read())
    for one in token.secrets:
        Secret(one)  # each alone is struck out of whatever is shown
    return token


def life(place: SecretPlace, sign_in: SignIn | None, now: datetime) -> Life:
    """Return how long the token that is kept there lets us in, as far as it says.

    Raises:
        SecretError: it cannot be read.
    """
    token = _settled(place)
    if not token.refresh or sign_in is None or not place.is_writable:
        return Life(token.expires_at, renews=False)
    if sign_in.lasting and not token.is_due(now, sign_in.margin):
        return Life(None, renews=True)
    return Life(token.dies_at, renews=True)


def _renewed(
    place: SecretPlace, sign_in: SignIn, name: str, now: Callable[[], datetime], right: Right
) -> Access:
    with place.locked(), right(name) as is_ours:
        token = known(place)
        if not token.is_due(now(), sign_in.margin):
            return _good(token, sign_in)
        if not is_ours:
            return _as_it_was(token, name, Unavailable("another machine renews it"), now())
        try:
            place.write(token.written())
            fresh = oauth.renewed(sign_in, token, now())
        except CmctlError as problem:
            return _as_it_was(token, name, problem, now())
        place.write(fresh.written())
    log.info("renewed the token of %s", name)
    return _good(fresh, sign_in)


def _good(token: Token, sign_in: SignIn | None) -> Access:
    if token.expires_at is None:
        return Access(token.access, None)
    early = sign_in.margin if sign_in and token.refresh else timedelta()
    return Access(token.access, token.expires_at - early)


def _as_it_was(token: Token, name: str, problem: CmctlError, now: datetime) -> Access:
    """Use a token on that could not be renewed, as long as it is good."""
    log.warning("the token of %s could not be renewed: %s", name, problem)
    if not token.is_over(now):
        ends = token.expires_at or now
        wait = min(max((ends - now) / 10, PATIENCE), LONGEST)
        return Access(token.access, min(now + wait, ends))
    if isinstance(problem, ChannelError) and not isinstance(problem, Rejected):
        wish = problem.retry_after if isinstance(problem, Unavailable) else None
        message = f"the token of {name} is over and could not be renewed: {problem}"
        raise Unavailable(message, retry_after=wish or PATIENCE) from None
    raise _dead(name, f"its token is over and could not be renewed: {problem}")


def _dead(name: str, why: str) -> DeadTokenError:
    hint = f"cmctl channel login {name}"
    return DeadTokenError(f"{name} must sign in again ({hint}): {why}", hint=hint)
