"""Durable transitions a second: claims, intents and outcomes on both stores, whole and flushed.

    python bench/store.py [--seconds 5] [--lanes 64]

SQLite: `synchronous=FULL`. PostgreSQL: a server of its own with `fsync` and `synchronous_commit`
on. Each lane is a thread that does what a lane of the daemon does to the store;
each worker is a process of its own. Beside each stands what the bare driver does in one thread, in
batches of as many rows as there are lanes: one UPDATE of a row by its key and one line of a log for
each transition, nothing else, on the same disk in the same minute. The processor's time of a
transition counts the worker and the server.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import psycopg

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
    """Plan posts on all channels, as files do: a post's deliveries stand side by side."""
    for post in range(each):
        added = [
            Add(
                planned=Planned(
                    key=Key(f"p{post}", "", f"atlas/c{lane}"),
                    network="sandbox",
                    due=NOON + timedelta(seconds=post - each),
                    content=Content(text=TEXT),
                ),
                digest="d",
            )
            for lane in range(lanes)
        ]
        store.take_in(Intake(client="atlas", operations=added, at=NOON))


def change(row: object, move: Move, **what: object) -> Change:
    return Change(number=row.number, state=row.state, fence=row.fence, move=move, at=NOON, **what)


def bare_sqlite(folder: str, batch: int, seconds: float) -> float:
    """Return rows changed and logged a second, with nothing of ours in between."""
    db = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 8000"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE row (number INTEGER PRIMARY KEY, state TEXT, text TEXT)")
    db.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, number INTEGER, data TEXT)")
    db.executemany("INSERT INTO row VALUES (?, 'a', ?)", [(n, TEXT) for n in range(20_000)])

    def commit(numbers: Sequence[int]) -> None:
        db.execute("BEGIN IMMEDIATE")
        db.executemany("UPDATE row SET state = ? WHERE number = ?", [("b", n) for n in numbers])
        db.executemany("INSERT INTO log (number, data) VALUES (?, ?)", [(n, "{}") for n in numbers])
        db.execute("COMMIT")

    return rate(commit, batch, seconds)


def bare_postgres(url: str, batch: int, seconds: float) -> float:
    """Return rows changed and logged a second, in pipelines of the driver."""
    with psycopg.connect(url) as db, db.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (number BIGINT PRIMARY KEY, state TEXT, text TEXT)")
        cursor.execute("CREATE TABLE log (id BIGSERIAL PRIMARY KEY, number BIGINT, data TEXT)")
        cursor.execute(
            "INSERT INTO bare SELECT n, 'a', %s FROM generate_series(0, 19999) n", [TEXT]
        )
        db.commit()

        def commit(numbers: Sequence[int]) -> None:
            change, tell = (
                "UPDATE bare SET state = %s WHERE number = %s",
                [("b", n) for n in numbers],
            )
            cursor.executemany(change, tell)
            line = "INSERT INTO log (number, data) VALUES (%s, %s)"
            cursor.executemany(line, [(n, "{}") for n in numbers])
            db.commit()

        return rate(commit, batch, seconds)


def rate(commit: Callable[[Sequence[int]], None], batch: int, seconds: float) -> float:
    """Return how many rows a second go through `commit`, so many in each."""
    begin, done = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        commit([(done + n) * 7919 % 20_000 for n in range(batch)])
        done += batch
    return done / (time.perf_counter() - begin)


def server_seconds(folder: str) -> float:
    """Return the processor's time of the server there, ended backends included."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == Path(folder, "data"):
                stat = (process / "stat").read_text().rpartition(")")[2]
                ticks += sum(map(int, stat.split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


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


def measured(
    where: str, workers: int, lanes: int, seconds: float, server_of: str
) -> dict[str, object]:
    """Return transitions a second of some processes that share the lanes."""
    store = open_store(where, epoch="e")
    fill(store, lanes, each=int(seconds * 6000 / lanes) + 50)
    store.close()
    share = lanes // workers
    begin, server = time.perf_counter(), server_seconds(server_of)
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
    took, server = time.perf_counter() - begin, server_seconds(server_of) - server
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
        "worker_cpu_us": round(sum(row["cpu"] for row in said) / total * 1e6),
        "server_cpu_us": round(server / total * 1e6),
        "seconds_with_start": round(took, 1),
    }


@contextmanager
def stores() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, running(durable=True) as postgres:
        yield {
            "sqlite": f"{folder}/cmctl.db",
            "bare_sqlite": folder,
            "postgresql": postgres.url(),
            "bare_postgresql": postgres.url(),
            "server": str(postgres.folder),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--lanes", type=int, default=64)
    parser.add_argument("--where", default="")
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    if asked.where:
        begin, cpu = time.perf_counter(), time.process_time()
        done = work(asked.where, asked.first, asked.lanes, asked.seconds)
        took, cpu = time.perf_counter() - begin, time.process_time() - cpu
        print(json.dumps({"transitions": done, "per_second": done / took, "cpu": cpu}))
        return
    found = {}
    for engine, workers in (("sqlite", 1), ("postgresql", 1), ("postgresql", 8)):
        with stores() as where:
            row = measured(where[engine], workers, asked.lanes, asked.seconds, where["server"])
            bare = {"sqlite": bare_sqlite, "postgresql": bare_postgres}[engine]
            row["bare"] = round(bare(where[f"bare_{engine}"], asked.lanes, asked.seconds / 2))
            row["of_bare"] = round(row["per_second"] / row["bare"], 2)
        found[f"{engine}_{workers}"] = row
        print(engine, row, file=sys.stderr)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
