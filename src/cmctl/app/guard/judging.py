"""What the guard is asked about a delivery, and what its verdict means under a policy."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from cmctl.app.changes import Stop, locked_out
from cmctl.app.context import Context
from cmctl.app.guard.cases import Case, judged_case
from cmctl.app.guard.corpus import corpus
from cmctl.app.guard.pictures import Looked, look_at
from cmctl.app.guard.rulings import Ours, unsettled
from cmctl.core.errors import CmctlError, LockedOutError
from cmctl.core.guard.pasting import DAY
from cmctl.core.guard.terms import WITHOUT_MEANING
from cmctl.core.ledger import Ruling
from cmctl.core.model import Decision, Delivery, Hold, HoldReason, Match, Seen, Verdict
from cmctl.core.settings import GuardPolicy, OnBlind, OnMatch
from cmctl.core.text import follower_text


def looks(policy: GuardPolicy, delivery: Delivery) -> bool:
    """Tell whether the guard has a say: its policy, the post's author and no person's decision."""
    return policy.enabled and delivery.guard and not delivery.waives(HoldReason.DUPLICATE)


def unseen(policy: GuardPolicy, delivery: Delivery, why: CmctlError | None) -> Hold | None:
    """Return the hold of a delivery whose timeline cannot be read for `why`."""
    must_see = policy.on_blind is OnBlind.HOLD and not delivery.waives(HoldReason.BLIND)
    if why is None or not must_see or not looks(policy, delivery):
        return None
    if isinstance(why, LockedOutError):
        return locked_out(delivery.key.channel, why)
    return Hold(reason=HoldReason.BLIND, detail=f"the timeline cannot be read: {why}")


def verdict(
    ctx: Context, delivery: Delivery, now: datetime, looked: Looked | None = None
) -> Verdict:
    """Judge a delivery against all that followers see before it, as it would go out.

    `looked` is what its pictures look like, where somebody looked already.
    """
    return judged_case(ctx.encoder, case(ctx, delivery, now, looked))


def case(ctx: Context, delivery: Delivery, now: datetime, looked: Looked | None = None) -> Case:
    """Return what `verdict` judges a delivery by."""
    at = max(now, delivery.due)
    policy = ctx.settings.channel(delivery.key.channel).guard
    name, text = delivery.key.channel, candidate(delivery, at)
    about = Ours(name, delivery.number, text.text)
    mine = (delivery.due, delivery.number)
    elsewhere = {
        channel: [one for one in seen if one.source != "queue" or (one.at, int(one.ref)) < mine]
        for channel, seen in worded_elsewhere(ctx, delivery, at).items()
    }

    def among(seen: Sequence[Seen], rulings: Sequence[Ruling]) -> Sequence[Seen]:
        return unsettled(about, before(delivery, seen, policy), rulings)

    known, rulings = corpus(ctx.store, name, text, policy.window, among=among)
    return case_among(ctx, delivery, at, known, rulings, elsewhere, looked)


def judge_among(  # noqa: PLR0913, PLR0917 - all that a delivery is judged by
    ctx: Context,
    delivery: Delivery,
    at: datetime,
    known: Sequence[Seen],
    rulings: Sequence[Ruling],
    elsewhere: Mapping[str, Sequence[Seen]] = MappingProxyType({}),
) -> Verdict:
    """Judge a delivery, pictures and all, as it goes out at a time after or beside `known`.

    What `rulings` settled counts no more. `elsewhere` has what says the same words on the client's
    other channels of its network.
    """
    return judged_case(ctx.encoder, case_among(ctx, delivery, at, known, rulings, elsewhere))


def case_among(  # noqa: PLR0913, PLR0917 - as above
    ctx: Context,
    delivery: Delivery,
    at: datetime,
    known: Sequence[Seen],
    rulings: Sequence[Ruling],
    elsewhere: Mapping[str, Sequence[Seen]],
    looked: Looked | None = None,
) -> Case:
    """Return what `judge_among` judges a delivery by."""
    looked = looked or look_at(ctx, delivery.content)
    channel = ctx.settings.channel(delivery.key.channel)
    text = candidate(delivery, at, looked.pictures)
    about = Ours(delivery.key.channel, delivery.number, text.text)
    return Case(
        text=text,
        known=unsettled(about, known, rulings),
        elsewhere={name: unsettled(about, seen, rulings) for name, seen in elsewhere.items()},
        policy=channel.guard,
        notes=looked.notes,
        zone=channel.zone,
    )


def worded_elsewhere(
    ctx: Context, delivery: Delivery, at: datetime
) -> Mapping[str, Sequence[Seen]]:
    """Return what says the same words within a day on the client's other channels of its network.

    Nothing where there are too few of them for a text to be pasted into too many.
    """
    others = beside(ctx, delivery)
    if not others:
        return {}
    found = ctx.store.worded(follower_text(delivery.content), since=at - DAY, until=at)
    return {name: seen for name, seen in found.items() if name in others}


def beside(ctx: Context, delivery: Delivery) -> frozenset[str]:
    """Return the client's other channels of a network, where they are enough to be too many."""
    client = ctx.settings.clients[delivery.client]
    limit = ctx.settings.channel(delivery.key.channel).guard.community_limit
    others = frozenset(
        channel.name
        for channel in client.channels.values()
        if channel.network == delivery.network and channel.name != delivery.key.channel
    )
    return others if limit and len(others) >= limit else frozenset()


