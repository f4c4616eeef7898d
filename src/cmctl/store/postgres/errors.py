"""What PostgreSQL says, in sentences that name what to do."""

import psycopg
from psycopg import errors

from cmctl.store.errors import StoreBusyError, StoreDamagedError, StoreError

_HINTS: tuple[tuple[type[psycopg.Error], type[StoreError], str, str], ...] = (
    (
        errors.LockNotAvailable,
        StoreBusyError,
        "another program holds a lock",
        "end what else works in this database (a migration, a shell), then try again",
    ),
    (
        errors.DiskFull,
        StoreError,
        "the server's disk is full",
        "free some space on it; nothing of this change was written",
    ),
    (
        errors.ReadOnlySqlTransaction,
        StoreError,
        "it may only be read",
        "name the primary server with `store` in config.yaml, not a replica",
    ),
    (
        errors.InsufficientPrivilege,
        StoreError,
        "this user may not do that",
        "give the user of `store` the right to create a schema, or to use the one of cmctl",
    ),
    (
        errors.DataCorrupted,
        StoreDamagedError,
        "it is damaged",
        "restore the last backup of the database",
    ),
    (
        errors.IndexCorrupted,
        StoreDamagedError,
        "an index of it is damaged",
        "REINDEX the database, then cmctl store verify",
    ),
    (
        errors.TooManyConnections,
        StoreBusyError,
        "the server takes no more connections",
        "raise max_connections; each daemon needs ten",
    ),
    (
        psycopg.OperationalError,
        StoreError,
        "the server does not answer as it should",
        "look whether it runs and lets this user in: `store` in config.yaml names it",
    ),
)


def translated(problem: psycopg.Error, label: str) -> StoreError:
    """Return the error of the contract that tells what the database called `label` said."""
    for kind, ours, sentence, hint in _HINTS:
        if isinstance(problem, kind):
            return ours(f"the store {label}: {sentence} ({_said(problem)})", hint=hint)
    return StoreError(f"the store {label}: {_said(problem)}", hint="cmctl doctor says more")


def refused(problem: psycopg.Error, label: str) -> StoreError:
    """Return the error that tells why there is no connection to the database called `label`."""
    if problem.sqlstate is not None or not isinstance(problem, psycopg.OperationalError):
        return translated(problem, label)
    if problem.pgconn is not None and problem.pgconn.needs_password:
        message = f"the store {label}: the server asks for a password, and none is given"
        hint = "name it by `store: {url: ..., password: env:NAME}`, or in a PGPASSFILE"
        return StoreError(message, hint=hint)
    message = f"the store {label} cannot be reached, or does not let us in ({_said(problem)})"
    hint = "look whether it runs, and at user, password and database in `store` of config.yaml"
    return StoreError(message, hint=hint)


def _said(problem: psycopg.Error) -> str:
    """Return the server's own sentence, on one line; libpq adds more lines for shells."""
    said = problem.diag.message_primary or str(problem)
    return " ".join(said.split())
