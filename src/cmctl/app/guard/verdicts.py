"""Carry out the guard's verdict on a delivery: hold it, or tell a person and let it go on."""

from collections.abc import Mapping

from cmctl.app.changes import evidence, held, notice
from cmctl.app.context import Context
from cmctl.app.guard.judging import in_words, stop, warning
from cmctl.core.model import Delivery, Match, Verdict

FLAG = "flag"


def carry_out(ctx: Context, delivery: Delivery, said: Verdict) -> Delivery | None:
    """Hold a planned delivery where the policy says so; return it if it is held for that."""
    policy = ctx.settings.channel(delivery.key.channel).guard
    if found := stop(said, policy):
        return ctx.store.apply(held(delivery, found, ctx.now()))
    if match := warning(said, policy):
        warn(ctx, delivery, match)
    return None


def warn(ctx: Context, delivery: Delivery, match: Match) -> None:
    """Tell a person, once for each text, that a delivery may repeat it."""
    if any(_is_about(event.data, match) for event in ctx.store.events(delivery.number)):
        return
    ctx.store.note(
        delivery.number,
        kind=FLAG,
        data={"evidence": evidence(match)},
        at=ctx.now(),
        notice=notice("flagged", delivery, f"may repeat: {in_words(match)}"),
    )


def _is_about(data: Mapping[str, object], match: Match) -> bool:
    found = data.get("evidence")
    return isinstance(found, Mapping) and found.get("ref") == match.seen.ref
