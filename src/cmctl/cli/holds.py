"""`cmctl holds` and `cmctl resolve`: what waits for a person, and settling a duplicate."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.catching_up import caught_up
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.listed import Narrowed, narrowed
from cmctl.cli.options import ChannelName, ClientName, Json
from cmctl.cli.output import Scalar
from cmctl.cli.queue_decide import OnChannel, Ref
from cmctl.cli.told import done, show_both, show_steps, when, zone_of
from cmctl.core.errors import ExitStatus, UsageError
from cmctl.core.model import Delivery, HoldReason
from cmctl.core.show import counted, local
from cmctl.core.text import excerpt
from cmctl.store.listing import Query

if TYPE_CHECKING:
    from cmctl.app.context import Context
    from cmctl.app.resolve import Keep
    from cmctl.app.waiting import Waiting
    from cmctl.core.settings import Settings

#: So many further times of a post are shown.
SHOWN = 3
#: What a reason means, as the heading of its group.
HEADINGS = {
    HoldReason.UNCERTAIN: "Nobody knows whether this is published",
    HoldReason.DUPLICATE: "The same news twice",
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
    from cmctl.app.waiting import waiting  # noqa: PLC0415

    asked = invocation(ctx)
    with asked.workspace() as own:
        workspace = caught_up(asked, own)
        wanted = Narrowed(client, channel, post="", since="", until="")
        query = narrowed(wanted, Query(), workspace.store, workspace)
        found = waiting(workspace.context, query)
        if as_json:
            asked.output.records(_records(found, workspace.settings))
        else:
            _show(asked, found, workspace.settings)
        urgent = any(waits(one.delivery, asked.machine.now()) for one in found)
    return ExitStatus.HELD if urgent else ExitStatus.FINE


def resolve(
    ctx: typer.Context,
    ref: Ref,
    keep: Annotated[
        str,
        typer.Option(
            metavar="theirs|ours|both",
            help="Which of the two texts stays; without it both are shown.",
        ),
    ] = "",
    channel: OnChannel = "",
    reason: Annotated[
        str, typer.Option(metavar="WHY", help="For the record; both needs one.")
    ] = "",
) -> None:
    """Settle a duplicate: keep theirs, ours or both.

    Keeping theirs cancels ours. Keeping ours deletes theirs from the network for good, proves by
    reading back that it is gone, and lets ours go out. Keeping both lets ours go out, with the
    reason on record. A third way is `cmctl queue move`, or `cmctl queue edit` to turn ours into a
    follow-up.
    """
    from cmctl.app.evidence import evidence  # noqa: PLC0415 - as above
    from cmctl.app.resolve import resolve as settle  # noqa: PLC0415
    from cmctl.app.targets import target  # noqa: PLC0415

    asked = invocation(ctx)
    choice = _keep(keep) if keep else None
    with asked.workspace() as workspace:
        app, settings = workspace.context, workspace.settings
        delivery = target(settings, app.store, ref, channel=channel, wanted=_is_duplicate)
        if choice is None:
            _ask(asked, app, delivery)
        match = evidence(app, delivery.number)
        after = settle(app, delivery, choice, reason)
        done(asked.output, after, settings, asked.machine.now())
        if match is not None:
            where = match.seen.url or match.seen.ref
            asked.output.line(_PROOF[choice.value].format(where=where))


_PROOF = {
    "theirs": "the other text stays: {where}",
    "ours": "the other text is deleted: {where}; asked again, the network does not have it, "
    "neither by its id nor on the timeline",
    "both": "the other text stays too: {where}; the reason is on record",
}


def _keep(word: str) -> "Keep":
    from cmctl.app.resolve import Keep  # noqa: PLC0415 - as above

    if word not in list(Keep):
        message = f"--keep {word}: one of {', '.join(Keep)}"
        raise UsageError(message, hint="see: cmctl resolve --help")
    return Keep(word)


def _ask(asked: Invocation, app: "Context", delivery: Delivery) -> NoReturn:
    """Show what there is to choose from."""
    from cmctl.app.evidence import evidence  # noqa: PLC0415 - as above
    from cmctl.app.resolve import must_be_duplicate  # noqa: PLC0415 - as above
    from cmctl.app.waiting import Waiting  # noqa: PLC0415

    must_be_duplicate(delivery)
    match = evidence(app, delivery.number)
    _show_one(asked, [Waiting(delivery, HoldReason.DUPLICATE, match)], app.settings)
    message = "--keep says which of the two texts stays"
    raise UsageError(message, hint="type one of the commands above; nothing was changed")


def _is_duplicate(delivery: Delivery) -> bool:
    return delivery.hold is not None and delivery.hold.reason is HoldReason.DUPLICATE


# --- showing -------------------------------------------------------------------------------------


def _show(asked: Invocation, found: "Sequence[Waiting]", settings: "Settings") -> None:
    from cmctl.app.waiting import together  # noqa: PLC0415 - as above

    output = asked.output
    if not found:
        output.say("nothing waits for a person")
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
        output.line(f"  {delivery.hold.detail if delivery.hold else 'looked for on the network'}")
        output.line(f"  “{excerpt(delivery.content.text, 90)}”")
    show_steps(output, steps(delivery, one.match, ref=name if more else ""))


def _times(times: Sequence[datetime], zone: ZoneInfo, now: datetime) -> str:
    shown = ", ".join(local(one, zone, now=now) for one in times[:SHOWN])
    left = len(times) - SHOWN
    return f"{shown} and {counted(left, 'more time')}" if left > 0 else shown


def _records(found: "Sequence[Waiting]", settings: "Settings") -> Iterator[Mapping[str, Scalar]]:
    for delivery, reason, match in found:
        zone = zone_of(settings, delivery.key.channel)
        yield {
            "number": delivery.number,
            "client": delivery.client,
            "channel": delivery.key.channel,
            "network": delivery.network,
            "post": delivery.key.post,
            "occurrence": delivery.key.occurrence,
            "at": delivery.due.astimezone(zone).isoformat(),
            "at_utc": delivery.due.isoformat(),
            "state": delivery.state.value,
            "reason": reason.value,
            "detail": delivery.hold.detail if delivery.hold else "",
            "text": delivery.content.text,
            "evidence_source": match.seen.source if match else "",
            "evidence_text": match.seen.text if match else "",
            "evidence_at": match.seen.at.astimezone(zone).isoformat() if match else None,
            "evidence_author": match.seen.author if match else "",
            "evidence_url": match.seen.url if match else "",
            "evidence_id": match.seen.ref if match else "",
            "reasons": "; ".join(match.reasons) if match else "",
        }
