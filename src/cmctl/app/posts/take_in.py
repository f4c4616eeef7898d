"""Take in the files: read what changed, plan it, and commit the difference (window W1).

A crash anywhere leaves the store as it was or with whole clients taken in; the files are then read
again, and taking them in twice changes nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain

from cmctl.app.context import Context
from cmctl.app.posts import copies
from cmctl.app.posts.fresh import stale
from cmctl.app.posts.planning import ClientPlan, operations, plan_client
from cmctl.app.publishing.points import Point
from cmctl.config.scan import FileStamp, belongs_to
from cmctl.core import intake
from cmctl.core.model import Problem, Severity
from cmctl.store.base import ClientRow, Intake


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

    def unread(self) -> frozenset[str]:
        """Return the files that could not be read now: by their time they never change again."""
        of_files = (one.place for one in self.problems if one.code == "unreadable")
        return frozenset(place.file for place in of_files if place)


def take_in(ctx: Context, *, whole: bool = False, anyway: bool = False) -> Taken:
    """Bring the store to what the files say; nothing is read where nothing changed.

    With `whole` every client is read again: for who wants all problems, or has new settings. What
    another machine planned from another copy of a file is left alone, unless `anyway`.
    """
    found = copies.look(ctx, anyway=anyway)
    whole = whole or stale(ctx.store.taken_at(), ctx.now())
    if not whole and not found.changed:
        return Taken(problems=[*copies.problems(found)])  # every few seconds in a daemon
    with copies.planning(ctx) as alone:
        if not alone:
            return Taken(problems=[*copies.problems(found)])
        return _take_in(ctx, copies.look(ctx, anyway=anyway), whole=whole)


def _take_in(ctx: Context, found: copies.Copies, *, whole: bool) -> Taken:
    now, config = ctx.now(), ctx.settings.config
    taken = Taken(problems=[*copies.problems(found)])
    files = {path: FileStamp(*source) for path, source in found.own.items()}
    for client in ctx.settings.clients:
        if _touched(client, found.behind, config):
            continue
        if whole or _touched(client, found.changed, config):
            _take_client(ctx, client, files, taken)
    gone = {row.key for row in ctx.store.clients()} - set(ctx.settings.clients)
    for client in gone if config not in found.behind else ():
        _take_nothing(ctx, client, taken)
    ctx.reach(Point.AFTER_INTAKE)
    planned_from = copies.sources(ctx, found, taken.unread())
    ctx.store.set_sources(planned_from, _rows(ctx, taken), at=now)
    copies.look(ctx)  # remembers that this machine agrees; before the commit it would be untrue
    return taken


def _touched(client: str, paths: Collection[str], config: str) -> bool:
    """Tell whether the configuration, or a client's file, is among some."""
    return any(path == config or belongs_to(path, client) for path in paths)


def _take_client(ctx: Context, client: str, files: Mapping[str, FileStamp], taken: Taken) -> None:
    now = ctx.now()
    planned = plan_client(ctx, client, files=files, write_cache=True)
    wanted = operations(planned, ctx.store, now)
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
    wanted = intake.take_in([], ctx.store.ledger(client, (), now=now), now)
    if wanted:
        ctx.store.take_in(Intake(client=client, operations=wanted, at=now))
    taken.changed += len(wanted)


def _rows(ctx: Context, taken: Taken) -> list[ClientRow]:
    """Return every client in the order of the configuration."""
    known = {row.key: row for row in chain(ctx.store.clients(), taken.rows)}
    every = [*ctx.settings.clients, *known]  # those of another copy of the configuration last
    return [known[client] for client in dict.fromkeys(every) if client in known]


def _row(planned: ClientPlan) -> ClientRow:
    client = planned.client
    return ClientRow(
        key=client.key,
        name=client.name,
        zone=client.zone.key,
        errors=sum(problem.severity is Severity.ERROR for problem in planned.problems),
        drafts=sum(post.schedule is None for post in planned.loaded.posts),
    )
