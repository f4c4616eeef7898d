"""What one delivery, one reading of a timeline and one status cost a PostgreSQL server.

    python bench/costs.py [--deliveries 600] [--channels 60] [--statuses 40]

Statements and bytes are counted; the processor's time is that of the worker and of the server
together, in milliseconds. Bytes are those of the tables with their indexes, after VACUUM.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import psycopg

from cmctl.core.model import Receipt, Status
from cmctl.core.state import Move
from cmctl.store.base import Claim, Store
from cmctl.store.opening import open_store
from servers.postgres import Postgres, running
from store import LEASE, NOON, TEXT, change, fill, server_seconds

#: About what an intent keeps: the key, hashes, and the request's text.
INTENT = {"key": "k" * 64, "body_sha256": "b" * 64, "media_sha256": [], "request": TEXT}


class Counting(psycopg.Cursor):
    """A cursor that counts what it is asked."""

    asked = 0

    def execute(self, *args: object, **how: object) -> "Counting":
        Counting.asked += 1
        return super().execute(*args, **how)


def measured(postgres: Postgres, times: int, work: Callable[[], object]) -> dict[str, float]:
    """Return what `work` costs, which does something so many times."""
    before, asked = bytes_of(postgres), Counting.asked
    cpu = time.process_time() + server_seconds(str(postgres.folder))
    work()
    cpu = time.process_time() + server_seconds(str(postgres.folder)) - cpu
    return {
        "statements": round((Counting.asked - asked) / times, 2),
        "cpu_ms": round(cpu / times * 1000, 3),
        "bytes": round((bytes_of(postgres) - before) / times),
    }


def bytes_of(postgres: Postgres) -> int:
    """Return how large the tables are with their indexes, swept."""
    with psycopg.connect(postgres.url(), autocommit=True) as db:
        db.execute("VACUUM ANALYZE")
        found = db.execute(
            "SELECT sum(pg_total_relation_size(oid))::BIGINT FROM pg_class "
            "WHERE relnamespace = 'cmctl'::REGNAMESPACE AND relkind = 'r'"
        ).fetchone()
        return found[0]


def publish(store: Store, channels: int) -> None:
    """Publish all that is due, one delivery after the other, each change a commit of its own."""
    for channel in range(channels):
        wish = Claim(f"atlas/c{channel}", NOON, "bench/1/1-k", LEASE)
        mine = store.claim(wish)
        while mine is not None:
            sending = store.apply(change(mine, Move.SEND, lease=LEASE, data=INTENT))
            receipt = Receipt(
                remote_id=f"r{mine.number}", url="https://social.example/@a/1", at=NOON
            )
            _, mine = store.apply_and_claim(change(sending, Move.PUBLISH, receipt=receipt), wish)


def read(store: Store, channels: int, count: int, at: int) -> None:
    """Read the timeline of each channel; `count` statuses stand there."""
    now = NOON + timedelta(minutes=at)
    for channel in range(channels):
        name = f"atlas/c{channel}"
        statuses = [
            Status(
                channel=name,
                remote_id=f"s{n}",
                at=NOON - timedelta(hours=n),
                text=f"{n} {TEXT}",
                url=f"https://social.example/@a/{n}",
                author="Atlas",
            )
            for n in range(count)
        ]
        reader = f"bench/1/1-k/{at}"
        store.begin_reading(name, reader=reader, at=now, lease=LEASE)
        store.reading(name)
        since = NOON - timedelta(hours=count)
        store.observe(name, statuses, since=since, at=now, reader=reader)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--deliveries", type=int, default=600)
    parser.add_argument("--channels", type=int, default=60)
    parser.add_argument("--statuses", type=int, default=40)
    asked = parser.parse_args()
    psycopg.Connection.cursor_factory = Counting
    connect = psycopg.connect

    def counting(*args: object, **how: object) -> psycopg.Connection:
        return connect(*args, cursor_factory=Counting, **how)

    psycopg.connect = counting
    with running(durable=True) as postgres:
        store = open_store(postgres.url(), epoch="e")
        total, lanes, texts = asked.deliveries, asked.channels, asked.statuses
        found = {
            "planned": measured(postgres, total, lambda: fill(store, lanes, total // lanes)),
            "published": measured(postgres, total, lambda: publish(store, lanes)),
            "first reading": measured(postgres, lanes, lambda: read(store, lanes, texts, 0)),
            "short reading": measured(postgres, lanes, lambda: read(store, lanes, 3, 1)),
        }
        store.close()
    one = found["first reading"]
    found["status"] = {name: round(value / texts, 3) for name, value in one.items()}
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
