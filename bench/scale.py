"""A day of very many channels at many times the clock: no double, no loss, memory flat.

    python bench/scale.py [--channels 100000] [--deliveries 1000000] [--speed 100] [--hours 24]
                          [--store PATH-OR-ADDRESS]

The real store and the real publishing code, on a clock that runs faster; the networks are one
channel in this process, which counts what it accepts by its key and forgets the texts. The guard is
off: `bench/guarding.py` measures it.
"""

import argparse
import json
import resource
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cmctl.app.context import Context
from cmctl.app.publishing.journal import Journal
from cmctl.app.publishing.publish import drain
from cmctl.app.publishing.recover import recover
from cmctl.channels.base import Outgoing
from cmctl.channels.networks.sandbox import SandboxChannel
from cmctl.core.ledger import Add, Intake
from cmctl.core.model import Content, Key, Place, Planned, Receipt, State
from cmctl.core.settings import ChannelSettings, ClientSettings, GuardPolicy, Settings
from cmctl.store.base import Query, Store
from cmctl.store.opening import open_store

BEGIN = datetime(2026, 11, 24, tzinfo=UTC)
LANES = 64
#: Deliveries that are taken in at once.
AT_ONCE = 10_000


class Networks:
    """Every channel at once: accepts each request and counts it by its key."""

    #: Without keys: a second request is a second post.
    capabilities = replace(SandboxChannel.capabilities, recovery=frozenset({"lookup"}))

    def __init__(self) -> None:
        self.accepted: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def open(self, _name: str) -> "Networks":
        return self

    def checker(self, _name: str) -> "Networks":
        return self

    def publish(self, out: Outgoing) -> Receipt:
        key = bytes.fromhex(out.key)
        with self._lock:
            self.accepted[key] += 1
        return Receipt(remote_id=out.key, url=f"https://social.example/{out.key}")

    def find(self, out: Outgoing) -> Receipt | None:
        return Receipt(remote_id=out.key) if self.accepted[bytes.fromhex(out.key)] else None

    def close(self) -> None:
        pass


class Clock:
    """A clock that runs faster than the machine's."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began = time.monotonic()

    def now(self) -> datetime:
        passed = int((time.monotonic() - self._began) * self._speed * 1000)
        return BEGIN + timedelta(milliseconds=passed)


def settings(root: Path, channels: int) -> Settings:
    zone, place = ZoneInfo("Europe/Paris"), Place("config.yaml")
    own = {
        f"c{n}": ChannelSettings(
            name=f"all/c{n}",
            client="all",
            network="sandbox",
            zone=zone,
            language="fr",
            slots=(),
            grace=timedelta(days=365),  # a slow machine is behind its clock, and loses nothing
            pace=timedelta(),
            guard=GuardPolicy(enabled=False),
            notifiers=(),
            options={},
            place=place,
        )
        for n in range(channels)
    }
    client = ClientSettings(
        key="all",
        name="All",
        zone=zone,
        language="fr",
        guard=GuardPolicy(enabled=False),
        channels=own,
        place=place,
    )
    return Settings(root=root, config="config.yaml", store="", zone=zone, clients={"all": client})


def plan(store: Store, asked: argparse.Namespace) -> None:
    """Plan the day's deliveries, spread evenly over its hours and channels."""
    step = timedelta(hours=asked.hours) / asked.deliveries
    for first in range(0, asked.deliveries, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, asked.deliveries))
        added = [
            Add(
                planned=Planned(
                    key=Key(f"p{n}", "", f"all/c{n * 7919 % asked.channels}"),
                    network="sandbox",
                    due=BEGIN + n * step,
                    content=Content(text=f"Arrivage du jour au dépôt, lot {n}."),
                ),
                digest="d",
            )
            for n in numbers
        ]
        store.take_in(Intake(client="all", operations=added, at=BEGIN))


def megabytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() >> 20


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def run(ctx: Context, asked: argparse.Namespace) -> list[tuple[int, int]]:
    """Publish until nothing is planned; return MiB of memory and open files at each tenth."""
    held: list[tuple[int, int]] = []
    busy: set[str] = set()
    over = frozenset({State.PUBLISHED, State.HELD})

    def lane(name: str) -> None:
        try:
            for _ in drain(ctx, name):
                pass
        finally:
            busy.discard(name)

    with ThreadPoolExecutor(LANES) as lanes:
        while (done := ctx.store.count(Query(states=over))) < asked.deliveries:
            if done * 10 >= asked.deliveries * (len(held) + 1):
                held.append((megabytes(), open_files()))
            for name in ctx.store.due_channels(ctx.now()):
                if name not in busy:
                    busy.add(name)
                    lanes.submit(lane, name)
            recover(ctx)
            time.sleep(0.2)
    return [*held, (megabytes(), open_files())]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--channels", type=int, default=100_000)
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--speed", type=float, default=100)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--store", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(asked.store or f"{folder}/cmctl.db", epoch="scale")
        begin = time.perf_counter()
        plan(store, asked)
        planned = time.perf_counter() - begin
        networks, clock = Networks(), Clock(asked.speed)
        journal = Journal(Path(folder) / "journal", "scale/1/1")
        journal.allocate()
        ctx = Context(
            settings=settings(Path(folder), asked.channels),
            store=store,
            channels=networks,
            now=clock.now,
            worker="scale/1/1",
            alive=lambda _: True,
            children={},
            journal=journal,
            wait=time.sleep,
            encoder=None,
        )
        begin = time.perf_counter()
        held = run(ctx, asked)
        took = time.perf_counter() - begin
        late = (clock.now() - BEGIN - timedelta(hours=asked.hours)).total_seconds()
        waiting = Query(states=frozenset({State.HELD}))
        left = store.count(waiting)
        figures = {
            "channels": asked.channels,
            "deliveries": asked.deliveries,
            "planned_per_second": round(asked.deliveries / planned),
            "published_per_second": round(asked.deliveries / took),
            "accepted": sum(networks.accepted.values()),
            "lost": asked.deliveries - len(networks.accepted) - left,
            "doubled": sum(count > 1 for count in networks.accepted.values()),
            "held": left,
            "wrong": len(store.verify()),
            "minutes": round(took / 60, 1),
            "memory_mib": [memory for memory, _ in held],
            "open_files": [files for _, files in held],
            "behind_seconds_of_its_clock": round(max(late, 0)),
        }
        store.close()
        journal.close()
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
