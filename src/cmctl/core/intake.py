"""What the store must do so that it says what the files say.

Nothing that may have left is ever touched: what is claimed, sent or uncertain keeps the content it
was sent with, and is only marked where the files differ now. A person's own decisions (a hold by
hand, a cancelled delivery) stand whatever the files say.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from datetime import datetime

from cmctl.core.content import digest
from cmctl.core.holds import hold_ends
from cmctl.core.ledger import (
    Add,
    Alter,
    Change,
    Drop,
    Fact,
    Keep,
    Ledger,
    MarkEdited,
    Notice,
    Operation,
    keep_none,
)
from cmctl.core.model import Content, Hold, HoldReason, Key, Planned, State
from cmctl.core.state import FINAL, Move

__all__ = ["digest", "take_in"]


def take_in(
    planned: Iterable[Planned], ledger: Ledger, now: datetime, *, keep: Keep = keep_none
) -> list[Operation]:
    """Return what brings a ledger to what the files plan; empty where it is there already.

    `keep` tells which keys stay though nothing plans them, because a file could not be read: a
    half-written one drops and cancels nothing.
    """
    digests: dict[Content, str] = {}
    operations: list[Operation] = []
    wanted = list(planned)
    seen = {delivery.key for delivery in wanted}
    gone = _sent_and_gone(ledger, seen)
    for delivery in wanted:
        if delivery.content not in digests:
            digests[delivery.content] = digest(delivery.content)
        its_digest = digests[delivery.content]
        fact = ledger.get(delivery.key)
        if fact is None:
            operations.append(_added(delivery, its_digest, gone))
        else:
            operations += _taken(delivery, its_digest, fact, now)
    for key, fact in ledger.items():
        if key not in seen and not keep(key):
            operations += _vanished(fact)
    return operations


def _sent_and_gone(ledger: Ledger, planned: Set[Key]) -> dict[tuple[str, str], Key]:
    """Return what went out, or may have, and no file plans any more, by channel and digest."""
    return {
        (key.channel, fact.digest): key
        for key, fact in ledger.items()
        if key not in planned and not key.occurrence and _may_have_left(fact)
    }


def _added(planned: Planned, its_digest: str, gone: Mapping[tuple[str, str], Key]) -> Add:
    """Return the intake of a new delivery; held where it looks like a post with another id.

    A file that gives its post the id by its path, or a client's folder, may have been moved: what
    it said is out already, whatever the guard thinks.
    """
    before = gone.get((planned.key.channel, its_digest))
    if before is not None and planned.hold is None and not planned.key.occurrence:
        detail = f"the same text went out as {before.post}, which is in no file any more: moved?"
        hold = Hold(reason=HoldReason.DUPLICATE, detail=detail)
        planned = replace(planned, hold=hold)
    return Add(planned=planned, digest=its_digest)


def _taken(planned: Planned, its_digest: str, fact: Fact, now: datetime) -> Iterator[Operation]:
    if _may_have_left(fact):
        if fact.edited != (edited := fact.digest != its_digest):
            yield MarkEdited(number=fact.number, edited=edited)
    elif fact.state is not State.CANCELLED or fact.dropped:
        yield from _moved(planned, its_digest, fact, now)
        if _differs(planned, its_digest, fact):
            yield Alter(number=fact.number, planned=planned, digest=its_digest)


def _vanished(fact: Fact) -> Iterator[Operation]:
    """Yield what is left to do for a delivery that no file plans any more."""
    stays = _may_have_left(fact) or _held_by_hand(fact)
    if fact.state in {State.PLANNED, State.HELD} and not stays:
        yield Drop(number=fact.number)
    elif fact.state not in FINAL and not fact.edited:
        yield MarkEdited(number=fact.number, edited=True)


def _held_by_hand(fact: Fact) -> bool:
    hold = fact.hold
    return hold is not None and hold.reason is HoldReason.APPROVAL and not hold.from_files


def _may_have_left(fact: Fact) -> bool:
    """Tell whether the content is a snapshot of what was, or may have been, sent."""
    if fact.state is State.HELD:
        return fact.hold is not None and fact.hold.reason is HoldReason.UNCERTAIN
    return fact.state not in {State.PLANNED, State.CANCELLED}


def _differs(planned: Planned, its_digest: str, fact: Fact) -> bool:
    return (
        its_digest != fact.digest
        or planned.due != fact.due
        or planned.expires != fact.expires
        or planned.guard != fact.guard
        or planned.evergreen != fact.evergreen
        or planned.cost != fact.cost
        or fact.edited
    )


def _moved(planned: Planned, its_digest: str, fact: Fact, now: datetime) -> Iterator[Change]:
    """Yield the moves of a delivery that is planned, held or dropped: changes come before edits."""
    state = fact.state
    if state is State.CANCELLED or (
        state is State.HELD and planned.hold is None and hold_ends(planned, its_digest, fact, now)
    ):
        yield _change(fact, state, Move.RELEASE, now)
        state = State.PLANNED
    asked = planned.hold
    if asked is None or (state is State.HELD and asked == fact.hold):
        return
    if state is State.PLANNED or hold_ends(planned, its_digest, fact, now):
        hold = _change(fact, state, Move.HOLD, now)
        yield replace(hold, hold=asked, notice=_notice(planned, fact, asked))


def _change(fact: Fact, state: State, move: Move, at: datetime) -> Change:
    return Change(
        number=fact.number,
        state=state,
        fence=fact.fence,
        move=move,
        at=at,
        data={"why": "the files changed"},
    )


def _notice(planned: Planned, fact: Fact, hold: Hold) -> Notice | None:
    """Return what tells a person of an error; who writes a draft knows it."""
    if hold.reason is not HoldReason.INVALID:
        return None
    message = f"held, {hold.reason}: {hold.detail}"
    return Notice("held", planned.key.channel, fact.number, message)
