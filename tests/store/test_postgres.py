"""The store in PostgreSQL where the server, the way to it or another process fails."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

import psycopg
import pytest

from cmctl.core.model import State
from cmctl.core.state import Move
from cmctl.store.base import Claim, Query, StoreError, StoreNewerError
from cmctl.store.postgres import open_store, opening
from cmctl.store.postgres.connecting import Address
from cmctl.store.sqlite.sql import schema
from cmctl.testing.store_contract.base import (
    LANE,
    MINUTE,
    NOON,
    add,
    change,
    claim,
    claimed,
    hold,
    moved,
    only,
    take_in,
)
from servers.postgres import Postgres
from servers.way import Way

COLOUR = "SELECT 1 FROM information_schema.columns WHERE column_name = 'colour'"
SECOND = timedelta(seconds=1)
PUBLISHED = frozenset({State.PUBLISHED})
LANES = [f"atlas/c{number}" for number in range(8)]


@pytest.fixture(autouse=True)
def real_clock(postgres: Postgres) -> None:
    """The server's own: the contract's suite sets it."""
    postgres.forget()


def opened(postgres: Postgres, **how):
    return closing(open_store(postgres.url(), epoch="e1", **how))


@contextmanager
def by_a_way(postgres: Postgres):
    """Yield a way to the server that can fail, and a store that is opened by it."""
    with (
        opened(postgres),
        Way(postgres) as way,
        closing(open_store(way.url(), epoch="e1")) as store,
    ):
        yield way, store


def asked(postgres: Postgres, statement: str) -> list:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        return connection.execute(statement).fetchall()


def test_both_stores_have_the_same_columns(postgres):
    with opened(postgres):
        theirs = asked(
            postgres,
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'cmctl'",
        )
    with closing(sqlite3.connect(":memory:")) as here:
        here.executescript(schema())
        ours = here.execute(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables, "
            "pragma_table_xinfo(tables.name) AS columns "
            "WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'"
        ).fetchall()
    assert set(theirs) == set(ours)


def test_without_psycopg_it_is_said_what_to_install():
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from cmctl.store.errors import StoreError\n"
        "from cmctl.store.opening import open_store\n"
        "try: open_store('postgresql://h/d', epoch='e')\n"
        "except StoreError as problem: print(problem.message, problem.hint)"
    )
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "psycopg is not installed" in said.stdout
    assert "cmctl[postgres]" in said.stdout


def test_a_newer_store_is_refused_and_an_older_one_waits_for_its_migration(
    postgres, tmp_path, monkeypatch
):
    opened(postgres).thing.close()
    postgres.execute("UPDATE cmctl.meta SET value = '99' WHERE key = 'version'")
    with pytest.raises(StoreNewerError, match="version 99"):
        open_store(postgres.url(), epoch="e1")
    postgres.execute("UPDATE cmctl.meta SET value = '1' WHERE key = 'version'")
    monkeypatch.setattr(opening, "VERSION", 2)
    monkeypatch.setattr(opening, "MIGRATIONS", tmp_path)
    with pytest.raises(StoreError, match="version 1, 2 is needed") as told:
        open_store(postgres.url(), epoch="e1")
    assert "cmctl store migrate" in told.value.hint
    step = tmp_path / "0002_colour.sql"
    step.write_text("ALTER TABLE lanes ADD COLUMN colour TEXT; broken;")
    with pytest.raises(StoreError, match="syntax"):
        opening.migrated(Address(postgres.url()), "e1")
    assert not asked(postgres, COLOUR), "a step that fails half-way leaves nothing"
    step.write_text("ALTER TABLE lanes ADD COLUMN colour TEXT;")
    assert opening.migrated(Address(postgres.url()), "e1") == (1, 2)
    assert asked(postgres, COLOUR)
    opened(postgres).thing.close()


def test_a_schema_of_another_program_is_left_alone(postgres):
    postgres.execute("CREATE SCHEMA cmctl; CREATE TABLE cmctl.theirs (x INT)")
    with pytest.raises(StoreError, match="another program"):
        open_store(postgres.url(), epoch="e1")


def test_every_commit_is_flushed_whatever_the_server_was_set_to(postgres):
    postgres.execute("ALTER ROLE cmctl SET synchronous_commit = off")
    try:
        with opened(postgres) as store:
            found = store._write(lambda db: db.raw.execute("SHOW synchronous_commit").fetchall())
        assert found == [("on",)]
    finally:
        postgres.execute("ALTER ROLE cmctl RESET synchronous_commit")


def test_events_are_never_altered(postgres):
    with opened(postgres) as store:
        take_in(store, add())
    for statement in ("UPDATE cmctl.events SET kind = 'x'", "TRUNCATE cmctl.events"):
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            postgres.execute(statement)


def test_a_password_is_in_no_message(postgres):
    with pytest.raises(StoreError) as told:
        open_store("postgresql://cmctl@127.0.0.1:1/x", epoch="e1", password="s3cr3t-canary")
    cause = told.value
    while cause is not None:
        assert "canary" not in str(cause)
        cause = cause.__cause__
    with pytest.raises(StoreError) as told:
        open_store("postgresql://cmctl:s3cr3t-canary@127.0.0.1:1/x", epoch="e1")
    assert "canary" not in str(told.value)


# --- the server goes away ---


def test_a_server_that_crashed_is_told_and_used_again_when_it_is_back(postgres):
    with opened(postgres) as store:
        take_in(store, add("p1"), add("p2"))
        sending = moved(store, claimed(store), Move.SEND)
        postgres.stop("immediate")
        try:
            with pytest.raises(StoreError, match="postgresql"):
                store.apply(change(sending, Move.PUBLISH))
            with pytest.raises(StoreError, match="postgresql"):
                store.count(Query())
        finally:
            postgres.start()
        assert store.delivery(sending.number) == sending
        assert moved(store, sending, Move.PUBLISH).state is State.PUBLISHED
        assert claimed(store).key.post == "p2"


@contextmanager
def descriptors_left(count):
    """Have so many files left to open in this process."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = [os.dup(0) for _ in range(count + 1)]  # each is the lowest that is free
    for one in free:
        os.close(one)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free[-1], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("left", [0, 1])
