"""`cmctl run`: one turn over the workspace, or what one would do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Column, Output, Scalar
from cmctl.core.errors import ExitStatus, UsageError
from cmctl.core.model import Delivery, Problem, Severity, State
from cmctl.core.settings import Settings
from cmctl.core.show import local, relative
from cmctl.core.text import excerpt

if TYPE_CHECKING:
    from cmctl.app.preview import Foreseen, Preview
    from cmctl.app.run import Turn

COLUMNS = (
    Column("#", right=True),
    Column("When"),
    Column("Channel"),
    Column("Outcome", styles={"published": "green", "would publish": "green", "held": "yellow"}),
    Column("Post"),
    Column("Where or why", wide=True),
)


def run(
    ctx: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; write and send nothing.")
    ] = False,
    at: Annotated[
        str, typer.Option(metavar="TIME", help="With --dry-run: what would be due by then.")
    ] = "",
    as_json: Json = False,
) -> ExitStatus:
    """Publish what is due, then end; for cron.

    The files are taken in, what a crash left open is settled, the accounts' timelines are read, and
    every channel publishes what is due. Safe beside a daemon and beside itself. A dry run reads the
    timelines and changes nothing anywhere.
    """
    asked = invocation(ctx)
    if dry_run:
        return _foresee(asked, at, as_json=as_json)
    if at:
        message = "--at looks ahead, and a run publishes now"
        raise UsageError(message, hint="add --dry-run")
    return _publish(asked, as_json=as_json)


# --- for real ------------------------------------------------------------------------------------


def _publish(asked: Invocation, *, as_json: bool) -> ExitStatus:
    from cmctl.app.run import turn  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.webhook import webhook  # noqa: PLC0415

    with asked.workspace() as workspace:
        settings = workspace.settings
        done = turn(workspace.context, webhook(asked.machine.environment, settings.root))
    output = asked.output
    if as_json:
        output.records(map(_record, done.moved))
    else:
        shown = [one for one in done.moved if not output.quiet or one.state is not State.PUBLISHED]
        rows = (_row(settings, one, asked.machine.now()) for one in shown)
        output.listing(COLUMNS, rows)
    _complain(output, done.problems, done.blind)
    return _tell(output, done)


def _row(settings: Settings, delivery: Delivery, now: datetime) -> list[str]:
    zone = _zone(settings, delivery.key.channel)
    return [
        str(delivery.number),
        local(delivery.due, zone, now=now),
        delivery.key.channel,
        outcome(delivery),
        delivery.key.post,
        _where_or_why(delivery),
    ]


def _zone(settings: Settings, channel: str) -> ZoneInfo:
    try:
        return settings.channel(channel).zone
    except KeyError:  # it was taken out of the configuration while something was on its way
        return settings.zone


def outcome(delivery: Delivery) -> str:
    """Return in a word or two what became of a delivery in this turn."""
    if delivery.state is State.PLANNED:
        return "tried in vain" if delivery.attempts or delivery.not_before else "planned"
    return delivery.state.value


def _where_or_why(delivery: Delivery) -> str:
    if delivery.receipt is not None:
        return delivery.receipt.url or delivery.receipt.remote_id
    if delivery.hold is not None:
        return f"{delivery.hold.reason}: {delivery.hold.detail}"
    return excerpt(delivery.content.text)


def _record(delivery: Delivery) -> dict[str, Scalar]:
    hold, receipt = delivery.hold, delivery.receipt
    return {
        "number": delivery.number,
        "due": delivery.due.isoformat(),
        "channel": delivery.key.channel,
        "network": delivery.network,
        "post": delivery.key.post,
        "occurrence": delivery.key.occurrence,
        "state": delivery.state.value,
        "reason": hold.reason.value if hold else "",
        "detail": hold.detail if hold else "",
        "remote_id": receipt.remote_id if receipt else "",
        "url": receipt.url if receipt else "",
    }


def _tell(output: Output, done: "Turn") -> ExitStatus:
    states = [delivery.state for delivery in done.moved]
    missed = done.blind or State.UNCERTAIN in states or "tried in vain" in map(outcome, done.moved)
    output.say(f"{states.count(State.PUBLISHED)} published")
    if done.held:
        output.warn(f"{done.held} held: cmctl holds says why, and what to type")
    refused = State.REFUSED in states
    return _status(done.problems, refused=refused, unreached=bool(missed), held=bool(done.held))


# --- foreseen ------------------------------------------------------------------------------------


def _foresee(asked: Invocation, at: str, *, as_json: bool) -> ExitStatus:
    from cmctl.app.preview import preview  # noqa: PLC0415 - as above

    with asked.workspace(read_only=True) as workspace:
        settings, now = workspace.settings, asked.machine.now()
        found = preview(workspace.context, _instant(at, settings, now) if at else now)
    output = asked.output
    if as_json:
        output.records(_foreseen_records(found))
    else:
        shown = [one for one in found.deliveries if one.hold or not output.quiet]
        output.listing(COLUMNS, [_foreseen_row(settings, one, now) for one in shown])
        if not found.deliveries:
            output.say("nothing is due")
    _complain(output, found.problems, found.blind)
    held = any(one.hold for one in found.deliveries)
    return _status(found.problems, refused=False, unreached=bool(found.blind), held=held)


def _instant(at: str, settings: Settings, now: datetime) -> datetime:
    from cmctl.app.moments import is_past, moment  # noqa: PLC0415 - only where it was asked for

    found = moment(at, settings.zone, now).instant
    if is_past(found, now):
        message = f"--at: {local(found, settings.zone, now=now)} is past"
        raise UsageError(message, hint="look ahead, or leave --at out")
    return max(found, now)


def _foreseen_row(settings: Settings, one: "Foreseen", now: datetime) -> list[str]:
    key, due = one.planned.key, one.planned.due
    zone = settings.channel(key.channel).zone
    return [
        str(one.number or ""),
        f"{local(due, zone, now=now)} ({relative(due, now)})",
        key.channel,
        "held" if one.hold else "would publish",
        key.post,
        f"{one.hold.reason}: {one.hold.detail}" if one.hold else excerpt(one.planned.content.text),
    ]


def _foreseen_records(found: "Preview") -> Iterator[Mapping[str, Scalar]]:
    for planned, number, hold, match in found.deliveries:
        yield {
            "number": number,
            "due": planned.due.isoformat(),
            "channel": planned.key.channel,
            "network": planned.network,
            "post": planned.key.post,
            "occurrence": planned.key.occurrence,
            "outcome": "hold" if hold else "publish",
            "reason": hold.reason.value if hold else "",
            "detail": hold.detail if hold else "",
            "text": planned.content.text,
            "repeats": match.seen.text if match else "",
            "repeats_source": match.seen.source if match else "",
            "repeats_ref": match.seen.ref if match else "",
            "repeats_url": match.seen.url if match else "",
        }


# --- both ----------------------------------------------------------------------------------------


def _complain(
    output: Output, problems: Sequence[Problem], blind: Sequence[tuple[str, str]]
) -> None:
    for problem in problems:
        if problem.severity is Severity.ERROR:
            output.warn(f"{problem.place or ''}: error: {problem.message}")
    for name, why in blind:
        output.warn(f"{name}: the timeline cannot be read: {why}")


def _status(
    problems: Sequence[Problem], *, refused: bool, unreached: bool, held: bool
) -> ExitStatus:
    """Return the first of 1, 4 and 3 that applies."""
    if refused or any(problem.severity is Severity.ERROR for problem in problems):
        return ExitStatus.PROBLEMS
    if unreached:
        return ExitStatus.NETWORK
    return ExitStatus.HELD if held else ExitStatus.FINE
