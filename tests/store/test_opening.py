import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cmctl.core.model import State
from cmctl.store.base import Query, StoreDamagedError, StoreError, StoreNewerError
from cmctl.store.sqlite import open_store, opening
from cmctl.store.sqlite.opening import VERSION
from cmctl.testing.store_contract.base import NOON, add, brought_to, only, take_in


def filled(path: Path) -> None:
    store = open_store(path, epoch="e1")
    brought_to(store, State.PUBLISHED)
    store.close()


def look(folder: Path) -> dict[str, tuple[int, int]]:
    return {f.name: (f.stat().st_mtime_ns, f.stat().st_size) for f in folder.iterdir()}


def test_a_store_is_made_in_a_folder_that_is_not_there_yet(tmp_path):
    path = tmp_path / ".cmctl" / "sub" / "cmctl.db"
    store = open_store(path, epoch="0af1")
    info = store.info()
    assert (info["epoch"], info["version"]) == ("0af1", str(VERSION))
    store.close()


def test_what_it_keeps_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "away" / "cmctl.db"
    store = open_store(path, epoch="e1")
    take_in(store, add())
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert modes.keys() >= {"cmctl.db", "cmctl.db-wal"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    store.close()
    path.chmod(0o640)
    open_store(path, epoch="e1").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640  # as somebody wished


MOUNTS = r"""
22 27 0:21 / / rw,relatime - ext4 /dev/vda rw
40 22 0:40 / {share} rw,relatime shared:7 - {kind} server:/export rw,vers=4.2
41 40 0:41 / {share}/here rw - xfs /dev/vdb rw
"""


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
def test_a_network_share_is_refused_and_a_disk_below_it_is_not(tmp_path, monkeypatch, kind):
    share = tmp_path / "a share"
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.strip().format(share=str(share).replace(" ", r"\040"), kind=kind))
    monkeypatch.setattr(opening, "MOUNTS", mounts)
    with pytest.raises(StoreError, match=f"network share .{kind.removeprefix('fuse.')}") as told:
        open_store(share / "sub" / "cmctl.db", epoch="e1")
    assert "PostgreSQL" in told.value.hint
    assert not share.exists()
    open_store(share / "here" / "cmctl.db", epoch="e1").close()
    open_store(tmp_path / "cmctl.db", epoch="e1").close()


def test_the_epoch_is_that_of_the_making(tmp_path):
    path = tmp_path / "cmctl.db"
    filled(path)
    again = open_store(path, epoch="another")
    assert again.info()["epoch"] == "e1"
    again.close()


def test_many_who_make_it_at_once_make_one(tmp_path):
    path = tmp_path / "cmctl.db"
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda n: open_store(path, epoch=f"e{n}"), range(8)))
    assert len({store.info()["epoch"] for store in stores}) == 1
    for store in stores:
        store.close()


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "cmctl.db"
    path.touch()
    filled(path)


def test_every_commit_is_flushed_to_a_write_ahead_log(tmp_path):
    store = open_store(tmp_path / "cmctl.db", epoch="e1")
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    found = store._write(lambda db: [db.raw.execute(f"PRAGMA {p}").fetchone()[0] for p in pragmas])
    assert found == ["wal", 2, 1]
    store.close()


def test_a_newer_store_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "cmctl.db"
    filled(path)
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA user_version = {VERSION + 1}")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreNewerError, match=f"version {VERSION + 1}") as told:
        open_store(path, epoch="e2")
    assert told.value.hint
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "cmctl.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE notes (text)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(path, epoch="e1")
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database, only text" * 99, b"SQLite format 3\0" * 99])
def test_what_is_no_database_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "cmctl.db"
    path.write_bytes(content)
    with pytest.raises(StoreDamagedError) as told:
        open_store(path, epoch="e1")
    assert str(path) in str(told.value)
    assert told.value.hint
    assert path.read_bytes() == content


def test_a_damaged_page_is_told_where_it_is_met(tmp_path):
    path = tmp_path / "cmctl.db"
    store = open_store(path, epoch="e1")
    take_in(store, *(add(f"p{n}", text="x" * 500) for n in range(200)))
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    with pytest.raises(StoreDamagedError):
        open_store(path, epoch="e1").listing(Query())


