"""The composition root: the only reader of the clock and of the environment.

Everything below gets what it needs as arguments; the demo and the tests hand in another `Machine`.
Heavy modules are imported where they are used: a listing pays for none of them.
"""

import os
import pwd
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cmctl.core.errors import CmctlError, UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from cmctl.app.adapters import Adapters
    from cmctl.app.context import Context
    from cmctl.app.publishing.points import Reach
    from cmctl.app.renewing import Right
    from cmctl.config.load import LoadedSettings
    from cmctl.core.model import Problem
    from cmctl.core.settings import Settings
    from cmctl.store.base import Store
    from cmctl.store.copying.tables import Place
    from cmctl.store.listing import Listings

CONFIG = "config.yaml"
#: The space of pids that a machine boots with: PROC_PID_INIT_INO in Linux's proc_ns.h.
_FIRST_SPACE = "pid:[4026531836]"


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
        return f"{self.host}/{os.getpid()}/{_start_of(os.getpid())}-{_kernel()}"

    def person(self) -> str:
        """Return who runs the program, as `name@host`: whose word a decision was."""
        try:
            name = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:  # a container's user needs no name
            name = str(os.getuid())
        return f"{name}@{self.host}"

    def is_alive(self, worker: str) -> bool:
        """Tell whether a worker can still be at work; True of elsewhere, where nobody can know."""
        host, pid, began = worker.rsplit("/", 2)
        start, _, kernel = began.partition("-")
        if (host, kernel) != (self.host, _kernel()):
            return True
        found = _start_of(int(pid))
        return start == found or (not found and _is_hidden(int(pid)))


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


# --- the workspace -------------------------------------------------------------------------------


def locate(machine: Machine, *, directory: str = "", config: str = "") -> Path:
    """Return the workspace's configuration file, absolute.

    In this order: `config`, `directory`, the variable `CMCTL_WORKSPACE`, the nearest folder above.

    Raises:
        UsageError: there is none, or both are named.
    """
    if config and directory:
        message = "-C and --config both say where the workspace is"
        raise UsageError(message, hint="give one of them")
    if config:
        return _existing(machine.directory / config, "--config")
    if named := directory or machine.environment.get("CMCTL_WORKSPACE", ""):
        source = "-C" if directory else "CMCTL_WORKSPACE"
        return _existing(machine.directory / named / CONFIG, source)
    here = machine.directory.absolute()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file():
            return folder / CONFIG
    message = f"no {CONFIG} in {here} or any folder above it"
    raise UsageError(message, hint="cmctl init makes a workspace here; -C DIR names another")


def _existing(path: Path, source: str) -> Path:
    if path.is_file():
        return path.resolve()
    message = f"{source}: there is no file {path}"
    raise UsageError(message, hint="cmctl init makes a workspace")


class InvalidConfigError(CmctlError):
    """The configuration has errors; nothing can be done with it."""

    def __init__(self, problems: "Sequence[Problem]") -> None:
        """`problems` are all of them, warnings too."""
        first = next(one for one in problems if one.severity == "error")
        more = len(problems) - 1
        also = f" (and {more} more: cmctl check)" if more else ""
        super().__init__(first.message + also, hint=first.fix, place=first.place)
        self.problems = problems


