"""Settle a duplicate with one command: keep theirs, keep ours, or keep both."""

from enum import StrEnum

from cmctl.app.context import Context
from cmctl.app.decide import cancel, release
from cmctl.app.evidence import evidence
from cmctl.app.reading import reading
from cmctl.channels.base import Channel, Deletes, Timeline
from cmctl.core.errors import CmctlError
from cmctl.core.model import Delivery, HoldReason


class Keep(StrEnum):
    """Which of two texts with the same news stays."""

    THEIRS = "theirs"
    OURS = "ours"
    BOTH = "both"


def must_be_duplicate(delivery: Delivery) -> None:
    """Refuse what is not held as a duplicate.

    Raises:
        CmctlError: it is not.
    """
    if delivery.hold is None or delivery.hold.reason is not HoldReason.DUPLICATE:
        message = f"{delivery.number} is not held as a duplicate"
        raise CmctlError(message, hint=f"cmctl queue show {delivery.number}")


def resolve(ctx: Context, delivery: Delivery, keep: Keep, reason: str) -> Delivery:
    """Settle a delivery that is held as a duplicate.

    Keeping theirs cancels ours. Keeping ours deletes theirs from the network, proves that it is
    gone, and lets ours go out. Keeping both lets ours go out with the reason on record.

    Raises:
        CmctlError: it is not held as a duplicate, or theirs cannot be deleted.
        ChannelError: the network failed; nothing was changed here.
    """
    must_be_duplicate(delivery)
    if keep is Keep.THEIRS:
        return cancel(ctx, delivery, reason or "the other text stays")
    if keep is Keep.OURS:
        theirs = _theirs(ctx, delivery)
        delete_with_proof(ctx, delivery.key.channel, theirs)
        reason = reason or f"the other text was deleted: {theirs}"
    return release(ctx, delivery, reason)


def delete_with_proof(ctx: Context, name: str, remote_id: str) -> None:
    """Delete a status and read back, by its id and on the timeline, that it is gone.

    Raises:
        CmctlError: the network cannot delete, or the status still stands afterwards.
        ChannelError: the network failed.
    """
    channel = ctx.channels.open(name)
    if not isinstance(channel, Deletes):
        message = f"posts on {name} cannot be deleted from here"
        raise CmctlError(message, hint="delete it by hand, then keep ours with --keep both")
    channel.delete(remote_id)
    if channel.exists(remote_id) or _stands(ctx, name, channel, remote_id):
        message = f"{remote_id} still stands on {name} after it was deleted"
        raise CmctlError(message, hint=f"cmctl channel timeline {name}")


def _stands(ctx: Context, name: str, channel: Channel, remote_id: str) -> bool:
    if not isinstance(channel, Timeline):
        return False
    with reading(ctx, name) as reader:
        at = ctx.now()
        since = at - ctx.settings.channel(name).guard.window
        statuses = list(channel.timeline(since))
        ctx.store.observe(name, statuses, since=since, at=at, reader=reader)
    return any(status.remote_id == remote_id for status in statuses)


def _theirs(ctx: Context, delivery: Delivery) -> str:
    match = evidence(ctx, delivery.number)
    if match is None or match.seen.source != "timeline":
        message = f"what {delivery.number} repeats is not somebody else's post"
        hint = f"cancel one of the two: cmctl queue cancel {delivery.number}"
        raise CmctlError(message, hint=hint)
    return match.seen.ref
