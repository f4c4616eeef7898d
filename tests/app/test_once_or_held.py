"""Two hosts publish, die, and settle at random against a model of the network: one copy, or held.

The rules are what can happen to one account: a post is planned, claimed, sent with every outcome; a
worker dies at each named point; the store takes no outcome, or takes it and says that it did not;
clocks differ and are set; leases end; a person looks and decides. The invariants are the promise.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import hypothesis.strategies as st
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cmctl.app.context import LEASE, Context
from cmctl.app.publishing import decide
from cmctl.app.publishing.journal import Journal
from cmctl.app.publishing.pause import Missed, pause, resume
from cmctl.app.publishing.points import Point
from cmctl.app.publishing.publish import drain
from cmctl.app.publishing.recover import recover
from cmctl.channels.base import Outgoing, Unavailable, Uncertain
from cmctl.core.ledger import Change, Intake
from cmctl.core.model import Delivery, HoldReason, Receipt, State
from cmctl.core.state import Move
from cmctl.store.base import Query, Store, StoreError
from cmctl.store.sql.instants import milliseconds
from cmctl.testing.store_contract.base import NOON, add
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace
from servers.postgres import Postgres

from .imagined import KINDS, Adapters, Fate, Imagined, Keyed, Silent

#: Lives of the two hosts that are played; `make faults` plays many more.
EXAMPLES = int(os.environ.get("EXAMPLES", "40"))
LANE = "a/x"
HOSTS = ("here", "there")
POINTS = [
    Point.BEFORE_CLAIM,
    Point.AFTER_CLAIM,
    Point.BEFORE_INTENT,
    Point.AFTER_INTENT,
    Point.AFTER_ANSWER,
    Point.AFTER_SETTLE,
]
OUTCOMES = {Move.PUBLISH, Move.REFUSE, Move.UNSENT, Move.DOUBT}
OPEN = {State.PLANNED, State.CLAIMED, State.SENDING, State.UNCERTAIN}
#: What a person may say of an uncertain one.
DECIDED: Mapping[str, Callable[..., object]] = {
    "confirm": lambda ctx, one, there: decide.confirm(ctx, one, there[0].remote_id),
    "retry": lambda ctx, one, there: decide.retry(ctx, one),
    "cancel": lambda ctx, one, there: decide.cancel(ctx, one, "trop tard"),
}
WORDS = list(DECIDED)
LEASE_CLOCK = (
    "CREATE OR REPLACE FUNCTION cmctl.lease_clock() RETURNS BIGINT LANGUAGE sql RETURN {}::BIGINT"
)
waits = st.sampled_from([1, 11, 61, 61, 600, 4000])
#: How many outcomes the store does not take, and whether it only says so.
flaws = st.sampled_from([None, None, None, (1, False), (1, True), (90, False)])
#: The same commits, flushed to memory.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
steps = st.sampled_from([timedelta(hours=-1), timedelta(minutes=10), timedelta(hours=1)])


class Ill(NamedTuple):
    """Where a worker dies, or stands still for some seconds while the other one goes on."""

    point: Point
    seconds: int = 0
    #: What a person says meanwhile, where it is true.
    word: str = ""


def ills(points: list[Point]) -> st.SearchStrategy[Ill | None]:
    dies = st.sampled_from(points).map(Ill)
    sleeps = st.builds(Ill, st.sampled_from(points), waits, st.sampled_from(["", *WORDS]))
    return st.none() | st.none() | dies | sleeps


class Died(BaseException):
    """A process is gone: nothing that it runs may hinder it."""


class Flawed:
    """A store that does not take outcomes for a while, or takes them and says that it did not."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.times = 0
        self.takes_them = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def apply(self, change: Change) -> Delivery | None:
        return self._flawed(change, lambda: self._store.apply(change))

    def apply_and_claim(self, change: Change, wish: object) -> object:
        return self._flawed(change, lambda: self._store.apply_and_claim(change, wish))

    def _flawed(self, change: Change, execute: Callable[[], object]) -> object:
        if change.move not in OUTCOMES or not self.times:
            return execute()
        self.times -= 1
        if self.takes_them:
            execute()
        raise StoreError("the store is away")


