"""A real PostgreSQL on a socket in a folder of its own: started, stopped at once, started again."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def programs() -> Path:
    """Return the folder of the newest server that is installed.

    Raises:
        RuntimeError: there is none.
    """
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("[0-9]*/bin")  # where Debian keeps them
    newest = max(folders, key=lambda folder: int(folder.parent.name), default=None)
    if newest is None:
        message = "PostgreSQL is missing; install it: apt-get install postgresql"
        raise RuntimeError(message)
    return newest


#: Triggers are off meanwhile: the log is append-only.
CLEAR = """
SET session_replication_role = replica;
DO $$ DECLARE name TEXT; BEGIN
    FOR name IN SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = to_regnamespace('cmctl') AND relname <> 'meta' LOOP
        EXECUTE format('DELETE FROM cmctl.%I', name);
    END LOOP;
    IF to_regclass('cmctl.meta') IS NOT NULL THEN
        DELETE FROM cmctl.meta WHERE key NOT IN ('version', 'epoch', 'place');
    END IF;
END $$
"""


class Postgres:
    """One server; it refuses to run as root, so root's becomes that of `nobody`."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """Not `durable`: nothing is flushed to the disk, as tests need no power cut."""
        self.folder = folder
        self._data = folder / "data"
        self._user = "nobody" if os.getuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._options = f"-c listen_addresses='' -k {folder} -c max_connections=200"
        if not durable:
            self._options += " -F"
        self._run("initdb", "--auth=trust", "--no-sync", "-U", "cmctl", "-E", "UTF8", "-D", "data")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://cmctl@/{database}?host={self.folder}"

    def start(self) -> None:
        self._run("pg_ctl", "-w", "-l", "log", "-D", "data", "-o", self._options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it; `immediate` is as a crash: no goodbye to anybody, recovery at the next start."""
        self._run("pg_ctl", "-w", "-D", "data", "-m", how, "stop")

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def forget(self) -> None:
        """Take the store away, as if it had never been there."""
        self.execute("SET client_min_messages = error; DROP SCHEMA IF EXISTS cmctl CASCADE")

    def clear(self) -> None:
        """Take every row out of the store, which is much faster."""
        self.execute(CLEAR)

    def _run(self, program: str, *arguments: str) -> None:
        # Files, not pipes: a server that stays would keep a pipe open.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [str(programs() / program), *arguments],
                cwd=self.folder,
                user=self._user,
                extra_groups=[] if self._user else None,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                check=False,
            )
            if done.returncode:
                said.seek(0)
                log = self.folder / "log"
                more = log.read_text(errors="replace")[-2000:] if log.exists() else ""
                raise RuntimeError(f"{program}: {said.read().decode(errors='replace')}{more}")


@contextmanager
def running(*, durable: bool = False) -> Iterator[Postgres]:
    """A server that runs until the end."""
    # Not pytest's own folder: another user must reach it, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="cmctl-pg-"))
    folder.chmod(0o755)
    try:
        server = Postgres(folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
