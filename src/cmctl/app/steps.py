"""What a person can type next about a delivery, by its state and what stopped it."""

from collections.abc import Iterator
from typing import NamedTuple

from cmctl.core.model import Delivery, Hold, HoldReason, Match, State


class Step(NamedTuple):
    """A command and what it does."""

    command: str
    what: str


def steps(delivery: Delivery, evidence: Match | None = None, *, ref: str = "") -> Iterator[Step]:
    """Yield what can be typed, the likeliest first; `evidence` is the text that it repeats.

    `ref` is what to call it by where its number would say too little, as for all times of a post.
    """
    ref = ref or str(delivery.number)
    if delivery.hold is not None:
        yield from _held(delivery, delivery.hold, ref, evidence)
    elif delivery.state is State.UNCERTAIN:
        yield from _uncertain(delivery, ref)
    elif delivery.state is State.PLANNED:
        yield _move(ref)
        yield _edit(ref)
        yield Step(f"cmctl queue hold {ref}", "keep it back")
        yield _cancel(ref)
    elif delivery.state is State.REFUSED:
        yield Step(f"cmctl queue retry {ref}", "send it once more")
        yield _cancel(ref)
    elif delivery.state is State.CANCELLED:
        yield Step(f"cmctl queue release {ref}", "let it go out after all")


def _held(delivery: Delivery, hold: Hold, ref: str, evidence: Match | None) -> Iterator[Step]:
    match hold.reason:
        case HoldReason.DUPLICATE:
            yield from _duplicate(ref, evidence)
        case HoldReason.UNCERTAIN:
            yield from _uncertain(delivery, ref)
        case HoldReason.APPROVAL if hold.from_files:
            yield Step(f"cmctl queue approve {ref}", "make the draft a post")
            yield _edit(ref)
        case HoldReason.INVALID:
            yield _edit(ref)
            yield Step("cmctl check", "see everything that is wrong")
        case HoldReason.BLIND:
            yield Step(f"cmctl channel test {delivery.key.channel}", "see whether it answers")
            yield Step(
                f'cmctl queue release {ref} --reason "..."', "publish without looking; say why"
            )
            yield _cancel(ref)
        case HoldReason.APPROVAL | HoldReason.MISSED | HoldReason.PAUSED:
            yield Step(f"cmctl queue release {ref}", "let it go out")
            yield _move(ref)
            yield _cancel(ref)


def _duplicate(ref: str, evidence: Match | None) -> Iterator[Step]:
    yield Step(f"cmctl resolve {ref} --keep theirs", "the other text stays, ours never goes out")
    if evidence is None or evidence.seen.source == "timeline":
        yield Step(f"cmctl resolve {ref} --keep ours", "delete the other for good, ours goes out")
    yield Step(f'cmctl resolve {ref} --keep both --reason "..."', "publish it all the same")
    yield _move(ref)
    yield Step(f"cmctl queue edit {ref}", "turn it into a follow-up")


def _uncertain(delivery: Delivery, ref: str) -> Iterator[Step]:
    yield Step(f"cmctl channel timeline {delivery.key.channel}", "look whether it stands there")
    yield Step(f"cmctl queue confirm {ref} ID", "it does: with its id or address")
    yield Step(f"cmctl queue retry {ref}", "it does not: send it once more")
    yield Step(f"cmctl queue cancel {ref}", "it does not, and must not")


def _move(ref: str) -> Step:
    return Step(f'cmctl queue move {ref} --at "tomorrow 9:00"', "give it another time")


def _edit(ref: str) -> Step:
    return Step(f"cmctl queue edit {ref}", "change the text")


def _cancel(ref: str) -> Step:
    return Step(f"cmctl queue cancel {ref}", "it never goes out")
