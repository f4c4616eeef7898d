"""`cmctl queue`: what goes out, and when. Nothing here may import the words of the model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.catching_up import listings
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.listed import Faces, Narrowed, narrowed, state_of
from cmctl.cli.options import ChannelName, ClientName, Json, Limit, PostName, Since, Until
from cmctl.cli.output import CHUNK, Column, Scalar
from cmctl.core.errors import UsageError
from cmctl.core.show import counted
from cmctl.store.listing import AHEAD, Query

if TYPE_CHECKING:
    from cmctl.core.faces import Face
    from cmctl.store.listing import Listed, Listings, Raw

COLUMNS = (
    Column("#", right=True),
    Column("When"),
    Column("In"),
    Column("Channel"),
    Column("Post"),
    Column(
        "State",
        styles={"planned": "green", "uncertain": "bold red", "sending": "cyan", "claimed": "cyan"},
    ),
    Column("Text", wide=True),
)


def list_(
    ctx: typer.Context,
    client: ClientName = "",
    channel: ChannelName = "",
    post: PostName = "",
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE", help="Only these: planned, held, claimed, sending or uncertain."
        ),
    ] = None,
    held: Annotated[bool, typer.Option("--held", help="Only what is held.")] = False,
    since: Since = "",
    until: Until = "",
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """List what goes out, and when.

    Changed files are taken in first. What is published, refused or cancelled stands in
    `cmctl history`.
    """
    asked = invocation(ctx)
    states = _states([*(state or []), *(["held"] if held else [])])
    with asked.workspace() as workspace:
        found = listings(asked, workspace)
        wanted = Narrowed(client, channel, post, since, until)
        most = asked.output.limit(limit, as_json=as_json)
        query = narrowed(wanted, Query(states=states, limit=most), found, workspace)
        faces = Faces(found.clients(), asked.machine.now())
        if as_json:
            asked.output.records(_records(found.listing(query), faces))
        else:
            _print(asked, found, query, faces)


def _states(wanted: list[str]) -> frozenset[str]:
    for state in wanted:
        if state not in AHEAD:
            message = f"--state: {state} is nothing ahead"
            raise UsageError(message, hint=f"one of {', '.join(sorted(AHEAD))}; or cmctl history")
    return frozenset(wanted) or AHEAD


def _print(asked: Invocation, found: "Listings", query: Query, faces: Faces) -> None:
    output = asked.output
    if output.terminal.watched:
        rows = found.listing(query)
        output.listing(COLUMNS, _rows(rows, faces))
        printed = len(rows)
    else:
        parts = found.raw_listing(query, lambda rows: _parts(rows, faces))
        output.lines(parts)
        printed = sum(part.count(b"\n") for part in parts)
    if printed == query.limit > 0:  # it may have been cut
        output.more(found.count(query) - printed)
    if not printed:
        output.say("nothing is planned")
    if (month := found.month(asked.machine.now())) is not None:
        from cmctl.core.money import summary  # noqa: PLC0415 - few networks charge

        output.say(summary(month, asked.machine.now()))
    drafts = sum(row.drafts for row in found.clients() if query.client in {"", row.key})
    if drafts:
        output.say(f"{counted(drafts, 'draft has', 'drafts have')} no time yet")


def _parts(rows: "Iterable[Raw]", faces: Faces) -> list[bytes]:
    lines = _lines(rows, faces)
    parts = iter(lambda: b"\n".join(islice(lines, CHUNK)), b"")
    return [part + b"\n" for part in parts]


def _lines(rows: "Iterable[Raw]", faces: Faces) -> Iterator[bytes]:
    times = _Times(faces)
    join = b"\t".join
    for number, due, channel, post, state, reason, text in rows:
        why = b"%b, %b" % (state, reason) if reason else state
        yield join((number, times[channel][due], channel, post, why, text))


class _Times(dict[bytes, "_TimesOfOne"]):
    """The two times of a row by channel and instant: many posts share theirs."""

    def __init__(self, faces: Faces) -> None:
        super().__init__()
        self._faces = faces
        self._of: dict[Face, _TimesOfOne] = {}

    def __missing__(self, channel: bytes) -> "_TimesOfOne":
        face = self._faces[channel.decode()]
        self[channel] = found = self._of.setdefault(face, _TimesOfOne(face))
        return found


class _TimesOfOne(dict[int, bytes]):
    """The two times of a row in one zone."""

    def __init__(self, face: "Face") -> None:
        super().__init__()
        self._face = face

    def __missing__(self, due: int) -> bytes:
        shown = f"{self._face.local(due)}\t{self._face.relative(due)}".encode()
        self[due] = shown
        return shown


def _rows(rows: "Sequence[Listed]", faces: Faces) -> Iterator[tuple[str, ...]]:
    for row in rows:
        face = faces[row.channel]
        yield (
            str(row.number),
            face.local(row.due_ms),
            face.relative(row.due_ms),
            row.channel,
            row.post,
            state_of(row.state, row.reason),
            row.excerpt,
        )


def _records(rows: "Sequence[Listed]", faces: Faces) -> Iterator[Mapping[str, Scalar]]:
    for row in rows:
        yield {
            "number": row.number,
            "client": row.channel.partition("/")[0],
            "channel": row.channel,
            "network": row.network,
            "post": row.post,
            "occurrence": row.occurrence,
            "at": faces[row.channel].iso(row.due_ms),
            "at_utc": faces[row.channel].utc(row.due_ms),
            "state": row.state,
            "reason": row.reason,
            "detail": row.detail,
            "text": row.excerpt,
            "edited": row.edited,
        }
