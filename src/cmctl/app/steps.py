"""What a person can type next about a delivery, by its state and what stopped it."""

from collections.abc import Iterator
from typing import NamedTuple

from cmctl.core.model import Delivery, HoldReason, Match, State


class Step(NamedTuple):
    """A command and what it does."""

    command: str
    what: str


def steps(delivery: Delivery, evidence: Match | None = None) -> Iterator[Step]:
    """Yield what can be typed, the likeliest first; `evidence` is the text that it repeats."""
    number = delivery.number
    if delivery.hold is not None:
        yield from _held(delivery, delivery.hold.reason, evidence)
    elif delivery.state is State.UNCERTAIN:
        yield from _uncertain(delivery)
    elif delivery.state is State.PLANNED:
        yield _move(number)
        yield _edit(number)
        yield Step(f"cmctl queue hold {number}", "keep it back")
        yield _cancel(number)
    elif delivery.state is State.REFUSED:
        yield Step(f"cmctl queue retry {number}", "send it once more")
        yield _cancel(number)
    elif delivery.state is State.CANCELLED:
        yield Step(f"cmctl queue release {number}", "let it go out after all")


def _held(delivery: Delivery, reason: HoldReason, evidence: Match | None) -> Iterator[Step]:
    number = delivery.number
    match reason:
        case HoldReason.DUPLICATE:
            yield from _duplicate(number, evidence)
        case HoldReason.UNCERTAIN:
            yield from _uncertain(delivery)
        case HoldReason.APPROVAL if delivery.hold and delivery.hold.from_files:
            yield Step(f"cmctl queue approve {number}", "make the draft a post")
            yield _edit(number)
        case HoldReason.INVALID:
            yield _edit(number)
            yield Step("cmctl check", "see everything that is wrong")
        case HoldReason.BLIND:
            yield Step(f"cmctl channel test {delivery.key.channel}", "see whether it answers")
            yield Step(
                f'cmctl queue release {number} --reason "..."', "publish without looking; say why"
            )
            yield _cancel(number)
        case HoldReason.APPROVAL | HoldReason.MISSED | HoldReason.PAUSED:
            yield Step(f"cmctl queue release {number}", "let it go out")
            yield _move(number)
            yield _cancel(number)


def _duplicate(number: int, evidence: Match | None) -> Iterator[Step]:
    yield Step(f"cmctl resolve {number} --keep theirs", "the other text stays, ours never goes out")
    if evidence is None or evidence.seen.source == "timeline":
        yield Step(
            f"cmctl resolve {number} --keep ours", "delete the other for good, ours goes out"
        )
    yield Step(f'cmctl resolve {number} --keep both --reason "..."', "publish it all the same")
    yield _move(number)
    yield Step(f"cmctl queue edit {number}", "turn it into a follow-up")


def _uncertain(delivery: Delivery) -> Iterator[Step]:
    number = delivery.number
    yield Step(f"cmctl channel timeline {delivery.key.channel}", "look whether it stands there")
    yield Step(f"cmctl queue confirm {number} ID", "it does: with its id or address")
    yield Step(f"cmctl queue retry {number}", "it does not: send it once more")
    yield Step(f"cmctl queue cancel {number}", "it does not, and must not")


def _move(number: int) -> Step:
    return Step(f'cmctl queue move {number} --at "tomorrow 9:00"', "give it another time")


def _edit(number: int) -> Step:
    return Step(f"cmctl queue edit {number}", "change the text")


def _cancel(number: int) -> Step:
    return Step(f"cmctl queue cancel {number}", "it never goes out")
