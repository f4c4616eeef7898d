"""Open a store's schema: make it, or refuse in words one that is not of this program's version."""

from pathlib import Path

import psycopg

from cmctl.store.errors import StoreError, StoreNewerError
from cmctl.store.postgres.connecting import SCHEMA, Address, Raw
from cmctl.store.postgres.errors import translated
from cmctl.store.postgres.sql import HERE, queries, schema

#: The version of `schema.sql`; `migrations/0002_what.sql` leads from 1 to 2.
VERSION = 1
MIGRATIONS = HERE / "migrations"
#: Whoever makes or migrates the schema has this advisory lock ("cmct").
_LOCK = 0x636D6374


def prepare(address: Address, epoch: str) -> None:
    """Make the schema where none is, and refuse one that this program does not know.

    Raises:
        StoreNewerError: a newer cmctl made it.
        StoreError: it is older and not migrated, or the server cannot be reached.
    """
    with address.connect() as raw:
        if version(raw, address.label) == 0:
            _change(raw, address, epoch)
        _refuse_older(version(raw, address.label), address.label)


def require(address: Address) -> None:
    """Refuse a schema that this program cannot read; nothing is made.

    Raises:
        StoreError: there is none, or it is of another version.
    """
    with address.connect(read_only=True) as raw:
        found = version(raw, address.label)
    if found == 0:
        message = f"the database {address.label} has no store yet"
        raise StoreError(message, hint="cmctl run makes it")
    _refuse_older(found, address.label)


def migrated(address: Address, epoch: str) -> tuple[int, int]:
    """Bring the schema up to date, in one transaction; return the version before and after.

    Raises:
        StoreNewerError: a newer cmctl made it.
    """
    with address.connect() as raw:
        before = version(raw, address.label)
        if before != VERSION:
            _change(raw, address, epoch)
        return before, VERSION


def made(raw: Raw, address: Address) -> bool:
    """Make an empty schema inside the caller's transaction; False where there is one."""
    raw.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    if version(raw, address.label) != 0:
        return False
    _create(raw, "")
    raw.execute(queries()["set_version"], {"version": VERSION})
    return True


def version(raw: Raw, label: str) -> int:
    """Return the version of the schema, 0 where there is none.

    Raises:
        StoreNewerError: a newer cmctl made it.
        StoreError: another program has a schema of this name, or this user may not read it.
    """
    try:
        return _version(raw, label)
    except psycopg.Error as problem:
        raise translated(problem, label) from problem


def _version(raw: Raw, label: str) -> int:
    tables = raw.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'",
        (SCHEMA,),
    ).fetchall()
    if not tables:
        return 0
    if ("meta",) not in tables:
        message = f"the store {label}: its schema `{SCHEMA}` belongs to another program"
        raise StoreError(message, hint="name another database with `store` in config.yaml")
    allowed = raw.execute("SELECT has_schema_privilege(%s, 'USAGE')", (SCHEMA,)).fetchall()
    if allowed != [(True,)]:
        message = f"the store {label}: this user may not use the schema `{SCHEMA}`"
        raise StoreError(
            message, hint="let `store` name the user that made it, or GRANT it to this"
        )
    found = raw.execute(queries()["version"], ()).fetchall()
    number = int(str(found[0][0])) if found else 0
    if number > VERSION:
        message = f"the store {label} is of version {number}; this cmctl knows up to {VERSION}"
        raise StoreNewerError(message, hint="install the newer cmctl: pipx upgrade cmctl")
    return number


def _refuse_older(found: int, label: str) -> None:
    if found < VERSION:
        message = f"the store {label} is of version {found}, {VERSION} is needed"
        hint = "end every daemon that uses it, then type cmctl store migrate"
        raise StoreError(message, hint=hint)


def _change(raw: Raw, address: Address, epoch: str) -> None:
    """Make or migrate the schema, in one transaction and in no other process at once."""
    try:
        with raw.transaction():
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            found = version(raw, address.label)  # again, now that no other process can be at it
            if found == 0:
                _create(raw, epoch)
            for step in _steps(found, MIGRATIONS):
                raw.execute(step.read_bytes())
            raw.execute(queries()["set_version"], {"version": VERSION})
    except psycopg.Error as problem:
        raise translated(problem, address.label) from problem


def _create(raw: Raw, epoch: str) -> None:
    raw.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    raw.execute(schema().encode())
    raw.execute(queries()["set_epoch"], (epoch,))
    raw.execute(queries()["set_place"], ())


def _steps(found: int, folder: Path) -> list[Path]:
    """Return the numbered steps that lead from a version to this one; none from 0."""
    steps = {int(step.name[:4]): step for step in folder.glob("[0-9][0-9][0-9][0-9]_*.sql")}
    return [steps[number] for number in range(found + 1, VERSION + 1)] if found else []
