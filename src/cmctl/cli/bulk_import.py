"""`cmctl import`: the bulk files of other schedulers, as drafts."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Scalar
from cmctl.cli.terminal import read_bytes, sure
from cmctl.core.errors import CmctlError, ExitStatus, UsageError
from cmctl.core.show import counted, local

if TYPE_CHECKING:
    from cmctl.app.context import Context
    from cmctl.app.posts.bulk.dates import Order
    from cmctl.app.posts.bulk.importing import Outcome, Row, Wanted
    from cmctl.app.posts.bulk.reading import Bulk

ORDERS = ("dmy", "mdy", "ymd")


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file; - for standard input.")],
    client: Annotated[
        str, typer.Option("--client", metavar="CLIENT", help="Whose posts they are.")
    ],
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel", metavar="CHANNEL", help="Where; again for more. Default: as each row says."
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAME",
            help="buffer, hootsuite, publer, csv, rss (Atom too) or ics. Default: found out.",
        ),
    ] = "",
    timezone: Annotated[
        str,
        typer.Option(metavar="ZONE", help="Of times that name none, such as Europe/Paris."),
    ] = "",
    date_format: Annotated[
        str, typer.Option(metavar="ORDER", help="dmy or mdy, for dates such as 03/04/2026.")
    ] = "",
    into: Annotated[
        str,
        typer.Option("--into", metavar="FILE", help="Default: posts/CLIENT/FILE's name.yaml."),
    ] = "",
    repeated: Annotated[
        bool, typer.Option("--repeated", help="Take in also what tells the same news as another.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show it all and write nothing.")
    ] = False,
    as_json: Json = False,
) -> ExitStatus:
    """Take in a bulk file of another scheduler, as drafts.

    Every row is shown with its time and what the guard says of it, against the file, the queue,
    what was published and the timeline. Where a row has an error nothing is written. A draft goes
    out only after `cmctl queue approve`. Ends with 3 where rows tell what is told already.
    """
    from cmctl.app.posts.bulk import importing, reading  # noqa: PLC0415 - `--help` does not need them

    asked = invocation(ctx)
    if form and form not in reading.FORMATS:
        message = f"--format: there is no {form!r}"
        raise UsageError(message, hint=f"one of {', '.join(reading.FORMATS)}")
    if date_format not in ("", *ORDERS):
        raise UsageError(f"--date-format: there is no {date_format!r}", hint="dmy or mdy")
    bulk = _read(file, form)
    with asked.workspace() as workspace:
        app = workspace.context
        wanted = importing.Wanted(
            client=client,
            channels=channel or (),
            zone=_zone(asked, app, bulk, timezone, client),
            order=_order(date_format),
            file=_target(asked, app, client, file, into, dry_run=dry_run),
            empty_is_next=bulk.empty_is_next,
        )
        found = importing.plan(app, bulk.entries, wanted, repeated=repeated)
        _show(asked, app, found, wanted, repeated=repeated, as_json=as_json)
        bad = sum(row.problem is not None for row in found.rows)
        if not bad and found.text and not dry_run:
            importing.write(app, wanted, found.text)
        return _conclude(asked, found, wanted, wrote=not dry_run and not bad, repeated=repeated)


def _read(file: Path, form: str) -> "Bulk":
    from cmctl.app.posts.bulk.reading import read_bulk  # noqa: PLC0415 - as above

    data = read_bytes(file)  # its own refusal names the file
    try:
        return read_bulk(data, form)
    except CmctlError as problem:
        raise CmctlError(f"{file}: {problem.message}", hint=problem.hint) from None


def _order(text: str) -> "Order":
    orders: dict[str, Order] = {"": "", "dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}
    return orders[text]


def _zone(
    asked: Invocation, app: "Context", bulk: "Bulk", name: str, client: str
) -> ZoneInfo | None:
    """Return the zone of times that name none: no bulk format says it, so a person must."""
    if not name and not any(entry.when for entry in bulk.entries):
        return None
    known = app.settings.clients.get(client)
    own = known.zone.key if known else "Europe/Paris"
    if not name:
        unsaid = f"{bulk.format} files do not say the zone of their times"
        with suppress(UsageError):  # nobody can be asked
            name = own if sure(asked.terminal, f"{unsaid}. Is it {own}?") else ""
        if not name:
            raise UsageError(unsaid, hint=f"say it: --timezone {own}")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        message = f"--timezone: there is no {name!r}"
        raise UsageError(message, hint="a name such as Europe/Paris") from None


def _target(
    asked: Invocation, app: "Context", client: str, file: Path, into: str, *, dry_run: bool
) -> str:
    from cmctl.app.posts.new_post import Draft, file_of  # noqa: PLC0415 - as above
    from cmctl.config.slugs import slug  # noqa: PLC0415

    name = into or f"posts/{client}/{slug(file.stem) if str(file) != '-' else 'imported'}.yaml"
    target = file_of(app, Draft(client=client, text="", file=name))
    if (app.settings.root / target).exists():
        message = f"{target} is there already"
        other = f"name another one: --into posts/{client}/NAME.yaml"
        if not dry_run:
            raise UsageError(message, hint=other)
        asked.output.warn(f"{message}; to write it, {other}")
    return target


# --- what a person sees --------------------------------------------------------------------------


def _show(
    asked: Invocation,
    app: "Context",
    found: "Outcome",
    wanted: "Wanted",
    *,
    repeated: bool,
    as_json: bool,
) -> None:
    if as_json:
        asked.output.records(_record(row, wanted, repeated=repeated) for row in found.rows)
        return
    zone = app.settings.clients[wanted.client].zone
    for row in found.rows:
        asked.output.line(_line(row, zone, repeated=repeated))
        for said in _remarks(row):
            asked.output.line(f"    {said}")


def _line(row: "Row", zone: ZoneInfo, *, repeated: bool) -> str:
    from cmctl.core.text import excerpt  # noqa: PLC0415 - as above

    at = local(row.at, zone, year=True) if row.at else row.values.get("slot", "no time")
    where = ",".join(row.channels) or "-"
    result, text = _becomes(row, repeated=repeated), excerpt(row.entry.text, 60)
    return f"{row.entry.line}  {result}  {at}  {where}  {text}"


def _becomes(row: "Row", *, repeated: bool) -> str:
    from cmctl.app.posts.bulk.importing import goes_in  # noqa: PLC0415 - as above

    if row.problem is not None:
        return "error"
    return "draft" if goes_in(row, repeated=repeated) else "left out"


def _remarks(row: "Row") -> list[str]:
    said = []
    if row.problem is not None:
        said += [row.problem.message, *filter(None, [row.problem.hint])]
    if row.match is not None:
        seen = row.match.seen
        of = (
            f"row of {seen.ref}"
            if seen.source == "file"
            else f"{seen.source} {seen.post or seen.ref}"
        )
        why = "; ".join(row.match.reasons)
        said.append(f"{row.match.decision.value}: the news of {of}: {why}")
    if row.moved:
        said.append("the clock changes then: " + _MOVED[row.moved])
    said += [f"not imported: {one}" for one in row.entry.left_out]
    return said


_MOVED = {"gap": "that time is skipped, it goes out later", "fold": "the first of two is meant"}


def _record(row: "Row", wanted: "Wanted", *, repeated: bool) -> dict[str, Scalar]:
    match = row.match
    return {
        "line": row.entry.line,
        "result": _becomes(row, repeated=repeated),
        "client": wanted.client,
        "channels": ",".join(row.channels),
        "post": row.id,
        "at": row.at.isoformat() if row.at else "",
        "text": row.entry.text,
        "problem": row.problem.message if row.problem else "",
        "fix": row.problem.hint if row.problem else "",
        "decision": match.decision.value if match else "allow",
        "score": match.score if match else 0.0,
        "reasons": "; ".join(match.reasons) if match else "",
        "not_imported": "; ".join(row.entry.left_out),
    }


def _conclude(
    asked: Invocation, found: "Outcome", wanted: "Wanted", *, wrote: bool, repeated: bool
) -> ExitStatus:
    results = [_becomes(row, repeated=repeated) for row in found.rows]
    bad, drafts = results.count("error"), results.count("draft")
    if bad:
        said = f"{counted(bad, 'row has an error', 'rows have errors')}: nothing was written"
    elif wrote and drafts:
        said = f"{counted(drafts, 'draft')} in {wanted.file}; next: cmctl queue approve ID"
    else:
        said = f"{counted(drafts, 'draft')} would be written to {wanted.file}"
    left = results.count("left out")
    asked.output.say(f"{said}{f'; {left} left out, --repeated takes them in' if left else ''}")
    if bad:
        return ExitStatus.PROBLEMS
    return ExitStatus.HELD if any(row.match for row in found.rows) else ExitStatus.FINE