def test_without_a_descriptor_for_a_new_connection_the_store_says_so_and_goes_on(postgres, left):
    """psycopg needs two: the socket's, and one to wait for it."""
    with opened(postgres) as store:
        with descriptors_left(left), pytest.raises(StoreError, match="postgresql"):
            store.count(Query())
        assert store.count(Query()) == 0


def test_a_commit_whose_answer_is_lost_is_found_to_hold(postgres):
    with by_a_way(postgres) as (way, store):
        take_in(store, add())
        way.losing = True
        delivery = claim(store)
        assert way.lost == 1
        assert delivery is not None
        assert delivery == only(store)
        assert len(store.events(delivery.number)) == 2


def test_a_commit_that_never_arrived_is_told_as_a_failure(postgres):
    with by_a_way(postgres) as (way, store):
        take_in(store, add())
        way.swallowing = True
        with pytest.raises(StoreError, match="postgresql"):
            claim(store)
        assert way.lost == 1
        assert only(store).state is State.PLANNED
        assert claimed(store).fence == 1


def test_verify_finds_a_state_that_no_event_led_to(postgres):
    with opened(postgres) as store:
        take_in(store, add())
        assert store.verify() == []
        postgres.execute("UPDATE cmctl.deliveries SET state = 'refused'")
        assert "its last event says otherwise" in store.verify()[0]


# --- many machines ---


def test_who_claims_passes_by_a_lane_that_another_machine_has_in_its_hands(postgres):
    with opened(postgres) as store, psycopg.connect(postgres.url()) as other:
        take_in(store, add("p1"), add("p2", "atlas/free"))
        other.execute("SELECT 1 FROM cmctl.lanes WHERE channel = %s FOR UPDATE", [LANE])
        assert claim(store) is None
        assert claim(store, "atlas/free") is not None
        other.rollback()
        assert claim(store) is not None


