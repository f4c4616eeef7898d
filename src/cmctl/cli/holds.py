"""`cmctl holds`: what waits for a person, and what to type."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.catching_up import caught_up
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.listed import Narrowed, narrowed
from cmctl.cli.options import ChannelName, ClientName, Json
from cmctl.cli.output import Scalar
from cmctl.cli.told import (
    delivery_keys,
    evidence_keys,
    headline_of,
    show_both,
    show_steps,
    when,
    zone_of,
)
from cmctl.core.errors import ExitStatus
from cmctl.core.model import Delivery, HoldReason
from cmctl.core.show import counted, local, relative
from cmctl.core.text import excerpt, follower_text
from cmctl.store.listing import Query

if TYPE_CHECKING:
    from cmctl.app.publishing.doubts import Doubt
    from cmctl.app.waiting import Waiting
    from cmctl.core.ledger import Removal
    from cmctl.core.settings import Settings

#: So many further times of a post are shown.
SHOWN = 3
#: What a reason means, as the heading of its group.
HEADINGS = {
    HoldReason.UNCERTAIN: "Nobody knows whether this is published",
    HoldReason.DUPLICATE: "The same news twice",
    HoldReason.TOKEN: "The account does not let us in",
    HoldReason.BLIND: "The timeline could not be read",
    HoldReason.MISSED: "Too late",
    HoldReason.PAUSED: "Came due during a pause",
    HoldReason.INVALID: "Cannot be published as it is written",
    HoldReason.APPROVAL: "Waits for approval",
}


def holds(
    ctx: typer.Context, client: ClientName = "", channel: ChannelName = "", as_json: Json = False
) -> ExitStatus:
    """List what waits for a person, and what to type.

    Ends with 3 where something does: a draft, or what is held by hand, only once it is due.
    """
    from cmctl.app.run import waits  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.waiting import not_gone, standing_twice, waiting  # noqa: PLC0415
    from cmctl.core.guard.terms import WITHOUT_MEANING  # noqa: PLC0415

    asked = invocation(ctx)
    with asked.workspace() as own:
        workspace = caught_up(asked, own)
        wanted = Narrowed(client, channel, post="", since="", until="")
        query = narrowed(wanted, Query(), workspace.store, workspace)
        found = waiting(workspace.context, query)
        left = list(not_gone(workspace.context, query))
        twice = list(standing_twice(workspace.context, query))
        if as_json:
            removals = (_removal_record(*one, workspace.settings) for one in left)
            both = [*twice, *found]
            asked.output.records(chain(_records(both, workspace.settings), removals))
        else:
            _show_twice(asked, twice, workspace.settings)
            _show(asked, found, workspace.settings)
            _show_removals(asked, left)
            compared = any(one.match is not None for one in (*twice, *found))
            if compared and workspace.context.encoder is None:
                asked.output.say(f"texts are {WITHOUT_MEANING}; cmctl doctor says more")
        if not found and not left and not twice:
            asked.output.say("nothing waits for a person")
        urgent = left or twice or any(waits(one.delivery, asked.machine.now()) for one in found)
    return ExitStatus.HELD if urgent else ExitStatus.FINE


# --- showing -------------------------------------------------------------------------------------


def _show(asked: Invocation, found: "Sequence[Waiting]", settings: "Settings") -> None:
    from cmctl.app.waiting import together  # noqa: PLC0415 - as above

    output = asked.output
    for reason, group in groupby(found, key=lambda one: one.reason):
        groups = together(list(group))
        output.line(f"{HEADINGS[reason]} ({len(groups)})")
        for members in groups:
            output.line()
            _show_one(asked, members, settings)
        output.line()


def _show_one(asked: Invocation, members: "Sequence[Waiting]", settings: "Settings") -> None:
    """Show what one decision settles: a delivery, or all times of a post."""
    from cmctl.app.steps import steps  # noqa: PLC0415 - as above

    one, more = members[0], members[1:]
    output, delivery, now = asked.output, one.delivery, asked.machine.now()
    zone = zone_of(settings, delivery.key.channel)
    channels = ", ".join(dict.fromkeys(member.delivery.key.channel for member in members))
    name = f"{delivery.client}/{delivery.key.post}"
    called = name if more else f"{delivery.number}  {delivery.key.post}"
    output.line(f"{called}  {channels}  {when(delivery.due, zone, now)}")
    later = sorted({member.delivery.due for member in more} - {delivery.due})
    if later:
        output.line(f"  then {_times(later, zone, now)}")
    if one.match is not None:
        show_both(output, delivery, one.match, zone, now)
    else:
        why = delivery.hold.detail if delivery.hold else one.doubt and one.doubt.said
        output.line(f"  {why or 'not looked for on the network yet'}")
        output.line(f"  “{excerpt(delivery.content.text, 90)}”")
    if delivery.sent_at is not None:
        first = local(delivery.sent_at, zone, now=now)
        output.line(f"  {counted(delivery.attempts, 'attempt')}, the first at {first}")
    standing = ""
    if one.doubt is not None:
        for line in _known(one.doubt, zone, now):
            output.line(f"  {line}")
        alike = one.doubt.alike
        standing = alike[0].remote_id if len(alike) == 1 else ""
    called_by = name if more else ""
    show_steps(output, steps(delivery, one.match, now=now, ref=called_by, standing=standing))


def _known(doubt: "Doubt", zone: ZoneInfo, now: datetime) -> Iterator[str]:
    """Yield what cmctl does by itself, and what the timeline says."""
    if doubt.looks_at is not None:
        at = relative(doubt.looks_at, now) if doubt.looks_at > now else "at the next run"
        yield f"cmctl looks for it by itself: {at}"
    if doubt.read_at is None:
        yield "the timeline was not read since"
        return
    read = f"the timeline, read at {local(doubt.read_at, zone, now=now)}"
    for status in doubt.alike:
        where = f", {status.url}" if status.url else ""
        at = local(status.at, zone, now=now)
        yield f"{read}: the same words stand there as {status.remote_id}, of {at}{where}"
    if not doubt.alike:
        yield f"{read}: nothing on it reads the same"


def _times(times: Sequence[datetime], zone: ZoneInfo, now: datetime) -> str:
    shown = ", ".join(local(one, zone, now=now) for one in times[:SHOWN])
    left = len(times) - SHOWN
    return f"{shown} and {counted(left, 'more time')}" if left > 0 else shown


def _show_twice(asked: Invocation, twice: "Sequence[Waiting]", settings: "Settings") -> None:
    """Show what stands twice on an account, and how the loser is deleted."""
    from cmctl.app.steps import duplicate_steps  # noqa: PLC0415 - as above

    if not twice:
        return
    output, now = asked.output, asked.machine.now()
    output.line(f"The same news stands twice ({len(twice)})")
    for delivery, _, match, _ in twice:
        if match is None:
            continue
        output.line(f"\n{delivery.number}  {delivery.key.post}  {delivery.key.channel}")
        show_both(output, delivery, match, zone_of(settings, delivery.key.channel), now)
        show_steps(output, duplicate_steps(delivery, match))
    output.line()


def _show_removals(asked: Invocation, left: "Sequence[tuple[Delivery, Removal]]") -> None:
    if not left:
        return
    output = asked.output
    output.line(f"Could not be deleted yet ({len(left)})\n")
    for delivery, removal in left:
        output.line(f"{delivery.number}  {delivery.key.post}  {removal.channel}")
        output.line(f"  {removal.remote_id} still stands: {removal.problem}")
        output.line("  cmctl run, or the daemon, tries again")
        output.line(f"  cmctl channel timeline {removal.channel}  look at the account")


def _removal_record(
    delivery: Delivery, removal: "Removal", settings: "Settings"
) -> Mapping[str, Scalar]:
    from cmctl.app.waiting import Waiting  # noqa: PLC0415 - as above

    waiting = Waiting(delivery, HoldReason.DUPLICATE, None)
    (record,) = _records([waiting], settings)
    told = {"reason": "removal", "detail": removal.problem, "evidence_id": removal.remote_id}
    return {**record, **told}


def _records(found: "Sequence[Waiting]", settings: "Settings") -> Iterator[Mapping[str, Scalar]]:
    for delivery, reason, match, doubt in found:
        zone = zone_of(settings, delivery.key.channel)
        text = follower_text(delivery.content)
        yield {
            **delivery_keys(delivery, zone),
            "reason": reason.value,
            "text": delivery.content.text,
            "headline": headline_of(text, delivery.due, match, zone) if match else "",
            **evidence_keys(match, zone),
            **_doubt_keys(delivery, doubt, zone),
        }


def _doubt_keys(delivery: Delivery, doubt: "Doubt | None", zone: ZoneInfo) -> Mapping[str, Scalar]:
    def told(at: datetime | None) -> str | None:
        return at.astimezone(zone).isoformat() if at else None

    return {
        "attempts": delivery.attempts,
        "first_attempt_at": told(delivery.sent_at),
        "last_answer": doubt.said if doubt else "",
        "looks_at": told(doubt.looks_at) if doubt else None,
        "timeline_read_at": told(doubt.read_at) if doubt else None,
        "reads_the_same": " ".join(one.remote_id for one in doubt.alike) if doubt else "",
    }
