import subprocess
import sys

from cmctl.core.model import State
from cmctl.store.base import Query
from cmctl.store.listing import AHEAD
from cmctl.store.sqlite import open_store
from cmctl.store.sqlite.listings import open_listings
from cmctl.store.sqlite.sql import queries
from cmctl.testing.store_contract.base import NOON, add, brought_to, take_in

HEAVY = ["cmctl.core.model", "dataclasses", "json", "queue", "hashlib", "cmctl.store.sql.store"]


def test_a_listing_imports_no_words_of_the_model_and_no_writer():
    program = "import sys, cmctl.store.sqlite.listings; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "sqlite3" in loaded
    assert not set(HEAVY) & set(loaded)


def test_a_listing_alone_reads_what_the_whole_store_reads(tmp_path):
    path = tmp_path / "cmctl.db"
    store = open_store(path, epoch="e1")
    brought_to(store, State.HELD)
    store.pause("atlas", reason="crisis", at=NOON)
    alone = open_listings(path)
    query = Query(states=frozenset({"held"}), client="atlas")
    assert alone.listing(query) == store.listing(query)
    assert alone.count(query) == 1
    assert alone.pauses() == store.pauses()
    alone.close()
    store.close()


def test_a_raw_listing_is_the_listing_in_bytes(tmp_path):
    store = open_store(tmp_path / "cmctl.db", epoch="e1")
    for number, state in enumerate(sorted(State)):
        brought_to(store, state, f"p{number}", f"atlas/c{number}")
    for query in (Query(states=AHEAD), Query(states=AHEAD, limit=2), Query(client="atlas")):
        shown = [
            (str(one.number), one.due_ms, one.channel, one.post, one.state, one.reason, one.excerpt)
            for one in store.listing(query)
        ]
        raw = [
            tuple(cell.decode() if isinstance(cell, bytes) else cell for cell in row)
            for row in store.raw_listing(query, list)
        ]
        assert raw == shown
    store.close()


def test_everything_ahead_is_read_from_its_index_alone(tmp_path):
    store = open_store(tmp_path / "cmctl.db", epoch="e1")
    text, values = store._filtered(Query(states=AHEAD))
    found = store._reader.fetch(f"EXPLAIN QUERY PLAN {queries()['raw_listing']}{text}", values)
    assert [row[3] for row in found] == ["SCAN deliveries USING COVERING INDEX ahead"]
    store.close()


def test_an_excerpt_is_safe_to_show(tmp_path):
    store = open_store(tmp_path / "cmctl.db", epoch="e1")
    take_in(store, add("p1", text="red \x1b[31m\u202e\x9b"))
    (row,) = store.listing(Query())
    assert not set("\x1b\u202e\x9b") & set(row.excerpt)
    store.close()
