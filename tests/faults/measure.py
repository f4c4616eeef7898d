"""How soon a kill, or a clock that was set, is made good; published, and asserted by no test.

cd tests && python -m faults.measure --trials 20 --json times.json
"""

import argparse
import gc
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cmctl.testing.sandbox import Fault, FaultKind
from faults import adapters
from faults.clock import SharedClock
from faults.processes import daemon, ended_in_time, fork, import_all
from faults.progress import Progress
from faults.scheduler import Orders
from faults.site import Site

ACCOUNTS = {"one": "sandbox", "two": "sandbox"}
#: A call takes so long that a kill surely meets it.
FAR = Fault(kind=FaultKind.LATENCY, count=0, seconds=1.5)
LONGEST = 60.0


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + LONGEST
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"it did not come to pass: {what}")
        time.sleep(0.02)


class Trials:
    """One site, and daemons on it that nothing but the measurement touches."""

    def __init__(self, root: Path) -> None:
        self._site = Site(root, SharedClock(), accounts=ACCOUNTS)
        self._number = 0
        self._dice = random.Random(1)

    def close(self) -> None:
        """End the network."""
        self._site.stop_network()

    def reconciled(self) -> float:
        """Kill one of two daemons in mid-call; return after how many seconds another looks."""
        site = self._site
        site.end_faults()
        site.fault(FAR)
        self._plan(timedelta())
        progress = [Progress(), Progress()]
        pids = [self._hire(one) for one in progress]
        until(lambda: any(one.is_calling for one in progress), "a call")
        victim = 0 if progress[0].is_calling else 1
        newest = self._newest()
        killed = site.clock.now()
        os.kill(pids[victim], signal.SIGKILL)
        os.waitpid(pids[victim], 0)
        until(lambda: self._looked(newest) is not None, "a look")
        looked = self._looked(newest) or killed
        self._dismiss(pids[1 - victim])
        return (looked - killed).total_seconds()

    def late(self, by: timedelta) -> float:
        """Set the clock under a daemon; return how many seconds late the next delivery leaves."""
        site = self._site
        site.end_faults()
        pid = self._hire(Progress())
        time.sleep(1.5)  # it waits for nothing
        site.clock.step(by)
        before = self._sent()
        # Past the five seconds within which a file is seen.
        due = (site.clock.now() + timedelta(seconds=12)).replace(microsecond=0)
        self._plan(timedelta(seconds=12))
        until(lambda: self._sent() > before, "a post")
        late = (site.clock.now() - due).total_seconds()
        self._dismiss(pid)
        return late

    def _plan(self, ahead: timedelta) -> None:
        self._number += 1
        self._site.plan(self._number, 1, 0, self._dice, ahead=ahead)

    def _hire(self, progress: Progress) -> int:
        site = self._site
        return fork(lambda: daemon(site.config, site.clock, Orders(), progress), site.log)

    def _dismiss(self, pid: int) -> None:
        os.kill(pid, signal.SIGTERM)
        if ended_in_time(pid, LONGEST) is None:
            raise SystemExit("a daemon does not end")

    def _newest(self) -> int:
        return max((one.id for one in self._site.ask(lambda store: store.events())), default=0)

    def _looked(self, after: int) -> datetime | None:
        events = self._site.ask(lambda store: store.events(limit=20))
        return next((one.at for one in events if one.id > after and one.kind == "doubt"), None)

    def _sent(self) -> int:
        self._site.witness.look()
        return sum(map(len, self._site.witness.copies.values()))


def spread(seconds: list[float]) -> dict[str, float]:
    """Return what is published of a list of times."""
    return {
        "trials": len(seconds),
        "median": round(statistics.median(seconds), 2),
        "longest": round(max(seconds), 2),
    }


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    import_all()
    gc.freeze()
    with tempfile.TemporaryDirectory(prefix="cmctl-times-") as scratch:
        adapters.install(Path(scratch) / "plugins")
        sys.path.insert(0, str(Path(scratch) / "plugins"))
        trials = Trials(Path(scratch) / "site")
        try:
            times = {
                "seconds from a kill to the first look, one host": spread(
                    [trials.reconciled() for _ in range(asked.trials)]
                ),
                "seconds late after the clock is set back 1 h": spread(
                    [trials.late(timedelta(hours=-1)) for _ in range(max(1, asked.trials // 2))]
                ),
                "seconds late after the clock is set on 1 h": spread(
                    [trials.late(timedelta(hours=1)) for _ in range(max(1, asked.trials // 2))]
                ),
            }
        finally:
            trials.close()
    text = json.dumps(times, indent=1)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
