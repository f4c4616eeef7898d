"""Which processes live, and on which machine a pid means them."""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

#: The space of pids that a machine boots with: PROC_PID_INIT_INO in Linux's proc_ns.h.
_FIRST_SPACE = "pid:[4026531836]"


def start_of(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; empty where there is none.

    Raises:
        OSError: nobody can know now, as where this process has no file descriptor left.

    Where there is no /proc, 0 stands for any living process: then a pid that is used again by
    another program keeps a dead worker's claims until their lease is over.
    """
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
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


def is_hidden(pid: int) -> bool:
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
def kernel() -> str:
    """Return 8 hex digits that tell where a pid means something: this machine, or this container.

    Two of one name are told apart, or each would take the other's living workers for dead. A
    machine's own id outlives its boots, see machine-id(5); a container often has that of its image,
    and is told by the boot and its space of pids, see pid_namespaces(7).

    Raises:
        OSError: nobody can know now: a wrong name would keep this process's claims after its end.
    """
    from zlib import crc32  # noqa: PLC0415 - a listing claims nothing

    space = ""
    with suppress(FileNotFoundError, PermissionError):
        space = str(Path("/proc/self/ns/pid").readlink())
    of_boot = "/proc/sys/kernel/random/boot_id"
    own = "/etc/machine-id" if space in ("", _FIRST_SPACE) else of_boot
    with suppress(FileNotFoundError, PermissionError):
        space += Path(own).read_text(encoding="ascii", errors="replace")
    return f"{crc32(space.encode()):08x}"
