"""An account that does not take the token at hand: it is renewed, once, before a person is asked.

A token may be refused long before its time: somebody changed the password, took the permission back
and gave it again, or the network lost it. What is renewed so counts as the one chance: refused
again within the hour, what is due is held.
"""

from cmctl.app.context import Context
from cmctl.channels.base import ChannelError, Unauthorized, Unavailable
from cmctl.core.errors import CmctlError


class Renewed(Unavailable):
    """Nothing was sent: the token was refused, and there is another one now. Go on at once."""


def after_refusal(ctx: Context, name: str, refused: object, refusal: Unauthorized) -> ChannelError:
    """Return what is known after a 401, which did nothing: a token was renewed, or not.

    `refused` is the adapter that was told so. `Renewed`: there is another token. `Unavailable`:
    nobody could be asked for one now. Else the refusal stands, and a person signs in again; what is
    asked next reads the secret anew.
    """
    try:
        if ctx.channels.renewed(name, refused):
            return Renewed(f"the token of {name} was refused, and renewed ({refusal})")
    except Unavailable as problem:
        return problem
    except CmctlError as problem:  # where the secret is kept cannot be read or written
        return Unauthorized(f"{refusal}; its token could not be renewed: {problem}")
    ctx.channels.forget(name)
    return refusal
