"""Settle two texts with the same news by a person's word: keep theirs, ours or both.

One of the two may still wait, or both may stand on the account already. What is to be deleted is
written down with the decision, in one commit; see `removal.py` for how it goes.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from cmctl.app.changes import change
from cmctl.app.context import Context
from cmctl.app.guard.causes import release_settled
from cmctl.app.guard.collisions import twin
from cmctl.app.guard.evidence import evidence
from cmctl.app.guard.removal import Removed, must_delete, take_down
from cmctl.app.guard.rulings import Said, ruling
from cmctl.app.guard.watch import refresh
from cmctl.app.publishing.decide import applied, cancel, waiver
from cmctl.app.publishing.publish import publish_one
from cmctl.app.run import reserve
from cmctl.core.errors import CmctlError
from cmctl.core.ledger import Removal, Ruling
from cmctl.core.model import Delivery, HoldReason, Match, Seen, State
from cmctl.core.state import Move


class Keep(StrEnum):
    """Which of two texts with the same news stays."""

    THEIRS = "theirs"
    OURS = "ours"
    BOTH = "both"


class Case(NamedTuple):
    """Two texts of one account of which a person has to decide."""

    delivery: Delivery
    #: What it repeats, or what repeats it.
    match: Match

    @property
    def live(self) -> bool:
        """Ours stands on the account already."""
        return self.delivery.state is State.PUBLISHED


class Word(NamedTuple):
    """What a person decides."""

    keep: Keep
    reason: str = ""
    #: Whether both tell the same news, where the person says so beside.
    same: bool | None = None
    #: With `OURS`: ours keeps its slot, and theirs stands until then.
    at_slot: bool = False


class Outcome(NamedTuple):
    """What a decision led to."""

    delivery: Delivery
    #: What was to be taken down now, and whether it is.
    removed: tuple[Removed, ...] = ()
    #: What is taken down as soon as ours stands.
    pending: tuple[Removal, ...] = ()


def case_of(ctx: Context, delivery: Delivery) -> Case:
    """Return what there is to decide about a delivery.

    Raises:
        CmctlError: it is neither held as a duplicate, nor does what it tells stand twice.
    """
    held = delivery.hold is not None and delivery.hold.reason is HoldReason.DUPLICATE
    if delivery.state is State.PUBLISHED:
        name = delivery.key.channel
        refresh(ctx, name, newer_than=ctx.now() - ctx.settings.channel(name).guard.freshness)
    match = evidence(ctx, delivery.number) if held else twin(ctx, delivery)
    if match is None:
        message = f"{delivery.number} is not held as a duplicate, and repeats nothing that stands"
        raise CmctlError(message, hint=f"cmctl queue show {delivery.number}")
    return Case(delivery, match)


def doomed(case: Case, keep: Keep) -> Seen | None:
    """Return the text that a decision deletes from the network, if any."""
    if keep is Keep.OURS and case.match.seen.source != "queue":
        return case.match.seen
    if keep is Keep.THEIRS and case.live:
        receipt = case.delivery.receipt
        url = receipt.url if receipt else ""
        text = case.delivery.content.text
        return Seen(
            source="history", ref=str(case.delivery.number), text=text, at=_at(case), url=url
        )
    return None


def must_be_possible(ctx: Context, case: Case, word: Word) -> None:
    """Refuse a decision that could not be carried out, before anything happens.

    Raises:
        CmctlError: a reason is missing, or the network cannot delete.
    """
    if word.keep is Keep.BOTH and not word.reason:
        number = case.delivery.number
        message = f"{number} is held, duplicate: it tells what stands already; both need a reason"
        hint = f'say why it goes out all the same: cmctl resolve {number} --both --reason "..."'
        raise CmctlError(message, hint=hint)
    if doomed(case, word.keep) is not None:
        must_delete(ctx, case.delivery.key.channel)


def resolve(ctx: Context, case: Case, word: Word) -> Outcome:
    """Carry out a person's decision about two texts with the same news.

    Theirs: ours is cancelled, or deleted where it stands. Ours: it is published now, or at its
    slot, and then the other one is deleted, proved by reading back. Both: the pair stops nothing
    any more, at any time of a recurring post.

    Raises:
        CmctlError: it cannot be carried out, or the delivery has moved on; nothing was changed.
    """
    must_be_possible(ctx, case, word)
    after = _decide_live(ctx, case, word) if case.live else _decide_held(ctx, case, word)
    if word.keep is Keep.BOTH:
        release_settled(ctx, case.delivery)
    if after.state is State.PLANNED and word.keep is Keep.OURS and after.due <= ctx.now():
        reserve(ctx)
        after = publish_one(ctx, after)
    channel = case.delivery.key.channel
    removed = tuple(one for one in take_down(ctx) if one.removal.channel == channel)
    done = {one.removal.remote_id for one in removed}
    left = (one for one in ctx.store.removals() if one.number == case.delivery.number)
    return Outcome(after, removed, tuple(one for one in left if one.remote_id not in done))


def at_another_time(ctx: Context, case: Case, reason: str) -> Delivery:
    """Let ours go out at the time that its file has now, beside the other text."""
    now, number = ctx.now(), case.delivery.number
    delivery = ctx.store.delivery(number) or case.delivery
    word = ruling(delivery, case.match, Said("move", reason), now)
    if delivery.state is not State.HELD:
        ctx.store.rule(word)
        return delivery
    data = {"keep": "move", "reason": f"at another time: {reason}" if reason else "at another time"}
    return applied(ctx, change(delivery, Move.RELEASE, now, ruling=word, data=data))


def rewritten(ctx: Context, case: Case, reason: str) -> None:
    """Write down that ours was rewritten because of the other text, if it was."""
    after = ctx.store.delivery(case.delivery.number)
    if after is not None and after.digest != case.delivery.digest:
        ctx.store.rule(ruling(case.delivery, case.match, Said("rewrite", reason), ctx.now()))


def _decide_held(ctx: Context, case: Case, word: Word) -> Delivery:
    delivery, now = case.delivery, ctx.now()
    what: dict[str, Any] = {"ruling": _ruling(ctx, case, word), "data": _data(word)}
    if word.keep is Keep.THEIRS:
        return applied(ctx, change(delivery, Move.CANCEL, now, **what))
    if word.keep is Keep.OURS:
        if case.match.seen.source == "queue":
            _cancel_other(ctx, case)
        else:
            what["removal"] = _removal(ctx, case, after=delivery.number)
    soon = word.keep is Keep.OURS and not word.at_slot and "removal" in what
    if soon:
        what["due"] = now
    if delivery.due < now:  # else it would be held again at once, for being late
        what["override"] = waiver(delivery, HoldReason.MISSED, word.reason)
    return applied(ctx, change(delivery, Move.RELEASE, now, **what))


def _decide_live(ctx: Context, case: Case, word: Word) -> Delivery:
    removal = None
    if word.keep is Keep.OURS:
        removal = _removal(ctx, case, after=case.delivery.number)
    elif word.keep is Keep.THEIRS:
        other = case.match.seen
        stands = int(other.ref) if other.source == "history" else 0
        removal = _removal_of(ctx, case.delivery, case.delivery, after=stands)
    ctx.store.rule(_ruling(ctx, case, word), removal)
    return case.delivery


def _ruling(ctx: Context, case: Case, word: Word) -> Ruling:
    said = Said(word.keep.value, word.reason, word.same)
    return ruling(case.delivery, case.match, said, ctx.now())


def _data(word: Word) -> Mapping[str, object]:
    said = {
        Keep.THEIRS: "the other text stays",
        Keep.OURS: "ours replaces the other text",
        Keep.BOTH: "both go out",
    }
    why = f": {word.reason}" if word.reason else ""
    return {"keep": word.keep.value, "reason": f"{said[word.keep]}{why}"}


def _removal(ctx: Context, case: Case, *, after: int) -> Removal:
    seen, channel = case.match.seen, case.delivery.key.channel
    if seen.source == "timeline":
        return Removal(
            channel, seen.ref, (seen.ref,), case.delivery.number, after, loser=0, due=ctx.now()
        )
    loser = ctx.store.delivery(int(seen.ref))
    if loser is None or loser.receipt is None:
        message = f"delivery {seen.ref}, which {case.delivery.number} repeats, is not published"
        raise CmctlError(message, hint=f"cmctl queue show {seen.ref}")
    return _removal_of(ctx, loser, case.delivery, after=after)


def _removal_of(ctx: Context, loser: Delivery, told: Delivery, *, after: int) -> Removal:
    receipt = loser.receipt
    if receipt is None:
        message = f"{loser.number} is not published"
        raise CmctlError(message, hint=f"cmctl queue show {loser.number}")
    parts = receipt.parts or (receipt.remote_id,)
    return Removal(
        loser.key.channel, receipt.remote_id, parts, told.number, after, loser.number, ctx.now()
    )


def _cancel_other(ctx: Context, case: Case) -> None:
    other = ctx.store.delivery(int(case.match.seen.ref))
    if other is not None and other.state in {State.PLANNED, State.HELD}:
        cancel(ctx, other, f"{case.delivery.number} goes out in its place")


def _at(case: Case) -> datetime:
    receipt = case.delivery.receipt
    return receipt.at if receipt and receipt.at else case.delivery.due
