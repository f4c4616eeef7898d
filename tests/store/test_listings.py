import subprocess
import sys

from cmctl.core.model import State
from cmctl.store.base import Query
from cmctl.store.sqlite import open_store
from cmctl.store.sqlite.listings import open_listings
from cmctl.testing.store_contract.base import NOON, brought_to

HEAVY = ["cmctl.core.model", "dataclasses", "json", "queue", "hashlib", "cmctl.store.sqlite.store"]


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
