"""One delivery in words: its times, its state, the two texts of a duplicate."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cmctl.cli.output import Output, Side
from cmctl.core.model import Delivery, Match, Seen, State
from cmctl.core.settings import Settings
from cmctl.core.show import local, relative
from cmctl.core.text import follower_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmctl.app.steps import Step

SOURCES = {
    "timeline": "On the account already",
    "history": "Published by cmctl already",
    "queue": "In the queue before it",
    "elsewhere": "On another channel",
}


def zone_of(settings: Settings, channel: str) -> ZoneInfo:
    """Return the zone of a channel; the workspace's where it is configured no more."""
    try:
        return settings.channel(channel).zone
    except KeyError:
        return settings.zone


def when(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return `Tue 24 Nov 10:15 CET (in 3 h 12)`."""
    return f"{local(instant, zone, now=now)} ({relative(instant, now)})"


def state_in_words(delivery: Delivery) -> str:
    """Return the state, and why it waits or was let pass; what is cancelled passes nowhere."""
    if delivery.hold is not None:
        return f"held, {delivery.hold.reason}: {delivery.hold.detail}"
    if delivery.deleted_at is not None:
        return "published, deleted after"
    edited = " (the file says something else now)" if delivery.edited else ""
    goes = delivery.override and delivery.state is not State.CANCELLED
    passed = f" (let pass: {delivery.override})" if goes else ""
    return f"{delivery.state}{edited}{passed}"


def show_both(
    output: Output, delivery: Delivery, match: Match, zone: ZoneInfo, now: datetime
) -> None:
    """Print a delivery and the text that it repeats side by side, and why it was held."""
    ours = Side(
        f"Ours: {delivery.key.post} ({delivery.number})",
        [delivery.key.channel, when(delivery.due, zone, now)],
        follower_text(delivery.content),
    )
    seen = match.seen
    of = f"{seen.author}, " if seen.author else ""
    theirs = Side(
        SOURCES.get(seen.source, "Read"),
        [f"{of}{when(seen.at, zone, now)}", seen.url or _named(seen)],
        seen.text,
    )
    output.side_by_side(ours, theirs, match.reasons)


def _named(seen: Seen) -> str:
    return f"id {seen.ref}" if seen.source == "timeline" else f"delivery {seen.ref}"


def show_steps(output: Output, steps: "Iterable[Step]") -> None:
    """Print what can be typed next, each with what it does."""
    known = list(steps)
    width = max((len(step.command) for step in known), default=0)
    for step in known:
        output.line(f"  {step.command:{width}}  {step.what}")


def done(output: Output, delivery: Delivery, settings: Settings, now: datetime) -> None:
    """Say in one line what a delivery is now, after a person decided."""
    zone = zone_of(settings, delivery.key.channel)
    name = f"{delivery.number} {delivery.key.post} on {delivery.key.channel}"
    if delivery.state is State.PLANNED:
        output.line(f"{name}: planned for {when(delivery.due, zone, now)}")
    elif delivery.receipt is not None:
        output.line(f"{name}: published, {delivery.receipt.url or delivery.receipt.remote_id}")
    else:
        output.line(f"{name}: {state_in_words(delivery)}")
