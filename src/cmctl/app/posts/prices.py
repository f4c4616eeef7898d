"""What posts cost on networks that charge for them."""

import re
from collections.abc import Iterable
from dataclasses import replace

from cmctl.app.context import Channels
from cmctl.channels.base import Channel
from cmctl.channels.content import parts
from cmctl.core.errors import CmctlError
from cmctl.core.model import Content, Planned
from cmctl.core.settings import ClientSettings

#: Whatever a network makes a link of: it charges for a bare `atlas.example` too.
_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.[a-z]{2,}\b", re.IGNORECASE)


def priced(planned: Iterable[Planned], client: ClientSettings, channels: Channels) -> list[Planned]:
    """Return deliveries with what each costs."""
    found = {}
    for channel in client.channels.values():
        try:
            checker = channels.checker(channel.name)
        except CmctlError:  # told as a problem of the channel
            continue
        if checker.capabilities.prices is not None:
            found[channel.name] = checker
    return [
        replace(one, cost=cost(found[one.key.channel], one.content))
        if one.key.channel in found
        else one
        for one in planned
    ]


def cost(channel: Channel, content: Content) -> int:
    """Return what a content costs on a channel, in millionths of a US dollar."""
    prices = channel.capabilities.prices
    if prices is None:
        return 0
    return sum(
        prices.post_with_link if _LINK.search(part.text) else prices.post for part in parts(content)
    )
