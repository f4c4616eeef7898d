"""From what a person copies out of a browser to the id by which a network knows a post."""

from collections.abc import Iterable

from cmctl.app import calls
from cmctl.app.context import Context
from cmctl.app.guard.reading import reading
from cmctl.channels.base import Timeline
from cmctl.core.errors import CmctlError
from cmctl.core.model import Status


def remote_id(ctx: Context, channel: str, said: str) -> str:
    """Return the remote id of a status on `client/channel`: `said` itself, unless an address.

    Raises:
        CmctlError: nothing on the timeline has this address.
        ChannelError: the timeline had to be read and could not be.
    """
    if "://" not in said:
        return said
    since = ctx.now() - ctx.settings.channel(channel).guard.window
    found = _at(said, ctx.store.statuses(channel, since)) or _at(said, _read(ctx, channel))
    if not found:
        message = f"nothing on {channel} has the address {said}"
        raise CmctlError(message, hint=f"cmctl channel timeline {channel} shows the ids")
    return found


def _read(ctx: Context, channel: str) -> Iterable[Status]:
    if not calls.can(ctx, channel, Timeline):
        return ()
    with reading(ctx, channel):
        since = ctx.now() - ctx.settings.channel(channel).guard.window
        return calls.listed(ctx, channel, since)


def _at(address: str, statuses: Iterable[Status]) -> str:
    wanted = address.rstrip("/")
    return next((one.remote_id for one in statuses if one.url.rstrip("/") == wanted), "")