class Workspace:
    """One workspace, its parts made when they are first asked for; a context manager."""

    def __init__(
        self,
        machine: Machine,
        config: Path,
        *,
        read_only: bool = False,
        renews: bool = True,
        reach: "Reach | None" = None,
    ) -> None:
        """With `read_only` neither store nor cache is written.

        Without `renews` no token is renewed either: a dry run changes nothing anywhere.
        """
        self.machine = machine
        self.config = config
        self.read_only = read_only
        self._renews = renews
        self._reach = reach
        self._exit = ExitStack()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything that was opened."""
        self._exit.close()

    def onlooker(self) -> "Workspace":
        """Let go, and return the same workspace read only; it is closed with this one."""
        self.close()
        return self._exit.enter_context(Workspace(self.machine, self.config, read_only=True))

    @cached_property
    def loaded(self) -> "LoadedSettings":
        """The configuration as it was read, with its problems."""
        from cmctl.config.load import load_settings  # noqa: PLC0415

        return load_settings(self.config, write_cache=not self.read_only)

    @property
    def settings(self) -> "Settings":
        """What the configuration says.

        Raises:
            InvalidConfigError: it has errors.
        """
        if self.loaded.settings is None:
            raise InvalidConfigError(self.loaded.problems)
        return self.loaded.settings

    @cached_property
    def store(self) -> "Store":
        """The facts; made where there are none yet, unless read only."""
        from cmctl.store.opening import open_store  # noqa: PLC0415

        store = open_store(
            self.settings.store,
            epoch=os.urandom(16).hex(),
            password=self.store_password,
            read_only=self.read_only,
        )
        self._exit.callback(store.close)
        if not self.read_only and self.settings.store_file:
            from cmctl.app.health.neighbours import remember  # noqa: PLC0415
            from cmctl.config.pointer import remember_store  # noqa: PLC0415

            remember_store(self.settings.root, self.settings.config, self.settings.store)
            remember(self.settings.store_file, self.settings.root / self.settings.config)
        return store

    def place(self, written: str) -> "Place":
        """Return a store, to be copied from or to, by what a person wrote: a path or an address.

        Raises:
            UsageError: it is neither, or holds a password.
        """
        from cmctl.store.opening import place  # noqa: PLC0415

        where, password = self._whereabouts(written)
        return place(where, password=password)

    def opened(self, written: str) -> "Store":
        """Return a store, to be looked at, by what a person wrote.

        Raises:
            UsageError: it is neither a path nor an address, or holds a password.
        """
        from cmctl.store.opening import open_store  # noqa: PLC0415

        where, password = self._whereabouts(written)
        store = open_store(where, epoch="", password=password, read_only=True)
        self._exit.callback(store.close)
        return store

    def _whereabouts(self, written: str) -> tuple[str, str]:
        """Return an address or an absolute path, from where the program was started; a password."""
        from cmctl.config.store_field import parse_place  # noqa: PLC0415
        from cmctl.config.wrong import Wrong  # noqa: PLC0415
        from cmctl.core.settings import is_database  # noqa: PLC0415

        try:
            where = parse_place(written)
        except Wrong as wrong:
            raise UsageError(wrong.message, hint=wrong.fix) from None
        if not is_database(where):
            return str(self.machine.directory.absolute() / where), ""
        return where, self.store_password if where == self.settings.store else ""

    def migrate_store(self) -> tuple[int, int]:
        """Bring the store up to date; return its version before and after."""
        from cmctl.store.opening import migrate  # noqa: PLC0415

        epoch, password = os.urandom(16).hex(), self.store_password
        return migrate(self.settings.store, epoch=epoch, password=password)

    @cached_property
    def store_password(self) -> str:
        """The password of the store's database; empty where the configuration names none.

        Raises:
            SecretError: the reference to it leads nowhere.
        """
        from cmctl.config.secrets import resolve_secret  # noqa: PLC0415

        reference = self.settings.store_password
        if not reference:
            return ""
        environment, root = self.machine.environment, self.settings.root
        return resolve_secret(reference, environment=environment, root=root).reveal()

    def listings(self) -> "Listings | None":
        """Return what listings read, where the store says what the files say now; else None.

        Opens no settings and writes nothing.
        """
        from cmctl.app.posts.fresh import stale, unchanged  # noqa: PLC0415
        from cmctl.config.pointer import known_store  # noqa: PLC0415
        from cmctl.config.scan import scan  # noqa: PLC0415
        from cmctl.store.errors import StoreError  # noqa: PLC0415
        from cmctl.store.sqlite.listings import open_listings  # noqa: PLC0415

        root = Path(os.path.realpath(self.config.parent))
        path = known_store(root, self.config.name)
        if path is None:
            return None
        found = open_listings(path)
        self._exit.callback(found.close)
        with suppress(StoreError):  # told by whoever opens it whole
            if unchanged(scan(root, self.config.name), found.sources()):
                return None if stale(found.taken_at(), self.machine.now()) else found
        return None

    @cached_property
    def adapters(self) -> "Adapters":
        """The channels, each opened when it is first asked for."""
        from cmctl.app.adapters import Adapters  # noqa: PLC0415
        from cmctl.app.renewing import alone  # noqa: PLC0415

        environment, now = self.machine.environment, self.machine.now
        may_write = not self.read_only
        right = _right(lambda: self.store, self.machine) if may_write else alone
        given = right if self._renews else None
        adapters = Adapters(self.settings, environment, now, may_write=may_write, right=given)
        self._exit.callback(adapters.close)
        return adapters

    @cached_property
    def context(self) -> "Context":
        """What the use cases work with."""
        from cmctl.app.children import for_children  # noqa: PLC0415
        from cmctl.app.context import Context  # noqa: PLC0415
        from cmctl.app.guard.judges import MOST  # noqa: PLC0415
        from cmctl.app.guard.meaning import installed  # noqa: PLC0415
        from cmctl.app.publishing.journal import Journal  # noqa: PLC0415
        from cmctl.app.publishing.points import nothing  # noqa: PLC0415

        worker = self.machine.worker()
        journal = Journal(self.settings.home / "journal", worker)
        self._exit.callback(journal.close)
        return Context(
            settings=self.settings,
            store=self.store,
            channels=self.adapters,
            now=self.machine.now,
            worker=worker,
            alive=self.machine.is_alive,
            children=for_children(self.settings, self.machine.environment),
            journal=journal,
            wait=self.machine.wait,
            encoder=installed(),
            helpers=min(MOST, processors() - 1),
            reach=self._reach or nothing,
        )

    def reloaded(self, ctx: "Context") -> "Context":
        """Return `ctx` with the configuration, and the secrets, as they are now.

        Store and journal are the same: a daemon must not lose the receipts that it keeps.

        Raises:
            CmctlError: the configuration has errors, or names another store.
        """
        from cmctl.app.adapters import Adapters  # noqa: PLC0415
        from cmctl.app.children import for_children  # noqa: PLC0415

        settings = Workspace(self.machine, self.config).settings
        if settings.store != ctx.settings.store:
            message = f"`store` is another one now; {ctx.settings.store} is in use"
            raise CmctlError(message, hint="start the daemon again")
        machine = self.machine
        right = _right(lambda: ctx.store, machine)
        channels = Adapters(settings, machine.environment, machine.now, may_write=True, right=right)
        from dataclasses import replace  # noqa: PLC0415 - as Machine says

        children = for_children(settings, self.machine.environment)
        return replace(ctx, settings=settings, channels=channels, children=children)


def _right(store: "Callable[[], Store]", machine: Machine) -> "Right":
    """Return what takes the right to renew a token in a store, opened when it is needed."""
    from cmctl.app.renewing import shared  # noqa: PLC0415
    from cmctl.app.rights import Worker  # noqa: PLC0415

    return shared(store, Worker(machine.worker(), machine.is_alive, machine.now))


def processors() -> int:
    """Return how many processors this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def random_text() -> str:
    """Return 256 random bits as hexadecimal digits."""
    return os.urandom(32).hex()


