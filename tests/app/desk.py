"""A workspace on a sandbox for the tests of the use cases: real files, store, server and clock."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cmctl.app.context import Context
from cmctl.app.media.reading import Fetch, public
from cmctl.app.posts.take_in import take_in
from cmctl.app.publishing.recover import recover
from cmctl.app.run import advise_all, publish_due, watch_all
from cmctl.core.model import Delivery, State
from cmctl.store.base import Query
from cmctl.testing.sandbox import Fault, FaultKind, SandboxClient, SandboxServer
from cmctl.testing.sandbox.rules import Rules
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace

WORKER = Path(__file__).with_name("worker.py")


@dataclass
class Clock:
    """A clock that tests set; it starts at the machine's own time."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def now(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class Desk:
    """One client `a` with the channels `x` and `y` on a sandbox."""

    def __init__(self, root: Path, *, extra: str = "", channels: str = "x y") -> None:
        self.root = root
        self.clock = Clock()
        self.fetch: Fetch = public
        #: By account, those that its network takes; an account without one needs none.
        self.tokens: dict[str, str] = {}
        rules = Rules(tokens=self.tokens)
        self.server = SandboxServer(root / "network", rules=rules).start()
        self.network = SandboxClient(self.server.url)
        folder = root / "workspace"
        (folder / "posts" / "a").mkdir(parents=True)
        self.config = folder / "config.yaml"
        lines = [
            "timezone: Europe/Paris",
            "pace: 0s",
            *extra.splitlines(),
            "clients:",
            "  a:",
            "    name: A",
            "    channels:",
            *(
                f"      {name}: {{network: sandbox, url: '{self.server.url}', account: {name}}}"
                for name in channels.split()
            ),
        ]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def close(self) -> None:
        self.network.close()
        self.server.stop()

    # Files.

    def write(self, *posts: dict[str, object], file: str = "posts.yaml") -> None:
        """Write posts; `in` is minutes from now, else the post says its own time."""
        made = []
        for post in posts:
            minutes = post.pop("in", None)
            if minutes is not None:
                post["at"] = (self.clock.at + timedelta(minutes=float(str(minutes)))).isoformat()
            made.append(post)
        # JSON is YAML.
        text = json.dumps(made, ensure_ascii=False)
        (self.config.parent / "posts" / "a" / file).write_text(text, encoding="utf-8")

    # Work.

    @contextmanager
    def context(self) -> Iterator[Context]:
        machine = Machine(now=self.clock.now, wait=self.clock.wait, environment={})
        with Workspace(machine, self.config) as workspace:
            workspace.context.journal.allocate()
            yield replace(workspace.context, fetch=self.fetch)

    def turn(self) -> list[Delivery]:
        """Make one whole turn in this process; return what was published or not."""
        done: list[Delivery] = []
        with self.context() as ctx:
            take_in(ctx)
            recover(ctx)
            watch_all(ctx, oldest=lambda *_: timedelta())
            list(advise_all(ctx))
            publish_due(ctx, done.append)
        return done

    def turn_and_die(self, point: str) -> int:
        """Make one turn in a process that is killed at a named point; return how it ended."""
        return self.turn_elsewhere(point, "kill").wait(60)

    def turn_elsewhere(self, point: str, what: str) -> "subprocess.Popen[bytes]":
        """Make one turn in a process to which something happens at a point; see worker.py."""
        told = [str(self.config), point, self.clock.at.isoformat(), what]
        return subprocess.Popen(
            [sys.executable, str(WORKER), *told],
        )

    def settle(self) -> None:
        """Go on until nothing is open any more, as a daemon would."""
        for _ in range(12):
            self.turn()
            if not self.in_flight():
                return
            self.clock.forward(minutes=2)

    # Facts.

    def read(self, look: Callable[[Context], object]) -> object:
        with self.context() as ctx:
            return look(ctx)

    def in_flight(self) -> list[Delivery]:
        with self.context() as ctx:
            return list(ctx.store.in_flight())

    def deliveries(self) -> list[Delivery]:
        with self.context() as ctx:
            return list(ctx.store.deliveries(Query()))

    def only(self) -> Delivery:
        (delivery,) = self.deliveries()
        return delivery

    def copies(self) -> Counter[str]:
        """Return how often each text stands on the network, by the network's own record."""
        lines = self.server.oracle.read_text(encoding="utf-8").splitlines()
        return Counter(line["text"] for line in map(json.loads, lines) if line["op"] == "post")

    def fault(self, kind: FaultKind, **how: object) -> None:
        self.network.fault(Fault(kind=kind, **how))  # type: ignore[arg-type]


def violations(desk: Desk) -> list[str]:
    """Return every delivery that is not published once, or visibly held or refused."""
    copies = desk.copies()
    found = []
    for delivery in desk.deliveries():
        there = copies[delivery.content.text]
        if delivery.state is State.PUBLISHED and there != 1:
            found.append(f"{delivery.number} is published and stands {there} times")
        elif delivery.state in {State.HELD, State.REFUSED} and there > 1:
            found.append(f"{delivery.number} is {delivery.state} and stands {there} times")
        elif delivery.state not in {State.PUBLISHED, State.HELD, State.REFUSED}:
            found.append(f"{delivery.number} is still {delivery.state}")
    return found
