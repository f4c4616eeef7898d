"""Connections to the server: who we are to it, and how long we wait for it."""

from typing import NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumper

from cmctl.store.errors import StoreError
from cmctl.store.postgres.errors import refused

Raw = psycopg.Connection[tuple[object, ...]]

#: All tables stand in a schema of our own, beside whatever else is in the database.
SCHEMA = "cmctl"
#: Seconds to wait for the server, for a lock, and for a client that is stopped or cut off while it
#: holds locks.
PATIENCE = 10
_IDLE_IN_TRANSACTION = 10
_SETTINGS = {
    "search_path": SCHEMA,
    "lock_timeout": f"{PATIENCE}s",
    "idle_in_transaction_session_timeout": f"{_IDLE_IN_TRANSACTION}s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "timezone": "UTC",
    "jit": "off",
}


class _Text(StrDumper):
    """Text without the one character that PostgreSQL cannot keep."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\0", "\ufffd"))


class Address(NamedTuple):
    """Where the database is; a password stands apart, and never in a message."""

    url: str
    password: str = ""

    @property
    def label(self) -> str:
        """What a person may read: host, port and database."""
        parts = conninfo_to_dict(self.url)
        port = f":{parts['port']}" if parts.get("port") else ""
        return f"postgresql://{parts.get('host', '')}{port}/{parts.get('dbname', '')}"

    def connect(self, *, read_only: bool = False) -> Raw:
        """Return a new connection, each statement of it a transaction of its own.

        Raises:
            StoreError: the server cannot be reached, or does not let us in.
        """
        try:
            raw = psycopg.connect(self._whole(), autocommit=True)
            _prepare(raw, read_only=read_only)
        except psycopg.Error as problem:
            raise refused(problem, self.label) from None  # its frames know the password
        except OSError as problem:  # psycopg opens a descriptor of its own to wait for libpq's
            message = f"the store {self.label} cannot be reached: {problem.strerror}"
            raise StoreError(message, hint="cmctl doctor says more") from None
        return raw

    def _whole(self) -> str:
        secret = {"password": self.password} if self.password else {}
        # A server that is cut off is noticed within the patience, not after hours.
        return make_conninfo(
            self.url,
            application_name="cmctl",
            connect_timeout=PATIENCE,
            keepalives_idle=5,
            keepalives_interval=5,
            keepalives_count=2,
            tcp_user_timeout=PATIENCE * 1000,
            **secret,
        )


def _prepare(raw: Raw, *, read_only: bool) -> None:
    raw.adapters.register_dumper(str, _Text)
    # One type for all: a plan for each size of a number would be made again and again.
    raw.adapters.register_dumper(int, Int8Dumper)
    wanted = _SETTINGS | ({"default_transaction_read_only": "on"} if read_only else {})
    ours = ", ".join("set_config(%s, %s, false)" for _ in wanted)
    raw.execute(f"SELECT {ours}", [word for pair in wanted.items() for word in pair])
    # A commit is on the disk when it returns, whatever the server was set to; remote_apply and its
    # like promise more, and stay.
    raw.execute(
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'"
    )
