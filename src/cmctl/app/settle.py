"""Write down what an attempt led to, also when the store cannot take it at once (window W6)."""

import logging

from cmctl.app.changes import outcome
from cmctl.app.context import LEASE, Context
from cmctl.channels.base import Channel, ChannelError, Uncertain
from cmctl.core.model import Delivery, Receipt
from cmctl.store.base import Change, Claim, ReceiptTakenError, StoreError

log = logging.getLogger(__name__)

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
    try:
        if claim is not None:
            return ctx.store.apply_and_claim(change, claim)
        return ctx.store.apply(change), None
    except ReceiptTakenError as problem:
        doubt = Uncertain(f"the network answered with another post's id: {problem}")
        return ctx.store.apply(outcome(sending, doubt, ctx.now(), settling)), None
    except StoreError as problem:
        log.error("delivery %d: the outcome is not committed yet: %s", sending.number, problem)
    if isinstance(said, Receipt):
        ctx.journal.keep(sending.number, said)
    return _keep_trying(ctx, change), None


def _keep_trying(ctx: Context, change: Change) -> Delivery | None:
    until = ctx.now() + LEASE
    while ctx.now() < until:
        ctx.wait(RETRY_SECONDS)
        try:
            return ctx.store.apply(change)
        except StoreError:
            continue
    return None