# --- who we are ----------------------------------------------------------------------------------


def _is_hidden(pid: int) -> bool:
    """Tell whether a process lives that we may not look at: another user's, under hidepid."""
    if Path(f"/proc/{pid}/stat").exists():
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except ProcessLookupError:
        pass
    return False


@cache
def _kernel() -> str:
    """Return 8 hex digits that tell where a pid means something: this machine, or this container.

    Two of one name are told apart, or each would take the other's living workers for dead. A
    machine's own id outlives its boots, see machine-id(5); a container often has that of its image,
    and is told by the boot and its space of pids, see pid_namespaces(7).
    """
    from zlib import crc32  # noqa: PLC0415 - a listing claims nothing

    space = ""
    with suppress(OSError):
        space = str(Path("/proc/self/ns/pid").readlink())
    of_boot = "/proc/sys/kernel/random/boot_id"
    own = "/etc/machine-id" if space in ("", _FIRST_SPACE) else of_boot
    with suppress(OSError):
        space += Path(own).read_text(encoding="ascii", errors="replace")
    return f"{crc32(space.encode()):08x}"


def _start_of(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; empty where there is none.

    Where there is no /proc, 0 stands for any living process: then a pid that is used again by
    another program keeps a dead worker's claims until their lease is over.
    """
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return ""
        # proc(5): state and start time are fields 3 and 22, counted after the name, which may
        # hold spaces and brackets. A zombie works no more.
        fields = stat.rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "0"
