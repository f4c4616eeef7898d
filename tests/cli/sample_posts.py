"""Commands of the sample that list and read."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.options import Json, Limit
from cmctl.cli.output import Column, Side
from cmctl.cli.terminal import read_text

with Path(os.environ.get("SAMPLE_IMPORTED", os.devnull)).open("a") as log:
    log.write("posts\n")

HOSTILE = "\x1b]52;c;ZXZpbA==\x07[bold]red[/bold] \u202egnirts :smile:"


def colors() -> list[str]:
    return ["amber", "azure"]


def list_posts(
    ctx: typer.Context,
    count: int = 3,
    color: Annotated[str, typer.Option(autocompletion=colors)] = "",
    as_json: Json = False,
    limit: Limit = None,
) -> None:
    """List posts."""
    output = invocation(ctx).output
    shown = output.limit(limit, as_json=as_json) or count
    rows = [[str(n), "planned", "", f"{HOSTILE} {color}"] for n in range(count)][:shown]
    if as_json:
        output.records({"number": int(number), "text": text} for number, _, _, text in rows)
    else:
        columns = [
            Column("#", right=True),
            Column("State", styles={"planned": "green"}),
            Column("Why"),
            Column("Text", wide=True),
        ]
        output.listing(columns, rows, total=count)
    for _ in output.progress(range(3), "Counting"):
        pass


def add(ctx: typer.Context, file: Path) -> None:
    """Add a post."""
    asked = invocation(ctx)
    asked.output.line(f"{asked.directory or asked.config}: {read_text(file)}")
    asked.output.say("talk")


def sides(ctx: typer.Context) -> None:
    """Show two texts beside each other."""
    invocation(ctx).output.side_by_side(
        Side("Yours", ["atlas/mastodon, Tue 24 Nov 10:15 CET"], "🚚 Notre entrepôt\nà Rennes"),
        Side("Followers read", ["Mr G., Tue 24 Nov 08:45 CET"], f"entrepôt {HOSTILE}"),
        ["both name Rennes, and both name a warehouse that opens on the same day of December"],
    )
