"""What is known of an attempt of which nobody knows whether it is published, for a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.channels.content import parts
from cmctl.core.model import Content, Delivery, HoldReason, State, Status
from cmctl.core.state import Move
from cmctl.store.base import Event

#: By how much a network's clock may be behind ours.
_BEHIND = timedelta(minutes=5)
_DOUBTS = frozenset({Move.DOUBT, Move.LOOK})
#: After these it is certain, or a person said so.
_ENDS = frozenset({Move.RETRY, Move.RELEASE, Move.UNSENT, Move.REFUSE, Move.PUBLISH})


class Doubt(NamedTuple):
    """What was tried, and what the account's timeline says as it was read last."""

    #: How the last attempt, or the last look, ended.
    said: str
    #: When cmctl looks by itself; None: a person is asked.
    looks_at: datetime | None
    #: When the timeline was read last; None: never since the attempt.
    read_at: datetime | None
    #: What stands there since the attempt and reads the same; of foreign origin, or this one.
    alike: Sequence[Status]


def doubt(ctx: Context, delivery: Delivery) -> Doubt:
    """Return what a person should know before deciding; no network is asked."""
    name, sent = delivery.key.channel, delivery.sent_at or delivery.due
    events = ctx.store.events(delivery.number)
    said = (str(event.data.get("error", "")) for event in reversed(events) if event.kind in _DOUBTS)
    read_at = ctx.store.read_at(name)
    texts = readings(delivery.content)
    return Doubt(
        said=next(said, ""),
        looks_at=delivery.not_before if delivery.state is State.UNCERTAIN else None,
        read_at=read_at if read_at and read_at > sent else None,
        alike=[one for one in ctx.store.statuses(name, sent - _BEHIND) if read(one.text) in texts],
    )


def in_doubt(events: Sequence[Event]) -> bool:
    """Tell from a delivery's log whether what it sent may stand, whatever its state is now."""
    for event in reversed(events):
        held = event.kind == Move.HOLD and event.data.get("reason") == HoldReason.UNCERTAIN
        if held or event.kind in _DOUBTS:
            return True
        if event.kind in _ENDS:
            return False
    return False


def readings(content: Content) -> set[str]:
    """Return the texts of a post's parts as `read` gives them, with and without its link."""
    return {read(part.text) for link in (True, False) for part in parts(content, link=link)}


def read(text: str) -> str:
    """Return a text as it is compared: a server may break its lines anew."""
    return " ".join(text.split())
