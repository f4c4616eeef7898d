"""What a person can type next about a delivery, by its state and what stopped it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from cmctl.core.model import Delivery, Hold, HoldReason, Match, State


class Step(NamedTuple):
    """A command and what it does."""

    command: str
    what: str


def steps(
    delivery: Delivery,
    evidence: Match | None = None,
    *,
    now: datetime,
    ref: str = "",
    standing: str = "",
) -> Iterator[Step]:
    """Yield what can be typed, the likeliest first; `evidence` is the text that it repeats.

    `ref` is what to call it by where its number would say too little, as for all times of a post;
    `standing` is the id of what stands on the account and reads the same, where one does.
    """
    ref = ref or str(delivery.number)
    if _lost(delivery):
        yield from gone_steps(delivery, ref)
    elif delivery.hold is not None:
        if delivery.expires is not None and delivery.expires < now:
            yield from _expired(ref)
        else:
            yield from _held(delivery, delivery.hold, ref, evidence, standing)
    elif delivery.state is State.UNCERTAIN:
        yield from _uncertain(delivery, ref, standing)
    elif delivery.state is State.PLANNED:
        if not delivery.content.reply_to:  # else no file has it
            yield _move(ref)
            yield _edit(ref)
        yield Step(f"cmctl queue hold {ref}", "keep it back")
        yield _cancel(ref)
    elif delivery.state is State.REFUSED:
        yield Step(f"cmctl queue retry {ref}", "send it once more")
        yield _cancel(ref)
    elif delivery.state is State.CANCELLED:
        yield Step(f"cmctl queue release {ref}", "let it go out after all")


def _held(
    delivery: Delivery, hold: Hold, ref: str, evidence: Match | None, standing: str
) -> Iterator[Step]:
    match hold.reason:
        case HoldReason.DUPLICATE:
            yield from _duplicate(ref, evidence)
        case HoldReason.UNCERTAIN:
            yield from _uncertain(delivery, ref, standing)
        case HoldReason.APPROVAL if hold.from_files:
            yield Step(f"cmctl queue approve {ref}", "make the draft a post")
            yield _edit(ref)
        case HoldReason.INVALID if delivery.content.reply_to:
            yield _cancel(ref)
        case HoldReason.INVALID:
            yield _edit(ref)
            yield Step("cmctl check", "see everything that is wrong")
        case HoldReason.BLIND:
            yield Step(f"cmctl channel test {delivery.key.channel}", "see whether it answers")
            yield Step(
                f'cmctl queue release {ref} --reason "..."', "publish without looking; say why"
            )
            yield _cancel(ref)
        case HoldReason.TOKEN:
            yield Step(f"cmctl channel login {delivery.key.channel}", "sign in again")
            yield Step(f"cmctl queue release {ref}", "it is done: let it go out")
            yield _cancel(ref)
        case HoldReason.APPROVAL | HoldReason.MISSED | HoldReason.PAUSED:
            yield Step(f"cmctl queue release {ref}", "let it go out")
            if not delivery.content.reply_to:
                yield _move(ref)
            yield _cancel(ref)


def _lost(delivery: Delivery) -> bool:
    """Tell whether it waits by a person's word though its post is gone: nothing else marks it."""
    hold = delivery.hold
    return hold is not None and hold.reason is HoldReason.APPROVAL and delivery.edited


def gone_steps(delivery: Delivery, ref: str = "") -> Iterator[Step]:
    """Yield what can be typed about a delivery that no file plans any more; see `steps`."""
    if delivery.state is not State.CANCELLED:
        yield _cancel(ref or str(delivery.number))
    yield Step("cmctl queue add --help", "write it anew: no file plans it any more")


def duplicate_steps(delivery: Delivery, evidence: Match) -> Iterator[Step]:
    """Yield what can be typed about two texts with the same news, one of them live or both."""
    ref = str(delivery.number)
    if delivery.state is not State.PUBLISHED:
        yield from _duplicate(ref, evidence)
        return
    yield Step(f"cmctl resolve {ref} --keep theirs", "the other text stays, ours is deleted")
    yield Step(f"cmctl resolve {ref} --keep ours", "ours stays, the other text is deleted")
    yield Step(f'cmctl resolve {ref} --both --reason "..."', "both stay")


def _duplicate(ref: str, evidence: Match | None) -> Iterator[Step]:
    yield Step(f"cmctl resolve {ref} --keep theirs", "the other text stays, ours never goes out")
    ours = "publish ours now, then delete the other for good"
    if evidence is not None and evidence.seen.source == "queue":
        ours = "the other text never goes out, ours does"
    yield Step(f"cmctl resolve {ref} --keep ours", ours)
    yield Step(f'cmctl resolve {ref} --both --reason "..."', "publish it all the same")
    yield Step(f'cmctl resolve {ref} --move "tomorrow 9:00"', "publish it all the same, then")
    yield Step(f"cmctl resolve {ref} --rewrite", "turn it into a follow-up")


def _expired(ref: str) -> Iterator[Step]:
    yield Step(f"cmctl queue edit {ref}", "move `expires`, or take it out")
    yield _cancel(ref)


def _uncertain(delivery: Delivery, ref: str, standing: str) -> Iterator[Step]:
    yield Step(f"cmctl channel timeline {delivery.key.channel}", "look whether it stands there")
    which = "as the one that reads the same" if standing else "with its id or address"
    yield Step(f"cmctl queue confirm {ref} {standing or 'ID'}", f"it does: {which}")
    yield Step(f"cmctl queue retry {ref}", "it does not: send it once more")
    yield Step(f"cmctl queue cancel {ref}", "it does not, and must not")


def _move(ref: str) -> Step:
    return Step(f'cmctl queue move {ref} --at "tomorrow 9:00"', "give it another time")


def _edit(ref: str) -> Step:
    return Step(f"cmctl queue edit {ref}", "change the text")


def _cancel(ref: str) -> Step:
    return Step(f"cmctl queue cancel {ref}", "it never goes out")
