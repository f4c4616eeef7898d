"""Take in the files: read what changed, plan it, and commit the difference (window W1).

A crash anywhere leaves the store as it was or with whole clients taken in; the files are then read
again, and taking them in twice changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

from cmctl.app.context import Context
from cmctl.app.posts.fresh import stale, unchanged
from cmctl.app.posts.planning import ClientPlan, operations, plan_client
from cmctl.app.publishing.points import Point
from cmctl.config.load import FileStamp, scan
from cmctl.config.scan import belongs_to
from cmctl.core import intake
from cmctl.core.model import Problem, Severity
from cmctl.store.base import ClientRow, Intake, Source


@dataclass(slots=True)
class Taken:
    """What an intake did."""

    #: How many deliveries were added, changed or taken away.
    changed: int = 0
    #: Problems of the clients that were read again.
    problems: list[Problem] = field(default_factory=list)
    #: Clients that were read again.
    clients: list[str] = field(default_factory=list)
    #: What listings know of these.
    rows: list[ClientRow] = field(default_factory=list)


def take_in(ctx: Context, *, whole: bool = False) -> Taken:
    """Bring the store to what the files say; nothing is read where nothing changed.

    With `whole` every client is read again: for who wants all problems, or has new settings.
    """
    now = ctx.now()
    files = scan(ctx.settings.root, ctx.settings.config)
    known = ctx.store.sources()
    whole = whole or stale(ctx.store.taken_at(), now)
    taken = Taken()
    if not whole and unchanged(files, known):
        return taken  # every few seconds in a daemon
    for client in ctx.settings.clients:
        if whole or _changed(client, files, known, ctx.settings.config):
            _take_client(ctx, client, files, taken)
    gone = {row.key for row in ctx.store.clients()} - set(ctx.settings.clients)
    for client in gone:
        _take_nothing(ctx, client, taken)
    ctx.reach(Point.AFTER_INTAKE)
    ctx.store.set_sources(_sources(files), _rows(ctx, taken), at=now)
    return taken


def _changed(
    client: str, files: Mapping[str, FileStamp], known: Mapping[str, Source], config: str
) -> bool:
    """Tell whether a client's files, or the configuration, are not those of the last intake."""

    def own(table: Mapping[str, FileStamp] | Mapping[str, Source]) -> dict[str, tuple[int, int]]:
        return {
            path: (stamp.size, stamp.mtime_ns)
            for path, stamp in table.items()
            if path == config or belongs_to(path, client)
        }

    return own(files) != own(known)


def _take_client(ctx: Context, client: str, files: Mapping[str, FileStamp], taken: Taken) -> None:
    ledger = ctx.store.ledger(client)
    now = ctx.now()
    planned = plan_client(
        ctx.settings, client, ctx.channels, ledger, now, files=files, write_cache=True
    )
    wanted = operations(planned, ledger, now)
    ctx.reach(Point.BEFORE_INTAKE)
    if wanted:
        ctx.store.take_in(Intake(client=client, operations=wanted, at=now))
    taken.changed += len(wanted)
    taken.problems += planned.problems
    taken.clients.append(client)
    taken.rows.append(_row(planned))


def _take_nothing(ctx: Context, client: str, taken: Taken) -> None:
    """Drop the queue of a client that is no longer configured."""
    now = ctx.now()
    wanted = intake.take_in([], ctx.store.ledger(client), now)
    if wanted:
        ctx.store.take_in(Intake(client=client, operations=wanted, at=now))
    taken.changed += len(wanted)


def _sources(files: Mapping[str, FileStamp]) -> dict[str, Source]:
    return {path: Source(*stamp) for path, stamp in files.items()}


def _rows(ctx: Context, taken: Taken) -> list[ClientRow]:
    """Return every client in the order of the configuration."""
    known = {row.key: row for row in chain(ctx.store.clients(), taken.rows)}
    return [known[client] for client in ctx.settings.clients]


def _row(planned: ClientPlan) -> ClientRow:
    client = planned.client
    return ClientRow(
        key=client.key,
        name=client.name,
        zone=client.zone.key,
        errors=sum(problem.severity is Severity.ERROR for problem in planned.problems),
        drafts=sum(post.schedule is None for post in planned.loaded.posts),
    )