class Host:
    """One machine with its clock and its worker, which may die."""

    def __init__(self, world: "World", name: str) -> None:
        self.world, self.name, self.pid = world, name, 0
        self.off = timedelta()
        self.ill: Ill | None = None
        self.start()

    def now(self) -> datetime:
        return self.world.true + self.off

    def start(self) -> None:
        self.pid += 1
        self.ill = None
        machine = Machine(now=self.now, wait=self.world.wait, environment={})
        self.workspace = Workspace(machine, self.world.config)
        plain = self.workspace.context
        worker = f"{self.name}/{self.pid}/1"
        self.store = Flawed(plain.store)
        self.ctx: Context = replace(
            plain,
            store=self.store,
            channels=Adapters(self.world.network),
            worker=worker,
            alive=self.alive,
            journal=Journal(plain.journal.folder, worker),
            reach=self.reach,
        )
        self.ctx.journal.allocate()

    def alive(self, worker: str) -> bool:
        host, pid, _ = worker.split("/")
        return host != self.name or int(pid) == self.pid

    def reach(self, point: Point) -> None:
        if self.ill is None or point is not self.ill.point:
            return
        ill, self.ill = self.ill, None
        if not ill.seconds:
            raise Died
        self.world.meanwhile(self, ill)

    def work(
        self,
        what: Callable[[Context], object],
        ill: Ill | None = None,
        flaw: tuple[int, bool] | None = None,
    ) -> None:
        """Do something as this host's worker, which may die of it and is replaced then."""
        self.ill = ill
        self.store.times, self.store.takes_them = flaw or (0, False)
        try:
            with suppress(StoreError):  # told in a log; the next turn does it
                what(self.ctx)
        except Died:
            self.bury()
            self.start()
        self.ill = None

    def bury(self) -> None:
        self.workspace.close()
        with suppress(TypeError, OSError):
            os.close(self.ctx.journal._file)  # as the kernel does; the file stays


class World(RuleBasedStateMachine):
    """One account of a client, two hosts, one store."""

    def __init__(
        self,
        *,
        kinds: Mapping[str, type[Silent]] = KINDS,
        address: str = "",
        set_clock: Callable[[datetime], object] = lambda _: None,
    ) -> None:
        """`kinds` are the networks; `set_clock` sets that by which a server's leases end."""
        super().__init__()
        self._kinds = kinds
        self._address = address
        self._set_clock = set_clock

    @initialize(kind=st.sampled_from(sorted(KINDS)), skew=st.sampled_from([0, 0, -10, 10]))
    def begin(self, kind, skew):
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.config = Path(self.folder.name) / "config.yaml"
        store = f"store: {self._address}\n" if self._address else ""
        self.config.write_text(
            f"timezone: Europe/Paris\npace: 0s\ngrace: 12h\nguard: {{enabled: false}}\n{store}"
            "clients: {a: {name: A, channels: {x: {network: sandbox, url: 'http://127.0.0.1:9',"
            " account: x}}}}\n"
        )
        self.true = NOON
        self.network = Imagined(lambda: self.true, {LANE: self._kinds[kind]})
        self.planned = 0
        self.has_paused = False
        self.hosts = {name: Host(self, name) for name in HOSTS}
        self.hosts["there"].off = timedelta(minutes=skew)
        self._set_clock(self.true)
        self.plan(0)
        self.plan(0)

    @property
    def account(self):
        return self.network.accounts[LANE]

    def wait(self, number: float) -> None:
        self.true += timedelta(seconds=number)
        self._set_clock(self.true)

    def deliveries(self) -> list[Delivery]:
        return list(self.hosts["here"].ctx.store.deliveries(Query()))

    # What happens.

    @precondition(lambda self: self.planned < 6)
    @rule(minutes=st.integers(0, 3))
    def plan(self, minutes):
        self.planned += 1
        due = self.true + timedelta(minutes=minutes)
        one = add(f"p{self.planned}", LANE, due=due, text=f"nouvelle {self.planned}")
        here = self.hosts["here"].ctx
        here.store.take_in(Intake(client="a", operations=[one], at=self.true))

    @rule(
        host=st.sampled_from(HOSTS),
        fate=st.sampled_from(Fate),
        ill=ills(POINTS),
        more=st.booleans(),
        flaw=flaws,
    )
    def publish(self, host, fate, ill, more, flaw):
        def work(ctx: Context) -> None:
            for _ in drain(ctx, LANE, more=lambda: more):
                pass

        self.account.fate = fate
        self.hosts[host].work(work, ill, flaw)

    @rule(
        host=st.sampled_from(HOSTS),
        later=waits,
        fate=st.sampled_from(Fate),
        ill=ills([Point.AFTER_INTENT, Point.AFTER_ANSWER]),
        flaw=flaws,
    )
    def settle(self, host, later, fate, ill, flaw):
        self.wait(later)
        self.account.fate = fate
        self.hosts[host].work(recover, ill, flaw)

    @rule(number=waits)
    def time_passes(self, number):
        self.wait(number)

    @precondition(lambda self: self.account.limbo)
    @rule()
    def what_is_under_way_arrives(self):
        self.network.arrive(LANE, all_of_them=True)

    @rule(number=waits)
    def nobody_can_look_for_a_while(self, number):
        self.account.dark = True
        for host in self.hosts.values():
            host.work(recover)
        self.wait(number)
        self.account.dark = False

    @rule(host=st.sampled_from(HOSTS), by=steps)
    def a_clock_is_set(self, host, by):
        self.hosts[host].off += by

    @precondition(lambda self: not self.has_paused)
    @rule(number=waits, missed=st.sampled_from(Missed))
    def a_pause_that_ends(self, number, missed):
        self.has_paused = True
        pause(self.hosts["here"].ctx, "", "grève")
        for host in self.hosts.values():
            host.work(recover)
        self.wait(number)
        resume(self.hosts["here"].ctx, "", missed)

    @rule(word=st.sampled_from(WORDS))
    def a_person_looks_and_says(self, word):
        self.person(word)

    def person(self, word: str) -> None:
        """Say what is true of an uncertain one, once nothing is under way any more."""
        if self.account.limbo:
            return
        for one in filter(is_doubtful, self.deliveries()):
            there = self.network.standing(LANE, one.content.text)
            if bool(there) is (word == "confirm"):
                self.hosts["here"].work(partial(DECIDED[word], one=one, there=there))

    def meanwhile(self, host: Host, ill: Ill) -> None:
        """Let time pass and the other host work, while one stands still."""
        began = self.true
        self.wait(ill.seconds)
        (other,) = (one for one in self.hosts.values() if one is not host)
        for _ in range(3):
            other.work(recover)
            self.wait(11)
        # On SQLite a clock that is ahead sees a lease end early: what is still to leave within it
        # is under way, and a person waits for that.
        leaves = ill.point is Point.AFTER_INTENT and self.true - began < LEASE
        if ill.word and not leaves:
            self.person(ill.word)
            other.work(lambda ctx: list(drain(ctx, LANE)))

    # What is promised.

    @invariant()
    def each_delivery_stands_as_it_is_written_down(self):
        if not hasattr(self, "hosts"):
            return
        rows = self.deliveries()
        assert len(rows) == self.planned, "one is lost"
        for one in rows:
            there = self.network.standing(LANE, one.content.text)
            assert len(there) <= 1, f"{one.key.post} is {one.state} and stands twice"
            if one.state is State.PUBLISHED:
                assert [copy.remote_id for copy in there] == [one.receipt.remote_id]
            if not is_doubtful(one) and one.state not in {State.SENDING, State.PUBLISHED}:
                assert not there, f"{one.key.post} is {one.state} and stands"

    def teardown(self):
        if not hasattr(self, "hosts"):
            return
        try:
            self.come_to_rest()
            assert not [one.key.post for one in self.deliveries() if one.state in OPEN]
            self.each_delivery_stands_as_it_is_written_down()
            assert not self.hosts["here"].ctx.store.verify()
        finally:
            for host in self.hosts.values():
                host.bury()
            self.folder.cleanup()

    def come_to_rest(self) -> None:
        """Let everything work again, and time pass, until nothing is open."""
        self.account.fate, self.account.dark = Fate.ACCEPTED, False
        for host in self.hosts.values():
            host.off = timedelta()
        for turn in range(40):
            for host in self.hosts.values():
                host.work(recover)
                host.work(lambda ctx: list(drain(ctx, LANE)))
            if not any(one.state in OPEN for one in self.deliveries()):
                return
            self.wait(120 if turn < 20 else 6 * 3600)


