"""One delivery in words: its times, its state, the two texts of a duplicate."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cmctl.cli.output import Output, Scalar, Side
from cmctl.core.model import Delivery, Match, Seen, State
from cmctl.core.settings import Settings
from cmctl.core.show import local, relative
from cmctl.core.text import follower_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmctl.app.steps import Step
    from cmctl.core.guard.sides import Fact

#: What the marks in two texts mean.
LEGEND = "[differs] (only here)"
#: So many words of a kind are shown.
SHOWN = 6
SOURCES = {
    "timeline": "On the account already",
    "history": "Published by cmctl already",
    "queue": "In the queue already",
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
    if delivery.receipt is not None and delivery.receipt.altered:
        return f"published, but {delivery.receipt.altered}"
    edited = " (the file says something else now)" if delivery.edited else ""
    goes = delivery.override and delivery.state is not State.CANCELLED
    passed = f" (let pass: {delivery.override})" if goes else ""
    return f"{delivery.state}{edited}{passed}"


def show_both(
    output: Output, delivery: Delivery, match: Match, zone: ZoneInfo, now: datetime
) -> None:
    """Print a delivery and the text that it repeats: in a sentence, side by side, by facts."""
    at = delivery.receipt.at if delivery.receipt and delivery.receipt.at else delivery.due
    ours = Side(
        f"Ours: {delivery.key.post} ({delivery.number})",
        [delivery.key.channel, when(at, zone, now)],
        follower_text(delivery.content),
    )
    show_texts(output, ours, at, match, zone, now)


def show_texts(  # noqa: PLR0917, RUF100 - two texts and their times
    output: Output, ours: Side, at: datetime, match: Match, zone: ZoneInfo, now: datetime
) -> None:
    """Print a text that goes out at `at` and the one that it repeats, as `show_both` does."""
    from cmctl.core.guard.headline import headline  # noqa: PLC0415 - a listing shows no texts
    from cmctl.core.guard.sides import sides  # noqa: PLC0415

    seen = match.seen
    days = (at.astimezone(zone).date(), seen.at.astimezone(zone).date())
    compared = sides(ours.text, seen.text, days)
    output.line(f"  {headline(match, at, zone, compared)}")
    of = f"{seen.author}, " if seen.author else ""
    theirs = Side(
        SOURCES.get(seen.source, "Read"),
        [f"{of}{when(seen.at, zone, now)}", seen.url or _named(seen)],
        seen.text,
        compared.theirs,
    )
    output.side_by_side(ours._replace(marks=compared.ours), theirs, ())
    show_facts(output, compared.facts)
    output.line(f"  {LEGEND}; score {match.score:.2f}, {match.decision}")


def show_facts(output: Output, facts: "Iterable[Fact]") -> None:
    """Print what agrees, what differs and what one text says alone."""
    output.facts([(_sign(one), one.kind, *map(_few, one[1:])) for one in facts])


def _sign(fact: "Fact") -> str:
    if fact.differs:
        return "≠"
    return "=" if fact.both and not (fact.ours or fact.theirs) else "+"


def _few(words: "Sequence[str]") -> str:
    left = len(words) - SHOWN
    return ", ".join(words[:SHOWN]) + (f" and {left} more" if left > 0 else "")


def _named(seen: Seen) -> str:
    return f"id {seen.ref}" if seen.source == "timeline" else f"delivery {seen.ref}"


def show_steps(output: Output, steps: "Iterable[Step]") -> None:
    """Print what can be typed next, each with what it does."""
    known = list(steps)
    width = max((len(step.command) for step in known), default=0)
    longest = max((len(step.what) for step in known), default=0)
    is_narrow = output.terminal.watched and 2 + width + 2 + longest > output.terminal.width
    for step in known:
        if is_narrow:
            output.line(f"  {step.command}\n      {step.what}")
            continue
        output.line(f"  {step.command:{width}}  {step.what}")


def delivery_keys(delivery: Delivery, zone: ZoneInfo) -> dict[str, Scalar]:
    """Return what every `--json` says of a delivery, under the same keys."""
    hold = delivery.hold
    return {
        "number": delivery.number,
        "client": delivery.client,
        "channel": delivery.key.channel,
        "network": delivery.network,
        "post": delivery.key.post,
        "occurrence": delivery.key.occurrence,
        "at": delivery.due.astimezone(zone).isoformat(),
        "at_utc": delivery.due.isoformat(),
        "state": delivery.state.value,
        "reason": hold.reason.value if hold else "",
        "detail": hold.detail if hold else "",
    }


def evidence_keys(match: Match | None, zone: ZoneInfo) -> dict[str, Scalar]:
    """Return what every `--json` says of the text that another one repeats."""
    seen = match.seen if match else None
    return {
        "evidence_source": seen.source if seen else "",
        "evidence_id": seen.ref if seen else "",
        "evidence_text": seen.text if seen else "",
        "evidence_at": seen.at.astimezone(zone).isoformat() if seen else None,
        "evidence_author": seen.author if seen else "",
        "evidence_url": seen.url if seen else "",
        "decision": match.decision.value if match else "",
        "score": match.score if match else None,
        "reasons": "; ".join(match.reasons) if match else "",
    }


def headline_of(text: str, at: datetime, match: Match, zone: ZoneInfo) -> str:
    """Return the verdict on a text and what it repeats in one sentence."""
    from cmctl.core.guard.headline import headline  # noqa: PLC0415 - a listing shows no texts
    from cmctl.core.guard.sides import sides  # noqa: PLC0415

    days = (at.astimezone(zone).date(), match.seen.at.astimezone(zone).date())
    return headline(match, at, zone, sides(text, match.seen.text, days))


def done(output: Output, delivery: Delivery, settings: Settings, now: datetime) -> None:
    """Say in one line what a delivery is now, after a person decided."""
    zone = zone_of(settings, delivery.key.channel)
    name = f"{delivery.number} {delivery.key.post} on {delivery.key.channel}"
    if delivery.state is State.PLANNED:
        output.line(f"{name}: planned for {when(delivery.due, zone, now)}")
    elif delivery.receipt is not None:
        output.line(f"{name}: published, {delivery.receipt.url or delivery.receipt.remote_id}")
        if delivery.receipt.altered:
            output.warn(delivery.receipt.altered)
    else:
        output.line(f"{name}: {state_in_words(delivery)}")