def test_leases_end_by_the_server_whatever_the_machines_clocks_say(postgres):
    """One machine is ten minutes ahead, the other ten behind."""
    ahead, behind = NOON + 10 * MINUTE, NOON - 10 * MINUTE
    with opened(postgres) as fast, opened(postgres) as slow:
        take_in(fast, add("p1", due=NOON - 60 * MINUTE))
        mine = fast.claim(Claim(LANE, ahead, "fast/1/1", MINUTE))
        assert mine is not None
        for store, now in ((fast, ahead), (slow, behind)):
            left = store.in_flight()[0].lease_until - store.clock(now)
            assert timedelta() < left <= MINUTE
        assert slow.claim(Claim(LANE, behind, "slow/1/1", MINUTE)) is None
        sending = moved(fast, mine, Move.SEND, at=ahead, lease=MINUTE)
        doubt = change(sending, Move.DOUBT, at=behind)
        assert slow.apply(doubt) is not None
        assert fast.apply(change(sending, Move.PUBLISH, at=ahead)) is None
        resent = moved(slow, only(slow), Move.RESEND, at=behind, lease=MINUTE)
        left = resent.lease_until - fast.clock(ahead)
        assert timedelta() < left <= MINUTE


def test_a_daemon_elsewhere_is_woken_by_what_may_be_due(postgres):
    rung = threading.Event()

    def wakes() -> bool:
        woken = rung.wait(30)
        rung.clear()
        return woken

    with opened(postgres) as here, opened(postgres) as there:
        here.listen(rung.set)
        assert wakes(), "as soon as it listens"
        take_in(there, add())
        assert wakes()
        held = moved(there, only(there), Move.HOLD, hold=hold())
        moved(there, held, Move.RELEASE)
        assert wakes()
        there.pause("atlas", reason="crisis", at=NOON)
        there.resume("atlas", at=NOON)
        assert wakes()


def test_while_nobody_has_dealt_with_a_database_that_was_put_back_nothing_is_claimed(postgres):
    """A daemon that runs while its server is put back, or a standby takes over, sends nothing."""
    with opened(postgres) as store:
        take_in(store, add("p1"))
        postgres.execute("UPDATE cmctl.meta SET value = '1/00000001/1' WHERE key = 'place'")
        assert store.due_channels(NOON) == []
        assert claim(store) is None
        assert store.info()["moved"]
        store.forget_backup(at=NOON)
        assert not store.info()["moved"]
        assert claimed(store).key.post == "p1"


#: Publishes for ever on many lanes, and says each number once its publication is committed.
WORKER = """
import sys, threading
from cmctl.core.model import State
from cmctl.core.state import Move
from cmctl.store.base import Query
from cmctl.store.postgres import open_store
from cmctl.testing.store_contract.base import change, claim
store = open_store(sys.argv[1], epoch="e1")
def work(lane):
    while store.count(Query(channel=lane, states=frozenset({State.PLANNED}))):
        if delivery := claim(store, lane):
            if sending := store.apply(change(delivery, Move.SEND)):
                if published := store.apply(change(sending, Move.PUBLISH)):
                    sys.stdout.write(f"{published.number}\\n")
                    sys.stdout.flush()
for n in range(8):
    threading.Thread(target=work, args=(f"atlas/c{n}",), daemon=True).start()
threading.Event().wait()
"""


def worker(postgres: Postgres) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, postgres.url()], stdout=subprocess.PIPE, text=True
    )


def lines(process: subprocess.Popen[str]) -> list[int]:
    """What the worker said; a kill may have cut its last line."""
    said, _ = process.communicate()
    whole = said.splitlines() if said.endswith("\n") else said.splitlines()[:-1]
    return [int(line) for line in whole]


def test_workers_that_are_killed_lose_and_double_nothing(postgres):
    with opened(postgres) as store, ExitStack() as last:
        take_in(store, *(add(f"p{n}", lane) for lane in LANES for n in range(30)))
        workers = [last.enter_context(worker(postgres)) for _ in range(3)]
        said: list[int] = []
        deadline = time.monotonic() + 240
        kills = [60, 120]
        while (done := store.count(Query(states=PUBLISHED))) < 240:
            assert time.monotonic() < deadline
            if kills and done > kills[0]:
                kills.pop(0)
                victim = workers.pop()
                victim.send_signal(signal.SIGKILL)
                said += lines(victim)
            for delivery in store.in_flight():  # of one that was killed, or is slow
                if store.clock(NOON) > delivery.lease_until - 57 * SECOND:
                    back = Move.GIVE_BACK if delivery.state is State.CLAIMED else Move.UNSENT
                    store.apply(change(delivery, back))
            time.sleep(0.05)
        for process in workers:
            process.kill()
            said += lines(process)
        published = {row.number for row in store.listing(Query(by_publication=True))}
        assert len(said) == len(set(said))
        assert set(said) <= published
        assert not store.verify()
