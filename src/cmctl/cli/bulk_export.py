"""`cmctl export`: the queue or the history, for other tools."""

from typing import Annotated

import typer

from cmctl.cli.catching_up import caught_up
from cmctl.cli.invocation import invocation
from cmctl.cli.listed import Narrowed, narrowed
from cmctl.cli.options import ChannelName, ClientName, PostName, Since, Until
from cmctl.core.errors import UsageError
from cmctl.store.listing import AHEAD, PAST, Query

FORMATS = ("csv", "json", "ics")


def export(
    ctx: typer.Context,
    form: Annotated[
        str, typer.Option("--format", metavar="NAME", help="csv, json or ics.")
    ] = "csv",
    client: ClientName = "",
    channel: ChannelName = "",
    post: PostName = "",
    past: Annotated[
        bool, typer.Option("--past", help="What went out or is over, not what is ahead.")
    ] = False,
    since: Since = "",
    until: Until = "",
) -> None:
    """Print what goes out, or went out, as CSV, JSON or a calendar.

    The CSV is one that `cmctl import` reads.
    """
    from cmctl.app.posts.bulk import exporting  # noqa: PLC0415 - `--help` does not need it

    asked = invocation(ctx)
    if form not in FORMATS:
        message = f"--format: there is no {form!r}"
        raise UsageError(message, hint=f"one of {', '.join(FORMATS)}")
    with asked.workspace() as workspace:
        found = caught_up(asked, workspace)
        wanted = Narrowed(client, channel, post, since, until)
        query = narrowed(wanted, Query(states=PAST if past else AHEAD), found.store, found)
        deliveries = found.store.deliveries(query)
        rows = exporting.records(deliveries, found.settings)
        if form == "json":
            asked.output.records(rows)
        elif form == "csv":
            asked.output.document(exporting.table(rows))
        else:
            asked.output.document(exporting.calendar(deliveries, now=asked.machine.now()))
