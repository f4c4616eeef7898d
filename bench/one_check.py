"""Check one text in a store that is there: `python bench/one_check.py STORE CHANNEL DAYS`.

Prints how many MiB the process took; run by guarding.py, which counts the whole process.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cmctl.app.guard.corpus import corpus
from cmctl.app.guard.meaning import judged
from cmctl.core.model import Seen
from cmctl.core.settings import GuardPolicy
from cmctl.store.sqlite import open_store

NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
TEXT = "Notre nouvel entrepôt ouvre à Rennes le 1er février : 12 000 m² et 45 emplois !"


def main() -> None:
    """Check, and tell the memory."""
    store = open_store(Path(sys.argv[1]), epoch="", read_only=True)
    ours = Seen(source="queue", ref="0", text=TEXT, at=NOW)
    window = timedelta(days=int(sys.argv[3]))
    others, _ = corpus(store, sys.argv[2], ours, window)
    judged(None, ours, others, GuardPolicy(window=window))
    store.close()
    print(most_mib())


def most_mib() -> int:
    """Return the most memory that this program had; its parent's does not count, as in getrusage.

    proc(5): VmHWM, in KiB.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) >> 10
    return 0


if __name__ == "__main__":
    main()
