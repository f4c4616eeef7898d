"""`cmctl run`: one turn over the workspace, or what one would do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Column, Output, Scalar
from cmctl.cli.stopping import stopping
from cmctl.cli.told import delivery_keys, evidence_keys
from cmctl.core.errors import CmctlError, ExitStatus, UsageError
from cmctl.core.model import Problem, Severity, State
from cmctl.core.settings import Settings
from cmctl.core.show import counted, local, relative
from cmctl.core.text import excerpt

if TYPE_CHECKING:
    from cmctl.app.publishing.preview import Foreseen, Preview
    from cmctl.app.publishing.readiness import Wait
    from cmctl.app.run import Outcome, Turn

COLUMNS = (
    Column("#", right=True),
    Column("When"),
    Column("Channel"),
    Column(
        "Outcome",
        styles={
            **dict.fromkeys(("published", "would publish"), "green"),
            **dict.fromkeys(("held", "waits"), "yellow"),
            **dict.fromkeys(("refused", "uncertain"), "red"),
        },
    ),
    Column("Post"),
    Column("Where or why", wide=True),
)


#: Said at the first Ctrl-C or SIGTERM.
STOPPING = "cmctl: ending after the calls in flight; once more ends at once"


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
    every channel publishes what is due. Safe beside a daemon and beside itself. Ctrl-C and SIGTERM
    end it after the calls in flight, a second one at once. A dry run reads the timelines and
    changes nothing anywhere; it shows what is due, and what the guard would hold ahead.
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
    from cmctl.app.notices.tellers import tellers  # noqa: PLC0415
    from cmctl.app.run import turn  # noqa: PLC0415 - `--help` does not need it

    output = asked.output
    with asked.workspace() as workspace:
        settings = workspace.settings
        told = tellers(asked.machine.environment, settings.root)
        with stopping(lambda: output.warn(STOPPING)) as asked_to_stop:
            done = turn(
                workspace.context,
                told,
                stopping=asked_to_stop,
                watched=lambda work: output.progress(work, "judging"),
            )
    if as_json:
        zones = (_zone(settings, one.delivery.key.channel) for one in done.outcomes)
        output.records(map(_record, done.outcomes, zones))
    else:
        shown = [one for one in done.outcomes if not (output.quiet and _is_fine(one))]
        rows = (_row(settings, one, asked.machine.now()) for one in shown)
        output.listing(COLUMNS, rows)
    _complain(output, done.problems, done.blind)
    status = _tell(output, done)
    return ExitStatus.INTERRUPTED if asked_to_stop() else status


def _is_fine(one: "Outcome") -> bool:
    return not one.moved or one.delivery.state is State.PUBLISHED


def _row(settings: Settings, one: "Outcome", now: datetime) -> list[str]:
    delivery = one.delivery
    zone = _zone(settings, delivery.key.channel)
    return [
        str(delivery.number),
        local(delivery.due, zone, now=now),
        delivery.key.channel,
        _word(one),
        delivery.key.post,
        _where_or_why(one, zone, now),
    ]


def _zone(settings: Settings, channel: str) -> ZoneInfo:
    try:
        return settings.channel(channel).zone
    except KeyError:  # it was taken out of the configuration while something was on its way
        return settings.zone


def _word(one: "Outcome") -> str:
    """Return in a word or two what became of a delivery in this turn."""
    delivery = one.delivery
    if not one.moved:
        return "waits"
    if delivery.state is State.PLANNED:
        return "tried in vain" if delivery.attempts or delivery.not_before else "planned"
    return delivery.state.value


def _where_or_why(one: "Outcome", zone: ZoneInfo, now: datetime) -> str:
    delivery = one.delivery
    if delivery.receipt is not None:
        return delivery.receipt.url or delivery.receipt.remote_id
    if delivery.hold is not None:
        return f"{delivery.hold.reason}: {delivery.hold.detail}"
    told = [one.answer if one.moved else "", _until(one.wait, zone, now) if one.wait else ""]
    return "; ".join(filter(None, told)) or excerpt(delivery.content.text)


def _until(wait: "Wait", zone: ZoneInfo, now: datetime) -> str:
    if wait.until is None:
        return wait.why
    return f"until {local(wait.until, zone, now=now)} ({relative(wait.until, now)}): {wait.why}"


def _record(one: "Outcome", zone: ZoneInfo) -> dict[str, Scalar]:
    delivery, wait = one.delivery, one.wait
    hold, receipt = delivery.hold, delivery.receipt
    return {
        **delivery_keys(delivery, zone),
        "detail": hold.detail if hold else one.answer,
        "remote_id": receipt.remote_id if receipt else "",
        "url": receipt.url if receipt else "",
        "waits_for": wait.why if wait else "",
        "waits_until": wait.until.isoformat() if wait and wait.until else None,
    }


def _tell(output: Output, done: "Turn") -> ExitStatus:
    words = [_word(one) for one in done.outcomes]
    missed = _away(done.blind) or not {"uncertain", "tried in vain"}.isdisjoint(words)
    waiting = words.count("waits")
    waits = f", {counted(waiting, 'waits', 'wait')}" if waiting else ""
    output.say(f"{words.count('published')} published{waits}")
    found = {"held": done.held, "uncertain": done.uncertain}
    if left := ", ".join(f"{count} {what}" for what, count in found.items() if count):
        output.warn(f"{left}: cmctl holds says why, and what to type")
    refused = "refused" in words or _locked_out(done.blind)
    return _status(done.problems, refused=refused, unreached=missed, held=bool(left))


# --- foreseen ------------------------------------------------------------------------------------


def _foresee(asked: Invocation, at: str, *, as_json: bool) -> ExitStatus:
    from cmctl.app.publishing.preview import preview  # noqa: PLC0415 - as above

    with asked.workspace(read_only=True, renews=False) as workspace:
        settings, now = workspace.settings, asked.machine.now()
        found = preview(workspace.context, _instant(at, settings, now) if at else now)
    output = asked.output
    if as_json:
        output.records(_foreseen_records(found, settings))
    else:
        shown = [one for one in found.deliveries if one.hold or not output.quiet]
        output.listing(COLUMNS, [_foreseen_row(settings, one, now) for one in shown])
        for copy in dict.fromkeys(copy for one in shown for copy in one.images):
            output.say(f"a copy goes out: {copy}")
        if not found.deliveries:
            output.say("nothing is due")
    _complain(output, found.problems, found.blind)
    if found.held:
        output.warn(f"{found.held} held: cmctl holds says why, and what to type")
    held = found.held > 0 or any(one.hold for one in found.deliveries)
    refused, away = _locked_out(found.blind), _away(found.blind)
    return _status(found.problems, refused=refused, unreached=away, held=held)


def _instant(at: str, settings: Settings, now: datetime) -> datetime:
    from cmctl.app.posts.moments import is_past, moment  # noqa: PLC0415 - only where it was asked for

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
        _would(one),
        key.post,
        _why_not(one, zone, now) or excerpt(one.planned.content.text),
    ]


def _would(one: "Foreseen") -> str:
    if one.hold is not None:
        return "held"
    return "waits" if one.wait else "would publish"


def _why_not(one: "Foreseen", zone: ZoneInfo, now: datetime) -> str:
    if one.hold is not None:
        return f"{one.hold.reason}: {one.hold.detail}"
    return _until(one.wait, zone, now) if one.wait else ""


def _foreseen_records(found: "Preview", settings: Settings) -> Iterator[Mapping[str, Scalar]]:
    words = {"held": "hold", "waits": "wait", "would publish": "publish"}
    for one in found.deliveries:
        planned, number, hold, match, wait, images = one
        zone = _zone(settings, planned.key.channel)
        yield {
            "number": number,
            "client": planned.key.channel.partition("/")[0],
            "channel": planned.key.channel,
            "network": planned.network,
            "post": planned.key.post,
            "occurrence": planned.key.occurrence,
            "at": planned.due.astimezone(zone).isoformat(),
            "at_utc": planned.due.isoformat(),
            "outcome": words[_would(one)],
            "reason": hold.reason.value if hold else "",
            "detail": hold.detail if hold else "",
            "waits_for": wait.why if wait else "",
            "waits_until": wait.until.isoformat() if wait and wait.until else None,
            "text": planned.content.text,
            "images": "\n".join(images),
            **evidence_keys(match, zone),
        }


# --- both ----------------------------------------------------------------------------------------


def _complain(
    output: Output, problems: Sequence[Problem], blind: Sequence[tuple[str, CmctlError]]
) -> None:
    for problem in problems:
        if problem.severity is Severity.ERROR:
            output.warn(f"{problem.place or ''}: error: {problem.message}")
    for name, why in blind:
        output.warn(f"{name}: the timeline cannot be read: {why}")


def _away(blind: Sequence[tuple[str, CmctlError]]) -> bool:
    """Tell whether a network could not be reached."""
    return any(why.status is ExitStatus.NETWORK for _, why in blind)


def _locked_out(blind: Sequence[tuple[str, CmctlError]]) -> bool:
    """Tell whether a network, or what lets us in to it, said no."""
    return any(why.status is not ExitStatus.NETWORK for _, why in blind)


def _status(
    problems: Sequence[Problem], *, refused: bool, unreached: bool, held: bool
) -> ExitStatus:
    """Return the first of 1, 4 and 3 that applies."""
    if refused or any(problem.severity is Severity.ERROR for problem in problems):
        return ExitStatus.PROBLEMS
    if unreached:
        return ExitStatus.NETWORK
    return ExitStatus.HELD if held else ExitStatus.FINE
