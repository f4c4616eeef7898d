"""Durable transitions a second: claims, intents and outcomes on both stores, whole and flushed.

    python bench/store.py [--seconds 5] [--lanes 64]

SQLite: `synchronous=FULL`. PostgreSQL: a server of its own with `fsync` and `synchronous_commit`
on. Each lane is a thread that does what a lane of the daemon does to the store;
each worker is a process of its own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from cmctl.core.ledger import Add, Change, Intake
from cmctl.core.model import Content, Key, Planned, Receipt, State
from cmctl.core.state import Move
from cmctl.store.base import Claim, Query, Store
from cmctl.store.opening import open_store
from servers.postgres import running

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)
TEXT = (
    "Notre nouvel entrepôt de Rennes ouvre lundi : 12 000 m², trente emplois, visite à 10 h. " * 2
)


def fill(store: Store, lanes: int, each: int) -> None:
    for lane in range(lanes):
        channel = f"atlas/c{lane}"
        added = [
            Add(
                planned=Planned(
                    key=Key(f"p{lane}-{n}", "", channel),
                    network="sandbox",
                    due=NOON,
                    content=Content(text=TEXT),
                ),
                digest="d",
            )
            for n in range(each)
        ]
        store.take_in(Intake(client="atlas", operations=added, at=NOON))


def change(row: object, move: Move, **what: object) -> Change:
    return Change(number=row.number, state=row.state, fence=row.fence, move=move, at=NOON, **what)


def lane(store: Store, channel: str, stop: threading.Event, counts: list[int]) -> None:
    """Do what a lane does: claim; send; publish and claim the next in one commit."""
    wish, done = Claim(channel, NOON, "bench/1/1", LEASE), 0
    mine = store.claim(wish)
    done += mine is not None
    while mine is not None and not stop.is_set():
        sending = store.apply(change(mine, Move.SEND, lease=LEASE))
        receipt = Receipt(remote_id=f"r{mine.number}", url="https://social.example/r", at=NOON)
        _, mine = store.apply_and_claim(change(sending, Move.PUBLISH, receipt=receipt), wish)
        done += 2 + (mine is not None)
    counts.append(done)


def work(where: str, first: int, lanes: int, seconds: float) -> int:
    """Work on some lanes; return how many transitions were committed."""
    store, stop, counts = open_store(where, epoch="e"), threading.Event(), []
    threads = [
        threading.Thread(target=lane, args=(store, f"atlas/c{n}", stop, counts))
        for n in range(first, first + lanes)
    ]
    for thread in threads:
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    store.close()
    return sum(counts)


def measured(where: str, workers: int, lanes: int, seconds: float) -> dict[str, object]:
    """Return transitions a second of some processes that share the lanes."""
    store = open_store(where, epoch="e")
    fill(store, lanes, each=int(seconds * 6000 / lanes) + 50)
    store.close()
    share = lanes // workers
    begin = time.perf_counter()
    command = [sys.executable, __file__, "--where", where, "--seconds", str(seconds)]
    running_ = [
        subprocess.Popen(
            [*command, "--first", str(n * share), "--lanes", str(share)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(workers)
    ]
    said = [json.loads(process.communicate()[0]) for process in running_]
    took = time.perf_counter() - begin
    store = open_store(where, epoch="e")
    states = frozenset({State.PUBLISHED})
    published = store.count(Query(states=states))
    assert not store.verify()
    store.close()
    total = sum(row["transitions"] for row in said)
    return {
        "workers": workers,
        "lanes": lanes,
        "transitions": total,
        "per_second": round(sum(row["per_second"] for row in said)),
        "published": published,
        "seconds_with_start": round(took, 1),
    }


@contextmanager
def stores() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, running(durable=True) as postgres:
        yield {"sqlite": f"{folder}/cmctl.db", "postgresql": postgres.url()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--lanes", type=int, default=64)
    parser.add_argument("--where", default="")
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    if asked.where:
        begin = time.perf_counter()
        done = work(asked.where, asked.first, asked.lanes, asked.seconds)
        took = time.perf_counter() - begin
        print(json.dumps({"transitions": done, "per_second": done / took}))
        return
    found = {}
    for engine, workers in (("sqlite", 1), ("postgresql", 1), ("postgresql", 8)):
        with stores() as where:
            row = measured(where[engine], workers, asked.lanes, asked.seconds)
        found[f"{engine}_{workers}"] = row
        print(engine, row, file=sys.stderr)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
