"""Take down what a person decided to take down, and prove that it is gone.

What is to go stands in the store from the moment of the decision, so that a kill at any point
leaves it to the next run: taking down twice changes nothing. The order is the safety:

1. Where ours replaces it, ours is published, and still stands by its id. Else nothing is deleted.
2. Its parts are deleted, the last first.
3. The network is asked again: by the id of each part, and by the timeline.
4. Only then the store says that it is gone.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from cmctl.app import calls
from cmctl.app.context import Context
from cmctl.app.guard.reading import reading
from cmctl.app.publishing.points import Point
from cmctl.channels.base import ChannelError, Deletes, Rejected, Timeline
from cmctl.core.errors import CmctlError
from cmctl.core.ledger import Notice, Removal
from cmctl.core.model import Delivery, State

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
#: Networks list what was deleted for a moment longer: so often it is looked for, so far apart.
LOOKS = 3
BETWEEN_LOOKS = 2.0


class Removed(NamedTuple):
    """What became of one removal."""

    removal: Removal
    #: Proved, by its id and by the timeline.
    gone: bool
    #: Why it still stands; empty where it is gone.
    why: str


def take_down(ctx: Context) -> Sequence[Removed]:
    """Take down everything whose time has come; return what became of each."""
    now = ctx.now()
    return [done for one in ctx.store.removals() if one.due <= now for done in _take(ctx, one)]


def must_delete(ctx: Context, name: str) -> None:
    """Refuse a channel where posts cannot be deleted.

    Raises:
        CmctlError: posts cannot be deleted there, or it cannot be opened.
    """
    if not calls.can(ctx, name, Deletes):
        message = f"posts on {name} cannot be deleted from here: its network does not allow it"
        hint = 'delete it by hand, then say that both may stand: --both --reason "..."'
        raise CmctlError(message, hint=hint)


def _take(ctx: Context, removal: Removal) -> Iterator[Removed]:
    ours = ctx.store.delivery(removal.after) if removal.after else None
    if removal.after and (ours is None or ours.state is State.CANCELLED):
        yield _give_up(ctx, removal, "ours does not go out, so the other text stays")
        return
    if ours is not None and ours.state is not State.PUBLISHED:
        return  # its turn comes when ours stands
    try:
        _delete(ctx, removal, ours)
    except (ChannelError, CmctlError) as problem:
        yield _put_off(ctx, removal, problem)
        return
    ctx.reach(Point.AFTER_REMOVAL)
    message = f"deleted: {removal.remote_id}; the network has it no more, by id and on the timeline"
    told = Notice("removed", removal.channel, removal.number, message)
    ctx.store.end_removal(removal, gone=True, why="", at=ctx.now(), notice=told)
    yield Removed(removal, gone=True, why="")


def _delete(ctx: Context, removal: Removal, ours: Delivery | None) -> None:
    name = removal.channel
    must_delete(ctx, name)
    receipt = ours.receipt if ours else None
    if receipt is not None and not calls.stands(ctx, name, receipt.remote_id):
        message = f"ours ({receipt.remote_id}) does not stand any more, so the other text is kept"
        raise Rejected(message)
    ctx.reach(Point.BEFORE_REMOVAL)
    for part in reversed(_parts(removal)):
        calls.delete(ctx, name, part)
    for look in range(LOOKS):
        if look:
            ctx.wait(BETWEEN_LOOKS)
        if not (left := _standing(ctx, removal)):
            return
    message = f"{', '.join(left)} still stands on {removal.channel} after it was deleted"
    raise CmctlError(message)


def _standing(ctx: Context, removal: Removal) -> Sequence[str]:
    """Return the parts that the network still has, by their ids or on the timeline."""
    parts, name = _parts(removal), removal.channel
    left = [part for part in parts if calls.stands(ctx, name, part)]
    if left or not calls.can(ctx, name, Timeline):
        return left
    with reading(ctx, name):
        since = ctx.now() - ctx.settings.channel(name).guard.window
        listed = {status.remote_id for status in calls.listed(ctx, name, since)}
    return [part for part in parts if part in listed]


def _parts(removal: Removal) -> Sequence[str]:
    return removal.parts or (removal.remote_id,)


def _give_up(ctx: Context, removal: Removal, why: str) -> Removed:
    message = f"not deleted: {removal.remote_id}; {why}"
    told = Notice("not-removed", removal.channel, removal.number, message)
    ctx.store.end_removal(removal, gone=False, why=why, at=ctx.now(), notice=told)
    return Removed(removal, gone=False, why=why)


def _put_off(ctx: Context, removal: Removal, problem: CmctlError) -> Removed:
    """Try again later; a person is told the first time."""
    why = str(problem)
    log.warning("%s on %s still stands: %s", removal.remote_id, removal.channel, why)
    message = f"both texts stand: {removal.remote_id} could not be deleted yet: {why}"
    told = Notice("not-removed", removal.channel, removal.number, message)
    until = ctx.now() + min(FIRST_WAIT * 2 ** min(removal.tries, 20), LONGEST_WAIT)
    failed = removal._replace(problem=why)
    first = told if removal.tries == 0 else None
    ctx.store.put_off_removal(failed, until=until, at=ctx.now(), notice=first)
    return Removed(failed, gone=False, why=why)
