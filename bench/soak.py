"""A daemon for an hour with something due all the time: is its memory flat, and all published once?

    python bench/soak.py [--minutes 60] [--clients 100] [--keep DIR]

The installed program, `cmctl daemon`, in a process of its own; each client has two accounts on a
sandbox, which is another process. For every tenth client the guard looks, as it does by default;
for the rest it is off, so that its computing does not set the pace of everything. The files are
rewritten all the time, as a person would who lives a year in an hour: what is settled is taken out,
what is due now is written down; the guard's window is so much shorter too. In the end the sandbox's
own record is held against the store. JSON on standard output, one line a sample on standard error.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from timelines import Author

from cmctl.core.model import Delivery, State
from cmctl.store.base import Query, Store
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace
from daemon import cpu, memory

#: Of each client.
ACCOUNTS = ("page", "news")
#: For every so many-th client the guard is on.
GUARDED = 10
#: A year in an hour: the 14 days within which the guard looks by default are 138 seconds of it.
WINDOW = "138s"
#: Posts that are written down at once for a client, when fewer than so many are open.
BATCH, FEW = 20, 8
#: Seconds between two looks at what is open, and between two samples.
FEED, SAMPLE = 4.0, 30.0
#: Seconds after which what is still open counts as stuck.
PATIENCE = 900.0
OPEN = frozenset({State.PLANNED, State.CLAIMED, State.SENDING, State.UNCERTAIN})


@dataclass(frozen=True)
class Sample:
    """What was seen of the daemon at one moment."""

    second: int
    published: int
    rss_mib: float
    open_files: int
    threads: int
    #: Bytes of the write-ahead log, in MiB.
    wal_mib: float
    #: Of a core, in percent, since the sample before.
    core_percent: float
    network_rss_mib: float
    load: float


class Feeder:
    """Writes the files of all clients, so that each has something due."""

    def __init__(self, root: Path, clients: int) -> None:
        self._root = root
        self._author = Author(7)
        self._texts: dict[str, dict[str, tuple[str, str]]] = {
            f"client-{n:03}": {} for n in range(clients)
        }
        #: How many posts were written down.
        self.written = 0

    def configure(self, url: str) -> None:
        """Write the configuration and the first posts."""
        clients = {
            client: {
                "name": client,
                "guard": {"enabled": number % GUARDED == 0, "window": WINDOW},
                "channels": {
                    name: {"network": "sandbox", "url": url, "account": f"{client}-{name}"}
                    for name in ACCOUNTS
                },
            }
            for number, client in enumerate(self._texts)
        }
        config = {"timezone": "Europe/Paris", "pace": "0s", "grace": "1d", "clients": clients}
        self._root.mkdir()
        (self._root / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
        for client in self._texts:
            self._rewrite(client, set())

    def feed(self, store: Store) -> None:
        """Rewrite the file of each client that has few open deliveries left."""
        # In this order: what is taken in meanwhile must not look as if it were settled.
        taken = [one for one in self._texts if self._is_taken_in(store, one)]
        left: dict[str, set[str]] = defaultdict(set)
        for delivery in store.deliveries(Query(states=OPEN)):
            left[delivery.client].add(delivery.key.post)
        for client in taken:
            if len(left[client]) < FEW:
                self._rewrite(client, left[client])

    def is_done(self, store: Store) -> bool:
        """Tell whether all that was written down is taken in, and nothing of it open."""
        taken = (self._is_taken_in(store, client) for client in self._texts)
        return all(taken) and not store.count(Query(states=OPEN))

    def _is_taken_in(self, store: Store, client: str) -> bool:
        """Tell whether the daemon has seen a client's file as it is, up to its last post."""
        last = [*self._texts[client]][-1]
        return store.count(Query(client=client, post=last)) == len(ACCOUNTS)

    def _rewrite(self, client: str, keep: set[str]) -> None:
        now = Machine().now().isoformat(timespec="seconds")
        posts = {post: said for post, said in self._texts[client].items() if post in keep}
        for _ in range(BATCH):
            posts[f"p{self.written}"] = (self._author.text()[:480], now)
            self.written += 1
        self._texts[client] = posts
        entries = [{"id": post, "text": text, "at": at} for post, (text, at) in posts.items()]
        file = self._root / "posts" / client / "posts.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(".part")
        part.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
        part.replace(file)


