"""An account that does not take the token at hand: it is renewed, once, before a person is asked.

A token may be refused long before its time: somebody changed the password, took the permission back
and gave it again, or the network lost it. What is renewed so counts as the one chance: refused
again within the hour, what is due is held.
"""

from collections.abc import Callable
from typing import TypeVar

from cmctl.app.context import Context
from cmctl.channels.base import Channel, ChannelError, Unauthorized, Unavailable

Said = TypeVar("Said")


class Renewed(Unavailable):
    """Nothing was sent: the token was refused, and there is another one now. Go on at once."""


def asked(ctx: Context, name: str, ask: Callable[[Channel], Said]) -> Said:
    """Ask `client/channel` what changes nothing there; once more where its token was renewed.

    Raises:
        Unauthorized: the network takes no token that there is; the next one is read anew.
        CmctlError: as `ask`, or the channel cannot be opened.
    """
    channel = ctx.channels.open(name)
    try:
        return ask(channel)
    except Unauthorized as refusal:
        known = after_refusal(ctx, name, channel, refusal)
        if not isinstance(known, Renewed):
            raise known from None
    return ask(ctx.channels.open(name))


def after_refusal(ctx: Context, name: str, channel: Channel, refusal: Unauthorized) -> ChannelError:
    """Return what is known after a 401, which published nothing: a token was renewed, or not.

    `Renewed`: there is another one. `Unavailable`: nobody could be asked for one now. Else the
    refusal stands, and a person signs in again.
    """
    try:
        if ctx.channels.renewed(name, channel):
            return Renewed(f"the token of {name} was refused, and renewed ({refusal})")
    except Unavailable as problem:
        return problem
    ctx.channels.forget(name)
    return refusal
