"""The store under kills, a full disk and foreign locks, with real processes."""

import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest

from cmctl.core.model import State
from cmctl.core.state import Move
from cmctl.store.base import Query, StoreBusyError, StoreError
from cmctl.store.sqlite import open_store, opening
from cmctl.testing.store_contract.base import NOON, add, brought_to, change, moved, take_in

#: Publishes on many lanes, at most as many as told, and says each number once it is committed.
WORKER = """
import sys, threading
from pathlib import Path
from cmctl.core.model import State
from cmctl.core.state import Move
from cmctl.store.base import Query
from cmctl.store.sqlite import open_store
from cmctl.testing.store_contract.base import claim, moved
store = open_store(Path(sys.argv[1]), epoch="e1")
left = threading.Semaphore(int(sys.argv[2]))
def work(lane):
    while store.count(Query(channel=lane, states=frozenset({State.PLANNED}))):
        left.acquire()
        if (delivery := claim(store, lane)) is None:
            left.release()
        else:
            published = moved(store, moved(store, delivery, Move.SEND), Move.PUBLISH)
            sys.stdout.write(f"{published.number}\\n")
            sys.stdout.flush()
if len(sys.argv) > 3:
    print("waiting", flush=True)
    sys.stdin.readline()
for n in range(8):
    threading.Thread(target=work, args=(f"atlas/c{n}",), daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
"""
LANES = [f"atlas/c{number}" for number in range(8)]


def worker(path: Path, *how: str, at_most: int = 10_000) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(path), str(at_most), *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def lines(process: subprocess.Popen[str]) -> set[int]:
    """What the worker said; a kill may have cut its last line."""
    said, _ = process.communicate()
    whole = said.splitlines() if said.endswith("\n") else said.splitlines()[:-1]
    return {int(line) for line in whole if line.isdigit()}


def numbers(process: subprocess.Popen[str], many: int) -> set[int]:
    """Read until the worker has said so many numbers, or has ended."""
    assert process.stdout is not None
    said = (int(line) for line in process.stdout if line.strip().isdigit())
    return set(islice(said, many))


def test_a_kill_in_the_middle_of_commits_loses_and_doubles_nothing(tmp_path):
    path = tmp_path / "cmctl.db"
    store = open_store(path, epoch="e1")
    take_in(store, *(add(f"p{n}", lane) for lane in LANES for n in range(400)))
    store.close()
    dice = random.Random(7)
    said: set[int] = set()
    for _ in range(5):
        process = worker(path)
        assert process.stdout is not None
        # `ready` and the first number come in either order; it is at work when there is one.
        first = next(int(line) for line in process.stdout if line.strip().isdigit())
        time.sleep(dice.uniform(0.02, 0.2))
        process.send_signal(signal.SIGKILL)
        new = {first} | lines(process)
        assert not new & said, "published twice"
        said |= new
        store = open_store(path, epoch="e1")
        assert list(store.verify()) == []
        published = {row.number for row in store.listing(Query(by_publication=True))}
        assert said <= published, "an answer was given before its commit was on the disk"
        for delivery in store.in_flight():
            back = Move.GIVE_BACK if delivery.state is State.CLAIMED else Move.UNSENT
            moved(store, delivery, back)
        store.close()
    assert said


def test_two_processes_share_a_store_and_publish_each_delivery_once(tmp_path):
    path = tmp_path / "cmctl.db"
    store = open_store(path, epoch="e1")
    take_in(store, *(add(f"p{n}", lane) for lane in LANES for n in range(30)))
    # Neither is done before the other has begun, nor can do the other's half.
    workers = [worker(path, "on command", at_most=120) for _ in range(2)]
    for process in workers:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
    for process in workers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    # A number is said after it is committed: who asked the store would kill before the last word.
    with ThreadPoolExecutor(2) as readers:
        said = [readers.submit(numbers, process, 120) for process in workers]
        try:
            first, second = (one.result(timeout=60) for one in said)
        finally:
            for process in workers:
                process.kill()
    for process in workers:
        process.communicate()
    assert len(first) == len(second) == 120
    assert len(first | second) == 240
    assert {delivery.attempts for delivery in store.deliveries(Query())} == {1}
    assert not store.verify()
    store.close()


