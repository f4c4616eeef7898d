"""The same news twice on one account, and both stand: told once, shown until it is settled.

The guard sees to it that ours does not follow theirs; nobody can keep the owner from following
ours, or from typing in the very second in which ours goes out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from cmctl.app.changes import evidence, match_of, notice
from cmctl.app.context import Context
from cmctl.app.guard.corpus import corpus
from cmctl.app.guard.judging import candidate, in_words, looks, stop
from cmctl.app.guard.meaning import judged
from cmctl.app.guard.pictures import look_at
from cmctl.app.guard.rulings import Ours, unsettled
from cmctl.core.ledger import Ruling
from cmctl.core.model import Delivery, Match, Seen, Verdict
from cmctl.core.settings import GuardPolicy
from cmctl.store.base import Collision


class Collided(NamedTuple):
    """Two texts that stand: ours, published, and theirs."""

    delivery: Delivery
    #: Theirs, and why it is the same news.
    match: Match


def collisions(ctx: Context) -> Sequence[Collided]:
    """Return what stands twice and waits for a person's word, what was noticed first at first."""
    found = ((ctx.store.delivery(one.number), one) for one in ctx.store.collisions())
    return [Collided(ours, match_of(one.evidence)) for ours, one in found if ours is not None]


def twin(ctx: Context, delivery: Delivery) -> Match | None:
    """Return what stands beside a published delivery and tells its news, if anything."""
    if delivery.receipt is None or delivery.receipt.at is None or delivery.deleted_at is not None:
        return None
    ours = candidate(delivery, delivery.receipt.at, look_at(ctx, delivery.content).pictures)
    found = _standing(ctx, delivery.key.channel, ours, number=delivery.number)
    return found[0] if found else None


def collide(ctx: Context, name: str, theirs: Sequence[Seen]) -> None:
    """Tell a person, once a pair, where one of `theirs` repeats what we published on a channel."""
    policy = ctx.settings.channel(name).guard
    for one in theirs:
        for delivery, match in _repeated(ctx, name, one, policy):
            why = in_words(match)
            told = notice("collision", delivery, f"the same news stands twice: {why}")
            found = Collision(delivery.number, one.ref, ctx.now(), evidence(match))
            ctx.store.collide(found, text=one.text, notice=told)


def _repeated(
    ctx: Context, name: str, theirs: Seen, policy: GuardPolicy
) -> Iterator[tuple[Delivery, Match]]:
    """Yield our deliveries whose news a status tells, each with the status as its match."""
    for match in _standing(ctx, name, theirs):
        delivery = ctx.store.delivery(int(match.seen.ref))
        about = replace(match, seen=theirs)
        said = Verdict(decision=about.decision, score=about.score, matches=(about,))
        if delivery is not None and looks(policy, delivery) and stop(said, policy) is not None:
            yield delivery, about


def _standing(ctx: Context, name: str, text: Seen, *, number: int = 0) -> Sequence[Match]:
    """Return what stands on an account and tells the news of `text`, which stands there too.

    What a person has settled about ours, delivery `number`, is left out.
    """
    channel = ctx.settings.channel(name)
    policy = channel.guard

    def among(seen: Sequence[Seen], rulings: Sequence[Ruling]) -> Sequence[Seen]:
        # What others wrote has no post: how they repeat themselves is theirs.
        live = [one for one in seen if one.source != "queue" and one.post != text.post]
        return unsettled(Ours(name, number, text.text), live, rulings) if number else live

    live, _ = corpus(ctx.store, name, text, policy.window, among=among)
    return judged(ctx.encoder, text, live, policy, channel.zone).matches
