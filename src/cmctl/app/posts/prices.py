"""What posts cost on networks that charge for them."""

from collections.abc import Iterable
from dataclasses import replace

from cmctl.app.context import Channels
from cmctl.channels.base import Channel, Charges
from cmctl.core.errors import CmctlError
from cmctl.core.model import Content, Planned
from cmctl.core.settings import ClientSettings


def priced(planned: Iterable[Planned], client: ClientSettings, channels: Channels) -> list[Planned]:
    """Return deliveries with what each costs."""
    found = {}
    for channel in client.channels.values():
        try:
            checker = channels.checker(channel.name)
        except CmctlError:  # told as a problem of the channel
            continue
        if isinstance(checker, Charges):
            found[channel.name] = checker
    return [
        replace(one, cost=cost(found[one.key.channel], one.content))
        if one.key.channel in found
        else one
        for one in planned
    ]


def cost(channel: Channel, content: Content) -> int:
    """Return what a content costs on a channel, in millionths of a US dollar."""
    return channel.cost(content) if isinstance(channel, Charges) else 0
