"""Write down what an attempt led to, also when the store cannot take it at once (window W6)."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cmctl.app.about import about
from cmctl.app.changes import doubtful, outcome, published
from cmctl.app.context import LEASE, Context
from cmctl.channels.base import Channel, ChannelError, TellsLimits, Unavailable, Uncertain
from cmctl.core.model import Delivery, HoldReason, Receipt, State
from cmctl.core.state import Move
from cmctl.store.base import Change, Claim, ReceiptTakenError, StoreError

log = logging.getLogger(__name__)

#: What goes out again unless it is held.
_UNSENT = frozenset({State.PLANNED, State.CLAIMED})
#: What may still have been published.
_OPEN = frozenset({State.SENDING, State.UNCERTAIN, State.HELD})
#: What makes an attempt doubtful, and what follows where nobody made another one.
_DOUBTS = frozenset({Move.DOUBT, Move.RESEND})
_GIVEN_UP = frozenset({Move.DOUBT, Move.LOOK, Move.HOLD})
#: Seconds between tries to commit an outcome.
RETRY_SECONDS = 1.0
#: No attempt's lease is longer: a long thread with films.
LONGEST_LEASE = timedelta(days=1)


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
        if after is None and isinstance(said, Unavailable) and not repeated:
            after = disprove(ctx, sending, change)
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


def disprove(ctx: Context, sending: Delivery, unsent: Change) -> Delivery | None:
    """Plan again an attempt that was given up, by the word of its worker: it did not send it.

    None where that word does not settle it: another attempt was made since or was in doubt before,
    somebody decided, or the store was put back meanwhile and may have forgotten one.
    """
    delivery = ctx.store.delivery(sending.number)
    if delivery is None or not _is_in_doubt(delivery):
        return None
    kinds = [event.kind for event in ctx.store.events(sending.number)]
    sent = len(kinds) - kinds[::-1].index(Move.SEND)
    if _DOUBTS & set(kinds[:sent]) or set(kinds[sent:]) - _GIVEN_UP:
        return None
    info, ends = ctx.store.info(), sending.lease_until
    is_put_back = info["backup_at"] or info["moved"]
    if ends is None or is_put_back or _dealt_with(info["settled_at"], ends - LONGEST_LEASE):
        return None
    return ctx.store.apply(replace(unsent, state=delivery.state))


def _is_in_doubt(delivery: Delivery) -> bool:
    held = delivery.hold is not None and delivery.hold.reason is HoldReason.UNCERTAIN
    return delivery.state is State.UNCERTAIN or (delivery.state is State.HELD and held)


def _dealt_with(settled_at: str, since: datetime) -> bool:
    """Tell whether a store that was put back was dealt with since then, by the store's clock."""
    return bool(settled_at) and datetime.fromtimestamp(int(settled_at) / 1000, UTC) >= since


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
