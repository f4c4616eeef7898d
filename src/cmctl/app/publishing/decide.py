"""What a person decides about one delivery: hold, release, cancel, confirm, try again."""

from cmctl.app import calls
from cmctl.app.changes import Stop, change, held, published
from cmctl.app.context import Context
from cmctl.app.posts.planning import goes_on
from cmctl.channels.base import Deletes
from cmctl.core.errors import CmctlError
from cmctl.core.ledger import Change
from cmctl.core.model import Delivery, Hold, HoldReason, Receipt, State
from cmctl.core.state import TABLE, Move

#: What waited for these may be late by now, and goes out all the same.
_WAIVED = dict.fromkeys((HoldReason.PAUSED, HoldReason.TOKEN), HoldReason.MISSED)
#: To let these pass a person says why: cmctl had a reason to stop.
NEEDS_REASON = frozenset({HoldReason.DUPLICATE, HoldReason.BLIND})


def hold(ctx: Context, delivery: Delivery, reason: str) -> Delivery:
    """Hold a planned delivery until somebody releases it.

    Only a planned one: a hold by hand over one that is uncertain would let a release double it.

    Raises:
        CmctlError: it is not planned.
    """
    if delivery.state is not State.PLANNED:
        message = f"{delivery.number} is {delivery.state} and cannot be held"
        raise CmctlError(message, hint=f"cmctl queue show {delivery.number}")
    detail = f"held by hand: {reason}" if reason else "held by hand"
    stop = Stop(Hold(reason=HoldReason.APPROVAL, detail=detail))
    return applied(ctx, held(delivery, stop, ctx.now()))


def release(ctx: Context, delivery: Delivery, reason: str) -> Delivery:
    """Let a held or cancelled delivery go on; what stopped it no longer does.

    Raises:
        CmctlError: it does not wait, its hold ends another way, a reason is missing, or no file
            plans it any more.
    """
    _must(delivery, Move.RELEASE, "released")
    _must_be_free(delivery, reason)
    _must_go_on(ctx, delivery)
    cause = delivery.hold.reason if delivery.hold else None
    passed = waiver(delivery, cause, reason)
    data = {"reason": reason}
    return applied(ctx, change(delivery, Move.RELEASE, ctx.now(), override=passed, data=data))


def cancel(ctx: Context, delivery: Delivery, reason: str) -> Delivery:
    """Decide that a delivery never goes out; its post stays in its file.

    Raises:
        CmctlError: it is on its way, published, or refused already.
    """
    _must(delivery, Move.CANCEL, "cancelled")
    return applied(ctx, change(delivery, Move.CANCEL, ctx.now(), data={"reason": reason}))


def confirm(ctx: Context, delivery: Delivery, remote_id: str) -> Delivery:
    """Write down, on a person's word, that an uncertain delivery is published as `remote_id`.

    The network is asked where it can be: an id that it does not know is refused.

    Raises:
        CmctlError: it is not uncertain, or the network does not know the id.
    """
    _must_be_uncertain(delivery)
    name = delivery.key.channel
    if calls.can(ctx, name, Deletes) and not calls.stands(ctx, name, remote_id):
        message = f"{name} has no post {remote_id}"
        raise CmctlError(message, hint=f"cmctl channel timeline {name}")
    receipt = Receipt(remote_id=remote_id, at=delivery.sent_at, parts=(remote_id,))
    return applied(ctx, published(delivery, receipt, ctx.now(), how="person"))


def retry(ctx: Context, delivery: Delivery) -> Delivery:
    """Plan a refused delivery, or an uncertain one that a person knows is not there, once more.

    Raises:
        CmctlError: it is neither, or no file plans it any more.
    """
    now = ctx.now()
    passed = waiver(delivery, HoldReason.MISSED, "tried again")
    if delivery.state is not State.REFUSED:
        _must_be_uncertain(delivery)
    _must_go_on(ctx, delivery)
    move = Move.RELEASE if delivery.state is State.HELD else Move.RETRY
    return applied(ctx, change(delivery, move, now, override=passed))


def _must_be_free(delivery: Delivery, reason: str) -> None:
    """Refuse a release that would double a post, or hide why it was stopped."""
    hold, number = delivery.hold, delivery.number
    if hold is None:
        return
    if hold.reason is HoldReason.UNCERTAIN:
        message = f"nobody knows whether {number} was published: releasing it could double it"
        hint = f"look at the account; then cmctl queue confirm {number} ID, or queue retry {number}"
        raise CmctlError(message, hint=hint)
    if hold.from_files:
        verb = "approve" if hold.reason is HoldReason.APPROVAL else "edit"
        message = f"{number} is held by its file: {hold.detail}"
        raise CmctlError(message, hint=f"cmctl queue {verb} {number}")
    if hold.reason in NEEDS_REASON and not reason:
        message = f"{number} is held, {hold.reason}: {hold.detail}"
        hint = f'say why it goes out all the same: cmctl queue release {number} --reason "..."'
        raise CmctlError(message, hint=hint)


def _must_go_on(ctx: Context, delivery: Delivery) -> None:
    """Refuse to let go out what the next reading of the files would take away again."""
    if goes_on(ctx, delivery):
        return
    post, number = delivery.key.post, delivery.number
    message = f"no file plans {post} on {delivery.key.channel} any more, so {number} cannot go out"
    hint = f"put {post} back into its file first, or write it anew: cmctl queue add --help"
    raise CmctlError(message, hint=hint)


def waiver(delivery: Delivery, cause: HoldReason | None, reason: str) -> str:
    """Return `what,what: why`, with what a person let pass before; no colon where no why is."""
    passed, _, why = delivery.override.partition(": ")
    before = [word for word in passed.split(",") if word]
    waived = _WAIVED.get(cause, cause) if cause else None
    words = [*before, *([waived.value] if waived and waived.value not in before else [])]
    because = f": {reason or why}" if reason or why else ""
    return f"{','.join(words)}{because}" if words else ""


def _must(delivery: Delivery, move: Move, done: str) -> None:
    if (delivery.state, move) not in TABLE:
        message = f"{delivery.number} is {delivery.state} and cannot be {done}"
        raise CmctlError(message, hint=f"cmctl queue show {delivery.number}")


def _must_be_uncertain(delivery: Delivery) -> None:
    waits = delivery.hold is not None and delivery.hold.reason is HoldReason.UNCERTAIN
    if delivery.state is not State.UNCERTAIN and not (delivery.state is State.HELD and waits):
        message = f"{delivery.number} is {delivery.state}, not uncertain"
        raise CmctlError(message, hint=f"cmctl queue show {delivery.number}")


def applied(ctx: Context, change: Change) -> Delivery:
    """Apply a change that a person decided.

    Raises:
        CmctlError: the delivery has moved on meanwhile.
    """
    after = ctx.store.apply(change)
    if after is None:
        message = f"{change.number} has moved on meanwhile; nothing was changed"
        raise CmctlError(message, hint=f"cmctl queue show {change.number}")
    return after
