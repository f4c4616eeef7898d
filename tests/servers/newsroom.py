"""From a file to the ledger, on a real server: what a community manager would see."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cmctl.app.context import Context
from cmctl.app.posts.take_in import take_in
from cmctl.app.publishing.recover import recover
from cmctl.app.run import publish_due
from cmctl.core.model import State
from cmctl.store.base import Query
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace


class Newsroom:
    """A workspace with one post for one account, and a clock that tests set."""

    def __init__(
        self, root: Path, network: str, options: Mapping[str, object], *, secret: str
    ) -> None:
        """`options` are the channel's; what they name `env:ATLAS_SECRET` is the secret."""
        self._root = root
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._environment = {"ATLAS_SECRET": secret}
        client = {"name": "Atlas", "channels": {"news": {"network": network, **options}}}
        # JSON is YAML.
        config = {"timezone": "Europe/Paris", "clients": {"atlas": client}}
        (root / "config.yaml").write_text(json.dumps(config))

    def write(self, text: str) -> None:
        folder = self._root / "posts" / "atlas"
        folder.mkdir(parents=True)
        at = (self._now + timedelta(minutes=1)).isoformat()
        (folder / "rennes.yaml").write_text(json.dumps({"id": "rennes", "text": text, "at": at}))
        with self._context() as ctx:
            take_in(ctx)
        self.forward(minutes=1)

    def forward(self, *, minutes: int) -> None:
        self._now += timedelta(minutes=minutes)

    def turn(self) -> State:
        with self._context() as ctx:
            recover(ctx)
            publish_due(ctx, lambda _: None)
            (delivery,) = ctx.store.deliveries(Query())
            return delivery.state

    def story(self) -> str:
        return self.said("queue", "show", "1")

    def said(self, *arguments: str, status: int = 0) -> str:
        """Return what the program prints, on one line."""
        command = [str(Path(sys.executable).with_name("cmctl")), *arguments]
        done = subprocess.run(command, cwd=self._root, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        return " ".join(done.stdout.split())

    @contextmanager
    def _context(self) -> Iterator[Context]:
        machine = Machine(now=lambda: self._now, wait=lambda _: None, environment=self._environment)
        with Workspace(machine, self._root / "config.yaml") as workspace:
            workspace.context.journal.allocate()
            yield workspace.context
