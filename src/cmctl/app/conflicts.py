"""Texts of one account that tell the same news and both stand already."""

from cmctl.app.context import Context
from cmctl.app.judging import candidate
from cmctl.app.meaning import judged
from cmctl.app.pictures import look_at
from cmctl.app.rulings import unsettled
from cmctl.core.model import Delivery, Match


def conflict(ctx: Context, delivery: Delivery) -> Match | None:
    """Return what stands on the account and tells the news of a published delivery, if anything.

    Pairs that a person has settled are left out.
    """
    if delivery.receipt is None or delivery.receipt.at is None or delivery.deleted_at is not None:
        return None
    at, name = delivery.receipt.at, delivery.key.channel
    policy = ctx.settings.channel(name).guard
    since, until = at - policy.window, at + policy.window
    around = ctx.store.around(name, since=since, until=until, number=delivery.number)
    live = [one for one in around.seen if one.source != "queue" and one.post != delivery.key.post]
    text = candidate(delivery, at, look_at(ctx, delivery.content).pictures)
    said = judged(ctx.encoder, text, unsettled(text.text, live, around.rulings), policy)
    return said.matches[0] if said.matches else None
