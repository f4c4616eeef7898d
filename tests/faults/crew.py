"""The workers of a campaign, and what is done to them."""

import os
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cmctl.core.model import State
from faults.processes import AWAY, daemon, ended_in_time, fork, state_of
from faults.progress import Progress
from faults.scheduler import Orders, orders
from faults.site import Site

#: Seconds that a kill waits for a worker in mid-call.
PATIENCE = 0.7


class Worker(NamedTuple):
    """What is known of a daemon that runs."""

    orders: Orders
    progress: Progress


class Crew:
    """Daemons of one workspace; whoever dies is replaced."""

    def __init__(self, site: Site, size: int, dice: random.Random) -> None:
        self._site = site
        #: Those that met a store that was away; who had not begun may end for it.
        self._excused: set[int] = set()
        self._dice = dice
        self._workers: dict[int, Worker] = {}
        self._stopped: set[int] = set()
        #: Open files that each may have.
        self._most = resource.getrlimit(resource.RLIMIT_NOFILE)
        #: What each kill met: a named point, or the state of what the worker had in its hands.
        self.kills: Counter[str] = Counter()
        self.problems: list[str] = []
        for _ in range(size):
            self.hire()

    @property
    def pids(self) -> list[int]:
        """Who works, in the order of their beginning."""
        return list(self._workers)

    def hire(self) -> int:
        """Start a daemon that may kill itself somewhere; return its pid."""
        given, progress, site = orders(self._dice), Progress(), self._site
        pid = fork(lambda: daemon(site.config, site.clock, given, progress), site.log)
        self._workers[pid] = Worker(given, progress)
        return pid

    def replace_the_dead(self) -> None:
        """Count who killed itself at its point, and start another for it."""
        for pid in self.pids:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                self._buried(pid, os.waitstatus_to_exitcode(status))
                self.hire()

    def kill(self, number: int) -> None:
        """End one with SIGKILL, if possible in mid-call, and start another for it."""
        pid = self._calling() or self.pids[number % len(self.pids)]
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        del self._workers[pid]
        self._stopped.discard(pid)
        self.kills[self._met(pid)] += 1
        self.hire()

    def _calling(self) -> int | None:
        """Wait a little for one that has called the network; return its pid."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for pid, worker in self._workers.items():
                if worker.progress.is_calling and pid not in self._stopped:
                    return pid
            time.sleep(0.002)
        return None

    def pause(self, number: int) -> int:
        """Stop one as a suspended machine would; return its pid."""
        pid = self.pids[number % len(self.pids)]
        os.kill(pid, signal.SIGSTOP)
        self._stopped.add(pid)
        return pid

    def resume(self, pid: int) -> None:
        """Let it go on, where it was not killed meanwhile."""
        if pid in self._stopped:
            self._stopped.discard(pid)
            os.kill(pid, signal.SIGCONT)

    def end(self, number: int) -> None:
        """End one as an update of the program does, and start another for it."""
        self._end([self.pids[number % len(self.pids)]])
        self.hire()

    def excuse(self) -> None:
        """Note that the store was away: who was only beginning then could not."""
        self._excused.update(self._workers)

    def limit(self, size: int) -> None:
        """Let no file of theirs grow beyond so many bytes."""
        for pid in self.pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def starve(self) -> None:
        """Let each that is at work open no file beyond those that it has, and no connection."""
        for pid in [pid for pid, worker in self._workers.items() if worker.progress.has_begun]:
            used = {int(one.name) for one in Path(f"/proc/{pid}/fd").iterdir()}
            free = min(set(range(len(used) + 1)) - used)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, self._most[1]))

    def feed(self) -> None:
        """Let them open files again."""
        for pid in self.pids:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, self._most)

    def dismiss(self) -> None:
        """End all; who does not end well is a violation."""
        self.limit(resource.RLIM_INFINITY)
        for pid in list(self._stopped):
            self.resume(pid)
        self._end(self.pids)

    def _end(self, pids: Sequence[int]) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        for pid in pids:
            status = ended_in_time(pid, 120)
            if status is None:
                self.problems.append(f"daemon {pid} does not end ({state_of(pid)})")
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            self._buried(pid, 0 if status is None else status)

    def _buried(self, pid: int, status: int) -> None:
        given = self._workers.pop(pid).orders
        self._stopped.discard(pid)
        if status == -signal.SIGKILL and given.point is not None:
            self.kills[f"at the point {given.point}"] += 1
        elif not self._is_well(pid, status):
            self.problems.append(f"daemon {pid} ended with {status}")

    def _is_well(self, pid: int, status: int) -> bool:
        """Tell whether an end needs no explanation; by SIGTERM: before it began to listen."""
        return status in {0, -signal.SIGTERM} or (status == AWAY and pid in self._excused)

    def _met(self, pid: int) -> str:
        held = {
            one.state
            for one in self._site.ask(lambda store: store.in_flight())
            if one.owner.split("/")[-2:-1] == [str(pid)]
        }
        if State.SENDING in held:
            return "at random, while sending"
        return "at random, claimed" if held else "at random, nothing in hand"
