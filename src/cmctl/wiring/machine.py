"""What the process gets from the machine it runs on: time, environment, its own name."""

import os
import pwd
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cmctl.wiring.processes import is_hidden, kernel, start_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Machine(NamedTuple):
    """What the process gets from the machine it runs on."""

    # A tuple: a dataclass would cost every start the import of `dataclasses`.
    #: The time now, aware, whole milliseconds.
    now: Callable[[], datetime] = _now
    #: Waits some seconds.
    wait: Callable[[float], None] = time.sleep
    environment: Mapping[str, str] = os.environ
    #: Where the program was started.
    directory: Path = Path()
    #: The program itself, as a service or cron calls it; not resolved, for it may be a link.
    program: Path = Path(sys.executable).with_name("cmctl")
    #: The name by which other machines know it.
    host: str = os.uname().nodename

    def worker(self) -> str:
        """Return `host/pid/start`: names this process for ever, also after its pid is used again.

        In `start` is what tells this machine, or container, from another one of its name.
        """
        return f"{self.host}/{os.getpid()}/{start_of(os.getpid())}-{kernel()}"

    def person(self) -> str:
        """Return who runs the program, as `name@host`: whose word a decision was."""
        try:
            name = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:  # a container's user needs no name
            name = str(os.getuid())
        return f"{name}@{self.host}"

    def is_alive(self, worker: str) -> bool:
        """Tell whether a worker can still be at work; True where nobody knows, as of elsewhere."""
        host, pid, began = worker.rsplit("/", 2)
        start, _, where = began.partition("-")
        try:
            if (host, where) != (self.host, kernel()):
                return True
            found = start_of(int(pid))
        except OSError:  # out of file descriptors: a living worker must not be taken for dead
            return True
        return start == found or (not found and is_hidden(int(pid)))


def local_zone(machine: Machine) -> "ZoneInfo":
    """Return the machine's own zone by its IANA name; UTC where it has none.

    `TZ` names it, or the link /etc/localtime does, see localtime(5).
    """
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - most runs show times of clients

    link = os.path.realpath("/etc/localtime")
    for name in (machine.environment.get("TZ", "").lstrip(":"), link.partition("zoneinfo/")[2]):
        with suppress(KeyError, ValueError, OSError):  # no such zone, or no name at all
            return ZoneInfo(name)
    return ZoneInfo("UTC")


def processors() -> int:
    """Return how many processors this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def random_text() -> str:
    """Return 256 random bits as hexadecimal digits."""
    return os.urandom(32).hex()
