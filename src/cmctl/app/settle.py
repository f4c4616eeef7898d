"""Write down what an attempt led to, also when the store cannot take it at once (window W6)."""

import logging

from cmctl.app.changes import outcome
from cmctl.app.context import Context
from cmctl.channels.base import Channel, ChannelError, Uncertain
from cmctl.core.model import Delivery, Receipt
from cmctl.store.base import Change, ReceiptTakenError, StoreError

log = logging.getLogger(__name__)

#: Seconds between tries to commit an outcome.
RETRY_SECONDS = 1.0


def settle(
    ctx: Context,
    channel: Channel,
    sending: Delivery,
    said: Receipt | ChannelError,
    *,
    repeated: bool,
) -> Delivery | None:
    """Commit the outcome of an attempt; None where another worker settled it meanwhile.

    While the store cannot commit, the receipt is kept in the journal and the lane waits here, so
    that it claims nothing new, until its lease is over; then the recoverer takes over.
    """
    settling = channel.capabilities.settling
    change = outcome(sending, said, ctx.now(), settling, repeated=repeated)
    try:
        return ctx.store.apply(change)
    except ReceiptTakenError as problem:
        doubt = Uncertain(f"the network answered with another post's id: {problem}")
        return ctx.store.apply(outcome(sending, doubt, ctx.now(), settling))
    except StoreError as problem:
        log.error("delivery %d: the outcome is not committed yet: %s", sending.number, problem)
    if isinstance(said, Receipt):
        ctx.journal.keep(sending.number, said)
    return _keep_trying(ctx, sending, change)


def _keep_trying(ctx: Context, sending: Delivery, change: Change) -> Delivery | None:
    while sending.lease_until is None or ctx.now() < sending.lease_until:
        ctx.wait(RETRY_SECONDS)
        try:
            return ctx.store.apply(change)
        except StoreError:
            continue
    return None