class Soak:
    """One daemon on one workspace, fed and looked at."""

    def __init__(self, root: Path, feeder: Feeder, daemon: int, network: int) -> None:
        self._root, self._feeder = root, feeder
        self._daemon, self._network = daemon, network
        self._began = time.monotonic()
        self._cpu = (self._began, 0.0)
        self.samples: list[Sample] = []

    def run(self, seconds: float) -> float:
        """Feed for so long, then wait until nothing is open; return how long it was fed."""
        with self._store() as store:
            while (passed := time.monotonic() - self._began) < seconds:
                self._feeder.feed(store)
                self._sample(store)
                time.sleep(FEED)
            end = time.monotonic() + PATIENCE
            while not self._feeder.is_done(store) and time.monotonic() < end:
                time.sleep(FEED)
        return passed

    @contextmanager
    def _store(self) -> Iterator[Store]:
        config = self._root / "config.yaml"
        while not (self._root / ".cmctl" / "cmctl.db").exists():
            time.sleep(0.2)
        with Workspace(Machine(environment={}), config, read_only=True) as workspace:
            yield workspace.store

    def _sample(self, store: Store) -> None:
        now = time.monotonic()
        if self.samples and now - self._began < self.samples[-1].second + SAMPLE:
            return
        proc, used = Path(f"/proc/{self._daemon}"), cpu(self._daemon)
        before, self._cpu = self._cpu, (now, used)
        wal = self._root / ".cmctl" / "cmctl.db-wal"
        sample = Sample(
            second=round(now - self._began),
            published=store.count(Query(states=frozenset({State.PUBLISHED}))),
            rss_mib=round(memory(self._daemon)["VmRSS"] / 1024, 1),
            open_files=len(list((proc / "fd").iterdir())),
            threads=len(list((proc / "task").iterdir())),
            wal_mib=round(wal.stat().st_size / 2**20, 1) if wal.exists() else 0.0,
            core_percent=round(100 * (used - before[1]) / max(now - before[0], 1)),
            network_rss_mib=round(memory(self._network)["VmRSS"] / 1024, 1),
            load=round(os.getloadavg()[0], 1),
        )
        self.samples.append(sample)
        print(json.dumps(asdict(sample)), file=sys.stderr, flush=True)

    def outcome(self, oracle: Path) -> dict[str, object]:
        """Hold what the network accepted against what is written down."""
        stands: Counter[tuple[str, str]] = Counter()
        for line in oracle.read_text(encoding="utf-8").splitlines():
            if line and (said := json.loads(line))["op"] == "post":
                stands[said["account"], said["key"]] += 1
        states: Counter[str] = Counter()
        lost = wrong = known = 0
        with self._store() as store:
            for delivery in store.deliveries(Query()):
                known += 1
                states[delivery.state] += 1
                copies = stands.pop((delivery.key.channel.replace("/", "-"), _key(delivery)), 0)
                lost += delivery.state is State.PUBLISHED and copies == 0
                wrong += delivery.state is not State.PUBLISHED and copies > 0
                states["doubled"] += copies > 1
            problems = len(store.verify())
        return {
            "posts_written": self._feeder.written,
            "deliveries": known,
            "never_planned": self._feeder.written * len(ACCOUNTS) - known,
            "states": {name: count for name, count in states.items() if name != "doubled"},
            "doubled": states["doubled"],
            "published_and_not_there": lost,
            "there_and_not_published": wrong,
            "of_nobody": sum(stands.values()),
            "wrong_in_the_store": problems,
        }


def _key(delivery: Delivery) -> str:
    return delivery.idempotency_key


def tenths(samples: Sequence[Sample], name: str) -> list[float]:
    """Return the median of one figure in each tenth of the time."""
    size = max(1, len(samples) // 10)
    parts = [samples[n : n + size] for n in range(0, size * 10, size)]
    return [statistics.median(getattr(one, name) for one in part) for part in parts if part]


@contextmanager
def running(*args: str, **more: object) -> Iterator["subprocess.Popen[str]"]:
    """Run the installed program; ended with SIGTERM."""
    program = str(Path(sys.executable).with_name("cmctl"))
    with subprocess.Popen([program, *args], text=True, **more) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)


def measure(root: Path, asked: argparse.Namespace) -> dict[str, object]:
    """Let the daemon work, and say what was seen."""
    feeder, oracle = Feeder(root / "workspace", asked.clients), root / "network" / "oracle.jsonl"
    serve = ("sandbox", "serve", "--port", "0", "--data", str(root / "network"))
    with running(*serve, stdout=subprocess.PIPE) as network:
        feeder.configure(str(network.stdout and network.stdout.readline()).strip())
        log = (root / "log").open("w", encoding="utf-8")
        with running("-C", str(root / "workspace"), "daemon", stderr=log) as daemon:
            soak = Soak(root / "workspace", feeder, daemon.pid, network.pid)
            seconds = soak.run(asked.minutes * 60)
        ended = daemon.returncode
    samples = soak.samples
    return {
        "began": datetime.now().astimezone().isoformat(timespec="seconds"),
        "minutes": round(seconds / 60, 1),
        "published_per_second": round(samples[-1].published / samples[-1].second, 1),
        **soak.outcome(oracle),
        "daemon_ended_with": ended,
        "tenths": {
            name: tenths(samples, name)
            for name in ("rss_mib", "open_files", "threads", "wal_mib", "core_percent", "load")
        },
        "most": {
            name: max(getattr(one, name) for one in samples)
            for name in ("rss_mib", "open_files", "threads", "wal_mib")
        },
        "network_bytes_a_post": round(
            (samples[-1].network_rss_mib - samples[0].network_rss_mib)
            * 2**20
            / max(samples[-1].published - samples[0].published, 1)
        ),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--keep", type=Path, help="a new folder to work in, and to leave")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cmctl-soak-") as scratch:
        root = asked.keep or Path(scratch)
        root.mkdir(parents=True, exist_ok=True)
        print(json.dumps(measure(root, asked), indent=2))


if __name__ == "__main__":
    main()
