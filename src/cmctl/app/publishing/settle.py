"""Write down what an attempt led to, also when the store cannot take it at once (window W6)."""

import logging
from dataclasses import replace

from cmctl.app.about import about
from cmctl.app.changes import doubtful, outcome, published
from cmctl.app.context import LEASE, Context
from cmctl.channels.base import Channel, ChannelError, TellsLimits, Uncertain
from cmctl.core.model import Delivery, Receipt, State
from cmctl.store.base import Change, Claim, ReceiptTakenError, StoreError

log = logging.getLogger(__name__)

#: What goes out again unless it is held.
_UNSENT = frozenset({State.PLANNED, State.CLAIMED})
#: What may still have been published.
_OPEN = frozenset({State.SENDING, State.UNCERTAIN, State.HELD})
#: Seconds between tries to commit an outcome.
RETRY_SECONDS = 1.0


def settle(  # noqa: PLR0913 - the attempt, what is known after it, and what comes next
    ctx: Context,
    channel: Channel,
    sending: Delivery,
    said: Receipt | ChannelError,
    *,
    repeated: bool = False,
    claim: Claim | None = None,
) -> tuple[Delivery | None, Delivery | None]:
    """Commit the outcome of an attempt, and with it the claim of what comes next.

    Returns the delivery as it turned out, None where another worker settled it meanwhile, and the
    delivery that was claimed. While the store cannot commit, the receipt is kept in the journal and
    the lane waits here, so that it claims nothing new, for as long as a lease lasts; then the
    recoverer takes over.
    """
    settling = channel.capabilities.settling
    change = outcome(sending, said, ctx.now(), settling, repeated=repeated)
    if isinstance(said, Receipt) and isinstance(channel, TellsLimits) and (wait := channel.spent()):
        change = replace(change, lane_ready_at=ctx.now() + wait)
    try:
        after, following = _commit(ctx, change, claim)
        if after is None and isinstance(said, Receipt):
            after = prove(ctx, sending.number, said, "late answer")
            if following is not None and following.number == sending.number:
                following = None  # claimed again in the same commit, and proven since
        return after, following
    except ReceiptTakenError as problem:
        doubt = Uncertain(f"the network answered with another post's id: {problem}")
        return ctx.store.apply(outcome(sending, doubt, ctx.now(), settling)), None
    except StoreError as problem:
        log.error(
            "delivery %d: the outcome is not committed yet: %s",
            sending.number,
            problem,
            extra=about(sending),
        )
    if isinstance(said, Receipt):
        ctx.journal.keep(sending.number, said)
    return _keep_trying(ctx, change), None


def prove(ctx: Context, number: int, receipt: Receipt, how: str) -> Delivery | None:
    """Write down a proof that does not come from the attempt in hand; None where nobody needs it.

    It counts whatever the fence: that it is published stays true, whoever sends it now.
    """
    delivery = ctx.store.delivery(number)
    if delivery is not None and delivery.state in _UNSENT:
        # Somebody said that it is not there, and it came after: it must not go out again.
        detail = f"an earlier attempt was published after all, as {receipt.remote_id}"
        delivery = ctx.store.apply(doubtful(delivery, detail, ctx.now()))
    if delivery is None or delivery.state not in _OPEN:
        return None
    try:
        return ctx.store.apply(published(delivery, receipt, ctx.now(), how=how))
    except ReceiptTakenError:  # two posts that read the same: which of them is it?
        detail = f"what stands on the account ({receipt.remote_id}) is another delivery's"
        if delivery.state is State.SENDING:  # whoever sends it now settles it
            return None
        return ctx.store.apply(doubtful(delivery, detail, ctx.now()))


def _commit(
    ctx: Context, change: Change, claim: Claim | None
) -> tuple[Delivery | None, Delivery | None]:
    if claim is not None:
        return ctx.store.apply_and_claim(change, claim)
    return ctx.store.apply(change), None


def _keep_trying(ctx: Context, change: Change) -> Delivery | None:
    until = ctx.now() + LEASE
    while ctx.now() < until:
        ctx.wait(RETRY_SECONDS)
        try:
            return ctx.store.apply(change)
        except StoreError:
            continue
    return None