def test_a_disk_that_is_full_is_told_and_loses_nothing(tmp_path):
    store = open_store(tmp_path / "cmctl.db", epoch="e1")
    brought_to(store, State.CLAIMED)
    size = store._write(lambda db: db.raw.execute("PRAGMA page_count").fetchone()[0])
    store._write(lambda db: db.raw.execute(f"PRAGMA max_page_count = {size + 3}").fetchone())
    (delivery,) = store.in_flight()
    with pytest.raises(StoreError, match="full") as told:
        take_in(store, *(add(f"p{n}", "atlas/bluesky", text="x" * 900) for n in range(500)))
    assert "space" in told.value.hint
    assert store.count(Query()) == 1
    assert moved(store, delivery, Move.SEND).state is State.SENDING, "there is room for small ones"
    assert not store.verify()
    store.close()


FULL = """
import sys
from pathlib import Path
from cmctl.core.state import Move
from cmctl.store.base import Query, StoreError
from cmctl.store.sqlite import open_store
from cmctl.testing.store_contract.base import add, take_in
store = open_store(Path(sys.argv[1]), epoch="e1")
done = 0
try:
    while done < 5000:
        take_in(store, add(f"p{done}", text="x" * 2000))
        done += 1
except StoreError as problem:
    print(done, store.count(Query()), type(problem).__name__, problem)
store.close()
"""


def test_a_limit_on_the_files_size_fails_the_commit_and_keeps_the_rest(tmp_path):
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    path = tmp_path / "cmctl.db"
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(path)],
        preexec_fn=limited,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    done, counted, kind, *_ = ended.stdout.split()
    assert kind == "StoreError"
    store = open_store(path, epoch="e1")
    assert store.count(Query()) == int(done) == int(counted) > 0
    assert not store.verify()
    take_in(store, add("after"))
    store.close()


def test_a_lock_that_another_program_holds_is_told_and_passes(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "PATIENCE", 0.2)
    path = tmp_path / "cmctl.db"
    store = open_store(path, epoch="e1")
    delivery = brought_to(store, State.PLANNED)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError, match="lock"):
        store.apply(change(delivery, Move.CANCEL))
    assert store.delivery(delivery.number) == delivery, "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    assert moved(store, delivery, Move.CANCEL, at=NOON).state is State.CANCELLED
    store.close()


def test_a_lock_that_is_let_go_in_time_is_waited_for(tmp_path):
    path = tmp_path / "cmctl.db"
    store = open_store(path, epoch="e1")
    holder = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1]); c.isolation_level = None"
    holder += "; c.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(0.5)"
    process = subprocess.Popen(
        [sys.executable, "-c", holder, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    take_in(store, add())
    assert store.count(Query()) == 1
    process.communicate()
    store.close()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="cannot be opened") as told:
        open_store(blocked / "cmctl.db", epoch="e1")
    assert told.value.hint


@pytest.mark.parametrize("path", [".", "/dev/null"])
def test_what_is_no_file_is_told_as_what_it_is(tmp_path, path):
    mode = (tmp_path / path).stat().st_mode
    with pytest.raises(StoreError, match="is a folder or a device, not a file") as told:
        take_in(open_store(tmp_path / path, epoch="e1"), add())
    assert (tmp_path / path).stat().st_mode == mode
    assert told.value.hint == "name a file with `store` in config.yaml"


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_in_the_place_of_its_folder_is_told_with_what_to_type(tmp_path, read_only):
    (tmp_path / "my shop").write_text("")
    with pytest.raises(StoreError, match="is a file, not a folder") as told:
        open_store(tmp_path / "my shop" / "a.db", epoch="e", read_only=read_only).info()
    assert f"mv '{tmp_path}/my shop' '{tmp_path}/my shop.old'" in told.value.hint


@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_written_into_a_file_that_was_removed_or_replaced(tmp_path, replaced):
    path = tmp_path / "cmctl.db"
    store = open_store(path, epoch="e1")
    take_in(store, add())
    aside = [one.rename(one.with_name(f"{one.name}.aside")) for one in list(tmp_path.iterdir())]
    if replaced:
        open_store(path, epoch="e2").close()
    with pytest.raises(StoreError, match="was removed, or replaced, while it was in use"):
        take_in(store, add(post="second"))
    if not replaced:
        for one in aside:
            one.rename(one.with_name(one.name.removesuffix(".aside")))
        take_in(store, add(post="second"))  # put back where it was
        assert store.count(Query()) == 2
    store.close()
