"""Open a store's file: make it, bring it up to date, or refuse it in words and leave it alone."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

from cmctl.store.errors import StoreError, StoreNewerError
from cmctl.store.sqlite.errors import translated
from cmctl.store.sqlite.mounts import MOUNTS, network_share
from cmctl.store.sqlite.sql import HERE, queries, schema, statements

#: In the head of every store of ours ("cmct"), so that another program's file is told.
APPLICATION = 0x636D6374
#: The version of `schema.sql`; `migrations/0002_what.sql` leads from 1 to 2.
VERSION = 1
MIGRATIONS = HERE / "migrations"

#: Seconds to wait for a lock that another process holds.
PATIENCE = 10.0
_TURN = 0.02
_READER_KIB = 512
_WRITER_KIB = 4096
_WAL_BYTES = 64 << 20
#: What is written again and again meanwhile goes into the file itself once.
_CHECKPOINT_PAGES = 8000


def for_writing(path: Path) -> sqlite3.Connection:
    """Return the connection that commits: every commit is on the disk when it returns.

    Raises:
        sqlite3.Error: the file cannot be written.
        StoreError: its folder cannot hold a write-ahead log.
    """
    connection = _connect(path, "rw")
    _make_durable(connection, path)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_WRITER_KIB}")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    return connection


def for_reading(path: Path, *, mode: str = "rw") -> sqlite3.Connection:
    """Return a connection that only reads.

    Mode `rw` shares the write-ahead log with writers; `ro` writes nothing even to that;
    `immutable` asks nobody and is right only while no process writes.
    """
    return _reader(_connect(path, mode))


def empty() -> sqlite3.Connection:
    """Return a store in memory without a fact, for a dry run where no file is."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript(schema())
    connection.execute(f"PRAGMA user_version = {VERSION}")
    return connection


def prepared(path: Path, epoch: str) -> sqlite3.Connection:
    """Make the file where none is, bring an older one up to date, and return a reader of it.

    Raises:
        StoreNewerError: a newer cmctl wrote it.
        StoreDamagedError: it is no database, or damaged.
        StoreError: another program wrote it, or it cannot be written.
    """
    with telling(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Empty: who made it was killed before its mode was set. Never a device's, /dev/null's.
        is_new = not path.exists() or (path.is_file() and path.stat().st_size == 0)
        connection = _connect(path, "rwc")
        try:
            found = version(connection, path)
            if is_new:
                # Texts before they are out: for its owner alone. SQLite gives the files beside it
                # the same mode. By name: to close a descriptor of ours would end SQLite's locks.
                path.chmod(0o600)
            if found != VERSION:
                _bring_up_to_date(connection, path, epoch)
        except BaseException:
            connection.close()
            raise
        return _reader(connection)


def found_at(path: Path) -> int:
    """Return the version of the file, 0 where there is none."""
    if not path.exists():
        return 0
    with telling(path), closing(_connect(path, "ro")) as connection:
        return version(connection, path)


def version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the schema in a file, 0 where nothing is in it yet.

    Raises:
        StoreNewerError: a newer cmctl wrote it.
        StoreError: another program wrote it.
    """
    found, application, is_empty = _head(connection)
    if application != APPLICATION:
        if is_empty:
            return 0
        message = f"the store {path} belongs to another program; it was left as it is"
        raise StoreError(message, hint="name another file with `store` in config.yaml")
    if found > VERSION:
        message = f"the store {path} is of version {found}; this cmctl knows up to {VERSION}"
        raise StoreNewerError(message, hint="install the newer cmctl again: pipx upgrade cmctl")
    return found


def _head(connection: sqlite3.Connection) -> tuple[int, int, bool]:
    """Return a file's version, whose it is, and whether nothing is in it.

    Read as one: another process may be making the store just now.
    """
    alone = not connection.in_transaction
    if alone:
        connection.execute("BEGIN")
    try:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        is_empty = connection.execute(queries()["empty"]).fetchone()[0]
    finally:
        if connection.in_transaction and alone:  # a full disk has ended it already
            connection.execute("ROLLBACK")
    return found, application, bool(is_empty)


def migrate(connection: sqlite3.Connection, found: int, wanted: int, folder: Path) -> None:
    """Run the numbered steps after `found` up to `wanted`, inside the caller's transaction."""
    steps = {int(step.name[:4]): step for step in folder.glob("[0-9][0-9][0-9][0-9]_*.sql")}
    for number in range(found + 1, wanted + 1):
        for statement in statements(steps[number].read_text(encoding="utf-8")):
            connection.execute(statement)


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn what SQLite or the system says about a file into the errors of the contract."""
    try:
        yield
    except sqlite3.Error as problem:
        raise translated(problem, str(path)) from problem
    except OSError as problem:
        message = f"the store {path} cannot be opened: {problem.strerror}"
        hint = "look at the rights of its folder, and at `store` in config.yaml"
        if in_the_way := _file_above(path):
            from shlex import quote  # noqa: PLC0415 - for this alone

            message = f"the store {path} cannot be opened: {in_the_way} is a file, not a folder"
            hint = f"move it away: mv {quote(str(in_the_way))} {quote(f'{in_the_way}.old')}"
        if problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
            hint = "look at its disk: df -h, df -i and dmesg say more"
        raise StoreError(message, hint=hint) from problem


def _file_above(path: Path) -> Path | None:
    """Return what is no folder among the folders of a path."""
    try:
        return next((one for one in path.parents if one.exists() and not one.is_dir()), None)
    except OSError:
        return None


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, epoch: str) -> None:
    _make_durable(connection, path)
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = version(connection, path)  # again, now that no other process can be at it
        if found == 0:
            _create(connection, epoch)
        else:
            migrate(connection, found, VERSION, MIGRATIONS)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _make_durable(connection: sqlite3.Connection, path: Path) -> None:
    mode = _write_ahead(connection)
    if mode != "wal":
        message = f"the store {path}: its folder cannot hold a write-ahead log (a network drive?)"
        raise StoreError(message, hint="name a file on a local disk with `store` in config.yaml")
    connection.execute("PRAGMA synchronous = FULL")


def refuse_share(path: Path) -> None:
    """Refuse a store to work with on a network share; a backup may well stand there.

    Raises:
        StoreError: it is on one.
    """
    if kind := network_share(path, MOUNTS):
        message = f"the store {path} is on a network share ({kind}), which SQLite does not support"
        hint = "name a file on a local disk with `store` in config.yaml; machines share PostgreSQL"
        raise StoreError(message, hint=hint)


def _write_ahead(connection: sqlite3.Connection) -> str:
    """Ask for a write-ahead log and return the mode that is had.

    SQLite does not wait here for others who make the same file just now: it says at once that the
    file is locked, whatever `timeout` is.
    """
    ends = monotonic() + PATIENCE
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > ends:
                raise
            sleep(_TURN)


def _create(connection: sqlite3.Connection, epoch: str) -> None:
    for statement in statements(schema()):
        connection.execute(statement)
    connection.execute(queries()["set_epoch"], (epoch,))
    connection.execute(f"PRAGMA application_id = {APPLICATION}")


def _reader(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{_READER_KIB}")
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    how = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    return sqlite3.connect(
        f"{address}?{how}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
