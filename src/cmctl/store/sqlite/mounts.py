"""Network shares, on which SQLite's write-ahead log does not hold between machines."""

import os
import re
from pathlib import Path

#: Of this process, see proc(5); there is none but on Linux.
MOUNTS = Path("/proc/self/mountinfo")
#: File systems that another machine may write at the same time.
SHARED = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "sshfs", "afs", "coda", "ncpfs"),
        *("ceph", "glusterfs", "lustre", "beegfs", "orangefs", "gpfs", "gfs2", "ocfs2"),
    )
)
_ESCAPED = re.compile(r"\\([0-7]{3})")


def network_share(path: Path, mounts: Path = MOUNTS) -> str:
    """Return the kind of network file system that a path is on; empty: none, or nobody knows.

    All who use a write-ahead log share memory, which two machines do not, and neither do they have
    one clock. See https://www.sqlite.org/wal.html: "WAL does not work over a network filesystem".
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    where, found, longest = Path(os.path.realpath(path)), "", -1
    for line in lines:
        before, _, after = line.partition(" - ")
        mounted = Path(_ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), before.split()[4]))
        # What is mounted over another one at the same place comes later.
        if where.is_relative_to(mounted) and len(mounted.parts) >= longest:
            found, longest = after.split()[0], len(mounted.parts)
    kind = found.removeprefix("fuse.")
    return kind if kind in SHARED else ""
