"""`cmctl store`: where what happened is kept, and looking after it."""

from typing import Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Column
from cmctl.core.errors import ExitStatus
from cmctl.core.show import counted
from cmctl.store.errors import StoreError

_PLACE = "The path of an SQLite file, or postgresql://USER@HOST/DATABASE."


def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Show where the store is and what is in it."""
    from cmctl.app.health.store_care import status as look  # noqa: PLC0415 - `--help` does not need it

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        found = look(workspace.context)
    if as_json:
        asked.output.records([found])
        return
    rows = [[name, str(value)] for name, value in found.items() if value != 0]
    asked.output.listing([Column("What"), Column("Found", wide=True)], rows)


def verify(ctx: typer.Context, as_json: Json = False) -> ExitStatus:
    """Look for damage in the store: in its file, and between its facts and its log.

    Ends with 1 where something is wrong.
    """
    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        found = workspace.store.info()
        if not int(found["bytes"] or 0):
            raise StoreError(f"there is no store {found['path']} yet", hint="cmctl run makes it")
        wrong = list(workspace.store.verify())
    if as_json:
        asked.output.records({"problem": one} for one in wrong)
    for one in () if as_json else wrong:
        asked.output.line(one)
    if wrong:
        asked.output.warn("copy the store away, then restore the last backup")
        return ExitStatus.PROBLEMS
    asked.output.say("nothing is wrong with the store")
    return ExitStatus.FINE


def backup(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A new file for the backup.")],
) -> None:
    """Write the store as it is now into a new SQLite file; a daemon goes on meanwhile.

    A workspace whose `store` is such a file knows that it was put back: what is past due by then is
    held until you have looked. A PostgreSQL server has backups of its own (pg_dump, PITR), which
    serve as well.
    """
    from cmctl.app.health.store_care import back_up  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        to = asked.machine.directory.absolute() / file
        settings = workspace.settings
        at = int(asked.machine.now().timestamp() * 1000)
        back_up(settings.store_file, workspace.place(settings.store), to, at)
    asked.output.say(f"the store is backed up to {to}")


def copy(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help=_PLACE)],
    target: Annotated[str, typer.Argument(metavar="TO", help=_PLACE)],
    as_json: Json = False,
) -> None:
    """Copy a store to another place or engine, and compare every row.

    Repeated, it compares what stands there. Nothing is written where something else stands, and
    nothing while a daemon works on FROM. `store` in config.yaml stays as it is.
    """
    from cmctl.app.health.store_care import copied  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        now, alive, store = asked.machine.now(), asked.machine.is_alive, workspace.opened(source)
        done = copied(workspace.place(source), workspace.place(target), store, now, alive)
    if as_json:
        asked.output.records({"table": name, "rows": rows} for name, rows in done.rows.items())
    rows = counted(sum(done.rows.values()), "row")
    if done.is_new:
        asked.output.say(f"{rows} copied, and each compared")
        asked.output.say(f"now write `store: {target}` into {workspace.config.name}")
    else:
        asked.output.say(f"{rows} stood there already, each the same")


def adopt(ctx: typer.Context) -> None:
    """Plan from the files of this machine, whatever another one planned from its own.

    Where many machines share a database, one whose copy of a file is not the newest changes nothing
    of what it plans, and `cmctl doctor` says so. This is for when the copy here is right.
    """
    from cmctl.app.posts.take_in import take_in  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace() as workspace:
        taken = take_in(workspace.context, whole=True, anyway=True)
    changed = counted(taken.changed, "delivery is", "deliveries are")
    asked.output.say(f"planned from the files here: {changed} new or changed")


def migrate(ctx: typer.Context) -> None:
    """Bring the store up to this version of cmctl; end its daemons before.

    Forward only, and whole or not at all. A file is migrated by the first command that writes; a
    database, on which many machines work, only by this one.
    """
    asked = invocation(ctx)
    with asked.workspace() as workspace:
        before, after = workspace.migrate_store()
    if before == after:
        asked.output.say(f"the store is of version {after} already")
    elif before:
        asked.output.say(f"the store is of version {after} now; it was of {before}")
    else:
        asked.output.say(f"the store is made, version {after}")


def reconcile(ctx: typer.Context, as_json: Json = False) -> ExitStatus:
    """Look on the accounts for what a backup does not know, and settle what can be settled.

    What stands there is published; what does not, by a network that can tell, is planned again.
    Ends with 1 where something stays held: `cmctl holds` says what to type.
    """
    from cmctl.app.publishing.restored import reconcile as look  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace() as workspace:
        rows = [
            [str(one.number), one.key.channel, one.key.post, outcome]
            for one, outcome in look(workspace.context)
        ]
    if as_json:
        names = ("number", "channel", "post", "outcome")
        asked.output.records(dict(zip(names, row, strict=True)) for row in rows)
    else:
        columns = [Column("No."), Column("Channel"), Column("Post"), Column("Now", wide=True)]
        asked.output.listing(columns, rows)
    settled = all(row[-1] in {"published", "planned"} for row in rows)
    return ExitStatus.FINE if settled else ExitStatus.PROBLEMS
