"""Remind a person, once, of what waits for them while its slot comes near."""

from datetime import timedelta

from cmctl.app.changes import notice
from cmctl.app.context import Context
from cmctl.core.model import Delivery, State
from cmctl.core.show import relative
from cmctl.store.base import Query

#: So long before its slot.
NEAR = timedelta(hours=1)
NEARING = "nearing"


def remind(ctx: Context) -> None:
    """Tell, once for each slot, of what is held and would go out within the hour."""
    now = ctx.now()
    query = Query(states=frozenset({State.HELD}), since=now, until=now + NEAR)
    for delivery in ctx.store.deliveries(query):
        if not _told(ctx, delivery):
            why = delivery.hold.detail if delivery.hold else ""
            message = f"still held, and its slot is {relative(delivery.due, now)}: {why}"
            ctx.store.note(
                delivery.number,
                kind=NEARING,
                data={"due": delivery.due.isoformat()},
                at=now,
                notice=notice(NEARING, delivery, message),
            )


def _told(ctx: Context, delivery: Delivery) -> bool:
    """Tell whether it was said of this slot, or the hold itself was told within the hour."""
    due = delivery.due.isoformat()
    for event in ctx.store.events(delivery.number):
        if event.kind == NEARING and event.data.get("due") == due:
            return True
        if event.after == State.HELD and delivery.due - event.at < NEAR:
            return True
    return False
