"""How SQLite answers what a daemon asks all the time: from an index, never by looking at it all."""

import re
import sqlite3
import time
from datetime import timedelta

import pytest

from cmctl.core.model import State
from cmctl.store.base import Query
from cmctl.store.sql.filters import filtered
from cmctl.store.sqlite import open_store
from cmctl.store.sqlite.sql import queries, schema
from cmctl.testing.store_contract.base import LANE, NOON, claim, take_in

HELD = frozenset({State.HELD})


@pytest.fixture
def empty():
    connection = sqlite3.connect(":memory:")
    connection.executescript(schema())
    yield connection
    connection.close()


def plan(connection: sqlite3.Connection, statement: str, values: object) -> str:
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    "name",
    [
        "next_due",
        "due_channels",
        "claim",
        "move",
        "send",
        "resend",
        "publish",
        "in_flight",
        "delivery",
        "ledger",
        "had",
        "same",
        "unjudged",
        "count_unjudged",
        "around",
        "statuses",
        "known_statuses",
        "rulings_about",
        "events_of_delivery",
    ],
)
def test_no_frequent_statement_scans_a_table_that_grows(empty, name):
    statement = queries()[name]
    values = dict.fromkeys(re.findall(r":(\w+)", statement), 1) or (1,) * statement.count("?")
    found = plan(empty, statement, values)
    for table in ("deliveries", "events", "statuses", "receipts", "rulings"):
        assert f"SCAN {table}" not in found


@pytest.mark.parametrize(
    ("name", "indexes"),
    [
        (
            "ledger",
            ["open_by_client", "by_client (client=? AND due>?)", "delivery_key (post=?)"],
        ),
        ("same", ["deliveries_by_wording"]),
        ("had", ["delivery_key (post=?)"]),
    ],
)
def test_what_files_are_planned_against_is_found_among_all_that_is_over(empty, name, indexes):
    statement = queries()[name]
    found = plan(empty, statement, dict.fromkeys(re.findall(r":(\w+)", statement), 1))
    for index in indexes:
        assert index in found


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (Query(states=HELD), "by_state"),
        (Query(client="atlas", limit=20), "by_client"),
        (Query(channel=LANE, since=NOON), "by_channel"),
        (Query(by_publication=True, newest_first=True, limit=20), "published"),
    ],
)
def test_listings_read_an_index_in_its_order(empty, query, index):
    text, values = filtered(query)
    found = plan(empty, queries()["listing"] + text, values)
    assert index in found
    assert "TEMP B-TREE FOR ORDER BY" not in found


def test_what_is_on_its_way_is_found_without_reading_the_channel(empty):
    values = {"channel": LANE, "since": 0, "until": 1, "bounded": 1, "latest": 9, "wording": 1}
    steps = plan(empty, queries()["around"], values)
    assert "by_channel (channel=? AND due" in steps
    assert "by_state (state=?)" in steps
    assert "published_by_channel (channel=? AND published_at" in steps


def test_what_is_due_is_found_at_once_among_very_many(tmp_path):
    store = open_store(tmp_path / "cmctl.db", epoch="e1")
    take_in(store)
    store._write(lambda db: _fill(db.raw, lanes=50, each=2000))
    begin = time.perf_counter()
    for _ in range(20):
        assert store.next_due() == NOON
        assert len(store.due_channels(NOON)) == 50
    took = timedelta(seconds=(time.perf_counter() - begin) / 40)
    assert took < timedelta(seconds=1)  # a look, not a walk over all of them
    begin = time.perf_counter()
    assert claim(store, "atlas/c7") is not None
    assert time.perf_counter() - begin < 10
    store.close()


def _fill(db: sqlite3.Connection, *, lanes: int, each: int) -> None:
    noon = int(NOON.timestamp() * 1000)
    db.executemany(queries()["add_lane"], [(f"atlas/c{lane}",) for lane in range(lanes)])
    row = {
        "network": "sandbox",
        "occurrence": "",
        "state": "planned",
        "hold_reason": "",
        "hold_detail": "",
        "hold_from_files": 0,
        "excerpt": "x",
        "follower_text": "x",
        "wording": 1,
        "reply_to": "",
        "expires": None,
        "guard": 1,
        "evergreen": 0,
        "cost": 0,
        "digest": "d",
        "content": (
            '{"first_comment":"","hashtags":[],"link":"","media":[],"reply_to":"","text":"x",'
            '"thread":[]}'
        ),
    }
    db.executemany(
        queries()["add_delivery"],
        (
            row | {"channel": f"atlas/c{lane}", "post": f"p{n}", "due": noon + n * 1000}
            for n in range(each)
            for lane in range(lanes)
        ),
    )
