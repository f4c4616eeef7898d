"""`cmctl history`: what went out, and what became of the rest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.catching_up import listings
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.listed import Faces, Narrowed, narrowed
from cmctl.cli.options import ChannelName, ClientName, Json, Limit, PostName, Since, Until
from cmctl.cli.output import Column, Scalar
from cmctl.core.errors import ExitStatus, UsageError
from cmctl.store.listing import PAST, Query

if TYPE_CHECKING:
    from cmctl.app.counts import Tally
    from cmctl.store.listing import Listed
    from cmctl.wiring.workspace import Workspace

    Tallies = Mapping[int, Tally]

#: The files say something else now than what went out.
EDITED = "published, edited after"
#: A person's word took it down again.
DELETED = "published, deleted after"
#: It does not stand as it was sent.
ALTERED = "published, altered"
COLUMNS = (
    Column("#", right=True),
    Column("When"),
    Column("Ago"),
    Column("Channel"),
    Column("Post"),
    Column(
        "State",
        styles={
            "published": "green",
            "refused": "red",
            EDITED: "yellow",
            ALTERED: "red",
            DELETED: "red",
        },
    ),
    Column("Remote id"),
    Column("Address"),
    Column("Text", wide=True),
)
#: Where in the columns the counts stand.
AFTER = 6
COUNTS = tuple(Column(name, right=True) for name in ("Likes", "Comments", "Shares", "Views"))
#: How many posts are asked for unless it is said: each is a request, and on some networks a price.
COUNTED = 20


def history(  # noqa: PLR0913, RUF100 - one a filter
    ctx: typer.Context,
    client: ClientName = "",
    channel: ChannelName = "",
    post: PostName = "",
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="STATE", help="Only these: published, refused or cancelled."),
    ] = None,
    since: Since = "",
    until: Until = "",
    limit: Limit = None,
    counts: Annotated[
        bool,
        typer.Option(
            "--counts",
            help="Ask the networks what followers did with each; the newest 20 without --limit.",
        ),
    ] = False,
    as_json: Json = False,
) -> ExitStatus:
    """List what went out, and what became of the rest.

    Newest first: what is published by when it was, the rest by when it was planned for.
    """
    asked = invocation(ctx)
    states = _states(state or [])
    with asked.workspace() as workspace:
        found = listings(asked, workspace)
        most = COUNTED if counts and limit is None else asked.output.limit(limit, as_json=as_json)
        wanted = Narrowed(client, channel, post, since, until)
        query = narrowed(wanted, Query(newest_first=True, limit=most), found, workspace)
        queries = list(_queries(states, query))
        rows = _merged([found.listing(one) for one in queries], most)
        faces = Faces(found.clients(), asked.machine.now())
        total = sum(found.count(one) for one in queries) if len(rows) == most else 0
        tallies = _tallies(workspace, rows) if counts else None
    if as_json:
        asked.output.records(_records(rows, faces, tallies))
    else:
        columns = (*COLUMNS[:AFTER], *COUNTS, *COLUMNS[AFTER:]) if counts else COLUMNS
        asked.output.listing(columns, _rows(rows, faces, tallies), total=total)
        if not rows:
            asked.output.say("nothing went out yet")
    return _ending(asked, tallies or {})


def _tallies(workspace: "Workspace", rows: "Sequence[Listed]") -> "Tallies":
    from cmctl.app.counts import tallies  # noqa: PLC0415 - a listing asks no network

    return tallies(workspace.context, rows)


def _ending(asked: Invocation, tallies: "Tallies") -> ExitStatus:
    """Say which counts could not be had; return the first of 1, 4 and 0 that applies."""
    for number, one in tallies.items():
        if one.problem:
            asked.output.warn(f"{number}: no counts: {one.problem}")
    statuses = {one.status for one in tallies.values()}
    by_weight = (ExitStatus.PROBLEMS, ExitStatus.NETWORK)
    return next((status for status in by_weight if status in statuses), ExitStatus.FINE)


def _states(wanted: list[str]) -> frozenset[str]:
    for state in wanted:
        if state not in PAST:
            message = f"--state: {state} is no history"
            raise UsageError(message, hint=f"one of {', '.join(sorted(PAST))}; or cmctl queue")
    return frozenset(wanted) or PAST


def _queries(states: frozenset[str], query: Query) -> Iterator[Query]:
    """Yield one query for each of the two times by which a row has its place."""
    if "published" in states:
        yield query._replace(by_publication=True)
    if rest := states - {"published"}:
        yield query._replace(states=rest)


def _merged(parts: "Iterable[Sequence[Listed]]", most: int) -> "Sequence[Listed]":
    rows = sorted(chain.from_iterable(parts), key=_at, reverse=True)
    return rows[:most] if most else rows


def _at(row: "Listed") -> int:
    return row.due_ms if row.published_ms is None else row.published_ms


def _rows(
    rows: "Sequence[Listed]", faces: Faces, tallies: "Tallies | None"
) -> Iterator[tuple[str, ...]]:
    for row in rows:
        face = faces[row.channel]
        counts = () if tallies is None else tuple(map(_count, _counts(tallies, row).values()))
        yield (
            str(row.number),
            face.local(_at(row)),
            face.relative(_at(row)),
            row.channel,
            row.post,
            _state(row),
            *counts,
            row.remote_id,
            row.url,
            row.excerpt,
        )


def _state(row: "Listed") -> str:
    if row.deleted_ms is not None:
        return DELETED
    if row.altered:
        return ALTERED
    return EDITED if row.edited and row.state == "published" else row.state


def _counts(tallies: "Tallies", row: "Listed") -> Mapping[str, int | None]:
    """Return what followers did; None where nobody tells."""
    tally = tallies.get(row.number)
    names = ("likes", "comments", "shares", "views")
    return {name: getattr(tally.counts, name) if tally else None for name in names}


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _records(
    rows: "Sequence[Listed]", faces: Faces, tallies: "Tallies | None"
) -> Iterator[Mapping[str, Scalar]]:
    for row in rows:
        face, published = faces[row.channel], row.published_ms
        yield {
            "number": row.number,
            "client": row.channel.partition("/")[0],
            "channel": row.channel,
            "network": row.network,
            "post": row.post,
            "occurrence": row.occurrence,
            "at": face.iso(row.due_ms),
            "at_utc": face.utc(row.due_ms),
            "state": row.state,
            "published_at": None if published is None else face.iso(published),
            "published_at_utc": None if published is None else face.utc(published),
            "deleted_at": None if row.deleted_ms is None else face.iso(row.deleted_ms),
            "remote_id": row.remote_id,
            "url": row.url,
            "text": row.excerpt,
            "edited": row.edited,
            "altered": row.altered,
            "reply_to": row.reply_to,
            **({} if tallies is None else _counts(tallies, row)),
        }