def test_verify_finds_a_state_that_no_event_led_to(tmp_path):
    path = tmp_path / "cmctl.db"
    filled(path)
    raw = sqlite3.connect(path)
    raw.execute("UPDATE deliveries SET state = 'refused', published_at = NULL")
    raw.commit()
    raw.close()
    store = open_store(path, epoch="e1")
    assert "its last event says otherwise" in store.verify()[0]
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET data = '{}'",
        "DELETE FROM events",
        "REPLACE INTO events SELECT id, 0, number, kind, before, after, fence, data FROM events",
    ],
)
def test_the_log_cannot_be_altered_even_by_hand(tmp_path, statement):
    path = tmp_path / "cmctl.db"
    filled(path)
    raw = sqlite3.connect(path)
    before = raw.execute("SELECT * FROM events").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)
    assert raw.execute("SELECT * FROM events").fetchall() == before
    raw.close()


@pytest.mark.parametrize(
    "assignment",
    [
        "state = 'sent'",
        "state = 'held'",
        "hold_reason = 'duplicate'",
        "state = 'planned'",
        "state = 'sending', published_at = NULL",
        "channel = 'nowhere'",
    ],
)
def test_the_database_refuses_rows_that_cannot_be(tmp_path, assignment):
    path = tmp_path / "cmctl.db"
    filled(path)
    raw = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        raw.execute(f"UPDATE deliveries SET {assignment}")
    raw.close()


def test_the_database_refuses_a_second_claim_of_a_channel(tmp_path):
    path = tmp_path / "cmctl.db"
    store = open_store(path, epoch="e1")
    brought_to(store, State.CLAIMED)
    take_in(store, add("p2"))
    store.close()
    raw = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        raw.execute("UPDATE deliveries SET state = 'claimed', lease_until = 1")
    raw.close()


class TestReadOnly:
    def test_a_missing_file_reads_as_an_empty_store_and_stays_missing(self, tmp_path):
        path = tmp_path / "none" / "cmctl.db"
        store = open_store(path, epoch="e1", read_only=True)
        assert store.listing(Query()) == []
        assert store.next_due() is None
        assert store.sources() == {}
        assert store.info()["epoch"] == ""
        with pytest.raises(StoreError, match="read only"):
            take_in(store, add())
        store.close()
        assert list(tmp_path.iterdir()) == []

    def test_nothing_is_written_even_beside_the_file(self, tmp_path):
        path = tmp_path / "cmctl.db"
        filled(path)
        before = look(tmp_path)
        assert list(before) == ["cmctl.db"]
        store = open_store(path, epoch="e1", read_only=True)
        assert only(store).state is State.PUBLISHED
        assert not store.verify()
        with pytest.raises(StoreError, match="read only"):
            store.pause("", reason="x", at=NOON)
        store.close()
        assert look(tmp_path) == before

    def test_beside_a_living_writer_each_commit_is_seen(self, tmp_path):
        path = tmp_path / "cmctl.db"
        reader = open_store(path, epoch="e1", read_only=True)
        assert reader.count(Query()) == 0
        writer = open_store(path, epoch="e1")
        for number in range(3):
            take_in(writer, add(f"p{number}"))
            assert reader.count(Query()) == number + 1
        writer.close()
        assert reader.count(Query()) == 3
        reader.close()

    def test_commits_between_readings_of_a_quiet_file_are_seen(self, tmp_path):
        path = tmp_path / "cmctl.db"
        filled(path)
        reader = open_store(path, epoch="e1", read_only=True)
        assert reader.count(Query()) == 1
        writer = open_store(path, epoch="e1")
        take_in(writer, add("p2"))
        writer.close()
        assert reader.count(Query()) == 2
        reader.close()
        assert list(look(tmp_path)) == ["cmctl.db"]

    def test_what_is_no_database_is_refused(self, tmp_path):
        path = tmp_path / "cmctl.db"
        path.write_bytes(b"only text" * 999)
        with pytest.raises(StoreDamagedError):
            open_store(path, epoch="e1", read_only=True).count(Query())


def test_many_processes_that_make_one_store_at_once_all_open_it(tmp_path):
    code = (
        "import sys; from pathlib import Path; from cmctl.store.sqlite import open_store;"
        "sys.stdin.readline(); open_store(Path(sys.argv[1]), epoch='e').close()"
    )
    for number in range(5):
        command = [sys.executable, "-c", code, str(tmp_path / f"{number}.db")]
        programs = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        for program in programs:
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        said = [program.communicate(timeout=60)[1] for program in programs]
        assert [program.returncode for program in programs] == [0] * 4, said