def candidate(delivery: Delivery, at: datetime, pictures: tuple[str, ...] = ()) -> Seen:
    """Return a delivery as the guard compares it, with the fingerprints of its pictures."""
    return Seen(
        source="queue",
        ref=str(delivery.number),
        text=follower_text(delivery.content),
        at=at,
        post=delivery.key.post,
        evergreen=delivery.evergreen,
        pictures=pictures,
    )


def before(delivery: Delivery, corpus: Sequence[Seen], policy: GuardPolicy) -> Sequence[Seen]:
    """Return the texts that a delivery can repeat.

    Of two queued texts the later one waits. Other occurrences of the same post are left out, unless
    there is a cool-down between them: who writes `every` wants the text again.
    """
    mine = (delivery.due, delivery.number)
    return [
        seen
        for seen in corpus
        if (policy.cooldown or seen.post != delivery.key.post)
        and (seen.source, seen.ref) != ("queue", str(delivery.number))
        and (seen.source != "queue" or (seen.at, int(seen.ref)) < mine)
    ]


def stop(said: Verdict, policy: GuardPolicy) -> Stop | None:
    """Return the hold that a verdict asks for under a policy."""
    if _action(said, policy) is not OnMatch.HOLD:
        return None
    match = _worst(said)
    return Stop(Hold(reason=HoldReason.DUPLICATE, detail=in_words(match)), match)


def warning(said: Verdict, policy: GuardPolicy) -> Match | None:
    """Return the text that a person is told of though the delivery goes on, as the policy says."""
    return _worst(said) if _action(said, policy) is OnMatch.WARN else None


def _worst(said: Verdict) -> Match:
    """Return what counts; what limited the judgement comes last among its reasons, to be read.

    That there is no encoder is true of all texts, and is told where the workspace is looked at.
    """
    match = said.matches[0]
    limits = (note for note in said.notes if not note.startswith(WITHOUT_MEANING))
    return replace(match, reasons=(*match.reasons, *limits))


def in_words(match: Match) -> str:
    """Return why two texts tell the same news, in one sentence."""
    return "; ".join(match.reasons) or "it tells the same news"


def _action(said: Verdict, policy: GuardPolicy) -> OnMatch | None:
    return {Decision.BLOCK: policy.on_block, Decision.FLAG: policy.on_flag}.get(said.decision)
