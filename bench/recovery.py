"""How soon a kill, or a clock that was set, is made good; published, and asserted by no test.

    python bench/recovery.py [--trials 10] [--json tests/faults/results/times.json]

Real daemons on one sandbox, on SQLite and on PostgreSQL. One of two is killed in mid-call: how long
until the other one looks, on the same host, and on another one, which cannot see that it is gone
and waits for its lease? The clock is set under a daemon that waits: how late is what is due next?
Ten trials on each store take ten minutes, four of them for three leases across two hosts.
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

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from cmctl.testing.sandbox import Fault, FaultKind
from faults import adapters
from faults.clock import SharedClock
from faults.engines import Engine, PostgreSql, Sqlite
from faults.processes import daemon, ended_in_time, fork, import_all
from faults.progress import Progress
from faults.scheduler import Orders
from faults.site import Site

ACCOUNTS = {"one": "sandbox", "two": "sandbox"}
#: A call takes so long that a kill surely meets it.
FAR = Fault(kind=FaultKind.LATENCY, count=0, seconds=1.5)
LONGEST = 120.0
#: A file is seen within five seconds.
SEEN = timedelta(seconds=8)
#: So many wait for a lease of a minute.
ACROSS = 3


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + LONGEST
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"it did not come to pass: {what}")
        time.sleep(0.02)


class Trials:
    """One site, and daemons on it that nothing but the measurement touches."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self._site = Site(root, SharedClock(), accounts=ACCOUNTS, store=engine.address)
        self._engine = engine
        self._number = 0
        self._dice = random.Random(1)

    def close(self) -> None:
        """End the network, and the server of the store."""
        self._site.stop_network()
        self._engine.close()

    def reconciled(self, *hosts: str) -> float:
        """Kill one of two daemons in mid-call; return after how many seconds the other looks."""
        site = self._site
        site.end_faults()
        site.fault(FAR)
        self._plan(timedelta(seconds=self._dice.uniform(6, 10)))  # at any time between two looks
        progress = [Progress(), Progress()]
        named = zip(progress, hosts or ("", ""), strict=True)
        pids = [self._hire(one, host) for one, host in named]
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
        self._engine.set_clock(site.clock.away)
        before = self._sent()
        due = (site.clock.now() + SEEN).replace(microsecond=0)
        self._plan(SEEN)
        until(lambda: self._sent() > before, "a post")
        late = (site.clock.now() - due).total_seconds()
        self._dismiss(pid)
        return late

    def _plan(self, ahead: timedelta) -> None:
        self._number += 1
        self._site.plan(self._number, 1, 0, self._dice, ahead=ahead)

    def _hire(self, progress: Progress, host: str = "") -> int:
        site = self._site
        return fork(lambda: daemon(site.config, site.clock, Orders(), progress, host), site.log)

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


def measure(trials: Trials, store: str, count: int) -> dict[str, dict[str, float]]:
    """Measure everything on one store, and tell each time as it is had."""
    hour, half = timedelta(hours=1), max(1, count // 2)
    work: dict[str, tuple[int, Callable[[], float]]] = {
        "from a kill to the first look, one host": (count, trials.reconciled),
        "late after the clock is set back 1 h": (half, lambda: trials.late(-hour)),
        "late after the clock is set on 1 h": (half, lambda: trials.late(hour)),
    }
    if store == "PostgreSQL":
        across = "from a kill to the first look, another host"
        work[across] = min(ACROSS, count), lambda: trials.reconciled("here", "there")
    times = {}
    for what, (often, once) in work.items():
        name = f"seconds {what}, {store}"
        times[name] = spread([_told(name, once()) for _ in range(often)])
    return times


def _told(name: str, seconds: float) -> float:
    sys.stderr.write(f"{name}: {seconds:.2f}\n")
    return seconds


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    import_all()
    gc.freeze()
    times = {}
    with tempfile.TemporaryDirectory(prefix="cmctl-times-") as scratch:
        root = Path(scratch)
        root.chmod(0o755)  # a database of root's is another user's, who must reach it
        adapters.install(root / "plugins")
        sys.path.insert(0, str(root / "plugins"))
        for store, engine in (
            ("SQLite", Sqlite(root / "sqlite/workspace/.cmctl/cmctl.db")),
            ("PostgreSQL", PostgreSql(root / "server")),
        ):
            trials = Trials(root / store.lower(), engine)
            try:
                times |= measure(trials, store, asked.trials)
            finally:
                trials.close()
    text = json.dumps(times, indent=1)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
