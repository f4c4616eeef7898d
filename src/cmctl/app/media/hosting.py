"""Images on their way to a network that fetches them: put where it finds them, removed afterwards.

A file's name says for which claim of which delivery it was put there, so that whoever looks at the
folder later, after a crash too, knows whether anybody can still need it.
"""

import re
from dataclasses import replace
from pathlib import PurePath

from cmctl.app.context import Context
from cmctl.app.media.reading import MediaError
from cmctl.channels.base import Attachment, Outgoing, Rejected
from cmctl.channels.hosting.base import Host
from cmctl.core.model import Delivery, State

_NAME = re.compile(r"cmctl-(\d+)-([0-9a-f]{16})-\d+-\d+\.\w+")
#: A network may be fetching it.
_IN_USE = frozenset({State.CLAIMED, State.SENDING})


def in_public(ctx: Context, delivery: Delivery, out: Outgoing) -> Outgoing:
    """Return `out` with a public address for each image, where the network fetches them.

    Raises:
        MediaError: it cannot be put where everybody can read it.
        Unavailable: not now.
    """
    rules = ctx.channels.checker(delivery.key.channel).capabilities.media
    if not rules.fetched or not out.attachments:
        return out
    host = ctx.channels.host()
    try:
        placed = tuple(
            item if media.is_remote else _placed(ctx, host, item, _name(delivery, number, item))
            for number, (media, item) in enumerate(
                zip(out.content.media, out.attachments, strict=True), start=1
            )
        )
    except Rejected as problem:
        message = f"{problem} (`hosting` in {ctx.settings.config})"
        raise MediaError(message) from problem
    return replace(out, attachments=placed)


def sweep(ctx: Context) -> int:
    """Remove the files that nobody needs any more; return how many.

    Files that are not ours, or another workspace's, are left alone.

    Raises:
        Rejected, Unavailable: the host refuses, or cannot be reached now.
    """
    if ctx.settings.hosting is None:
        return 0
    host, removed = ctx.channels.host(), 0
    for name in list(host.names()):
        if _is_ours_and_over(ctx, name):
            host.remove(name)
            removed += 1
    return removed


def _name(delivery: Delivery, number: int, item: Attachment) -> str:
    key = delivery.idempotency_key[:16]
    ending = PurePath(item.name).suffix.lower() or ".bin"
    return f"cmctl-{delivery.number}-{key}-{delivery.fence}-{number}{ending}"


def _placed(ctx: Context, host: Host, item: Attachment, name: str) -> Attachment:
    """Put an image where everybody can read it, and look whether everybody can."""
    address = host.put(replace(item, name=name))
    found = ctx.fetch(address)
    if not found.type.startswith(("image/", "video/")):
        message = f"{address} shows no image but {found.type or 'something without a type'}"
        raise Rejected(message)
    return replace(item, uploaded=address)


def _is_ours_and_over(ctx: Context, name: str) -> bool:
    found = _NAME.fullmatch(name)
    if found is None:
        return False
    delivery = ctx.store.delivery(int(found[1]))
    if delivery is None or not delivery.idempotency_key.startswith(found[2]):
        return False  # of another workspace, or of a store that was lost
    return delivery.state not in _IN_USE