def is_doubtful(one: Delivery) -> bool:
    held = one.hold is not None and one.hold.reason is HoldReason.UNCERTAIN
    return one.state is State.UNCERTAIN or (one.state is State.HELD and held)


def how(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def test_on_sqlite_a_delivery_stands_once_or_is_held_whatever_happens() -> None:
    run_state_machine_as_test(World, settings=how(EXAMPLES))


class Guessing(Keyed):
    """The negative control: a client that takes a lost answer for a post that was not stored."""

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Send one request, and guess."""
        try:
            return super().publish(outgoing)
        except Uncertain:
            raise Unavailable("surely not") from None


def test_the_machine_finds_out_a_client_that_guesses() -> None:
    guessing = settings(how(300), phases=[Phase.generate], report_multiple_bugs=False)
    kinds = dict.fromkeys(KINDS, Guessing)
    with pytest.raises(AssertionError, match="and stands"):
        run_state_machine_as_test(lambda: World(kinds=kinds), settings=guessing)


def test_on_postgresql_a_delivery_stands_once_or_is_held_whatever_happens(
    postgres: Postgres,
) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:

        def set_clock(at: datetime) -> None:
            connection.execute(LEASE_CLOCK.format(milliseconds(at)).encode())

        def world() -> World:
            postgres.clear()
            return World(address=postgres.url(), set_clock=set_clock)

        run_state_machine_as_test(world, settings=how(EXAMPLES // 2))
