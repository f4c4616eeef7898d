"""Whole daemons on two machines that share a database: real processes, each with its own files."""

import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cmctl.core.model import Delivery, State
from cmctl.store.base import Query, Reading
from cmctl.store.postgres import open_store
from servers.postgres import Postgres
from servers.way import Way

from .conftest import Run
from .shop import Shop, opened, post, until

TESTS = Path(__file__).parents[1]
SECOND = timedelta(seconds=1)
#: The clock of leases, set on past every lease.
LATER = (
    "CREATE OR REPLACE FUNCTION cmctl.lease_clock() RETURNS BIGINT LANGUAGE sql "
    "RETURN floor(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT + 120000"
)


class Machines:
    """Copies of one workspace, and daemons on them."""

    def __init__(self, shop: Shop, postgres: Postgres, environ: dict[str, str]) -> None:
        self.shop = shop
        self.postgres = postgres
        self.environ = environ
        self.programs: list[subprocess.Popen[bytes]] = []

    def daemon(self, name: str, store: str = "", ahead: float = 0) -> subprocess.Popen[bytes]:
        """Start a daemon on a machine with its own copy of the files, and wait until it works."""
        program, log = self.start(name, "daemon", store=store, ahead=ahead)
        until(lambda: "publishing" in log.read_text() or program.poll() is not None)
        assert program.poll() is None, log.read_text()
        return program

    def start(
        self, name: str, command: str, *, store: str = "", ahead: float = 0
    ) -> tuple[subprocess.Popen[bytes], Path]:
        """Start cmctl on a machine with its own copy of the files; return it and its log."""
        root = self.shop.root.parent / name
        shutil.copytree(self.shop.root, root)
        with (root / "config.yaml").open("a") as config:
            config.write(f'store: "{store or self.postgres.url()}"\n')
        log = self.shop.root.parent / f"{name}.log"
        env = {**self.environ, "HOST": name, "AHEAD": str(ahead), "PYTHONPATH": str(TESTS)}
        arguments = [sys.executable, "-m", "faults.elsewhere", "-C", str(root), command]
        with log.open("wb") as file:
            program = subprocess.Popen(arguments, stderr=file, env=env)
        self.programs.append(program)
        return program, log

    def deliveries(self) -> list[Delivery]:
        store = open_store(self.postgres.url(), epoch="e")
        try:
            assert not store.verify()
            return list(store.deliveries(Query()))
        finally:
            store.close()

    def beat(self, name: str) -> datetime:
        """Return when a machine's daemon last said that it works."""
        store = open_store(self.postgres.url(), epoch="e")
        try:
            return max(one.beat for one in store.daemons() if one.name.startswith(f"{name}/"))
        finally:
            store.close()

    def reading(self, channel: str) -> Reading:
        """Return who reads a timeline, and how far it was read."""
        store = open_store(self.postgres.url(), epoch="e")
        try:
            return store.reading(channel)
        finally:
            store.close()

    def states(self) -> Counter[State]:
        return Counter(one.state for one in self.deliveries())

    def end(self) -> None:
        for program in self.programs:
            program.kill()
            program.wait()


@pytest.fixture
def machines(
    tmp_path: Path, run: Run, postgres: Postgres, environ: dict[str, str]
) -> Iterator[Machines]:
    postgres.forget()
    with opened(tmp_path, run) as shop:
        machines = Machines(shop, postgres, environ)
        try:
            yield machines
        finally:
            machines.end()


def test_two_machines_whose_clocks_are_ten_minutes_apart_publish_each_delivery_once(
    machines: Machines,
) -> None:
    shop = machines.shop
    shop.posts(*(post(f"p{n}", f"Menu {n}", 3 * SECOND, "  guard: off\n") for n in range(20)))
    both = [machines.daemon("slow"), machines.daemon("fast", ahead=600)]
    until(lambda: machines.states()[State.PUBLISHED] == 40)
    for account in ("page", "news"):
        assert sorted(shop.standing(account)) == sorted(f"Menu {n}" for n in range(20))
    for program in both:
        program.send_signal(signal.SIGTERM)
    assert [program.wait(60) for program in both] == [0, 0]


def killed(program: subprocess.Popen[bytes], _: Way) -> None:
    program.kill()
    program.wait()


def stopped(program: subprocess.Popen[bytes], _: Way) -> None:
    program.send_signal(signal.SIGSTOP)


def cut_off(_: subprocess.Popen[bytes], way: Way) -> None:
    way.cut()


@pytest.mark.parametrize("fails", [killed, stopped, cut_off])
def test_a_machine_that_fails_in_mid_call_is_taken_over_when_its_lease_is_over(
    machines: Machines, fails: Callable[[subprocess.Popen[bytes], Way], None]
) -> None:
    shop = machines.shop
    shop.posts(post("one", "Bonjour", -SECOND, "  channels: [page]\n"))
    shop.fault("drip", account="page", on="post", seconds=1.0)  # no answer before its deadline
    with Way(machines.postgres) as way:
        first = machines.daemon("first", way.url())
        until(lambda: shop.client.requests("page").get("post"))
        fails(first, way)
        second = machines.daemon("second")
        until(lambda: shop.standing("page"))
        (delivery,) = machines.deliveries()
        assert delivery.state is State.SENDING, "its lease is good: nobody touches it"
        machines.postgres.execute(LATER)
        until(lambda: machines.states()[State.PUBLISHED])

        # The one that comes back works on, and changes nothing of it.
        way.heal()
        if fails is not killed:
            beat = machines.beat("first")
            first.send_signal(signal.SIGCONT)
            until(lambda: machines.beat("first") > beat)
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0
    assert machines.states() == {State.PUBLISHED: 1}
    assert shop.standing("page") == ["Bonjour"]
    assert shop.client.requests("page")["post"] == 1


def test_a_run_elsewhere_that_is_killed_while_it_reads_is_waited_for_one_lease_long(
    machines: Machines,
) -> None:
    """Nothing tells of it but its lease: it is no daemon, and has no heartbeat."""
    shop = machines.shop
    shop.posts(post("one", "Bonjour", -SECOND, "  channels: [page]\n"))
    shop.fault("latency", account="page", on="read", seconds=600)
    first, _ = machines.start("first", "run")
    until(lambda: shop.client.requests("page").get("read"))
    until(lambda: machines.reading("atlas/news").read_at)
    first.kill()
    first.wait()
    second, log = machines.start("second", "run")
    until(lambda: shop.client.requests("news")["read"] == 2)
    assert machines.reading("atlas/page").reader.startswith("first/"), "its lease is good"
    assert second.poll() is None, log.read_text()
    machines.postgres.execute(LATER)
    assert second.wait(60) == 0, log.read_text()
    assert shop.standing("page") == ["Bonjour"]
    assert shop.client.requests("page")["post"] == 1
