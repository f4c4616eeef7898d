"""The place of a campaign: a workspace that grows, the network, and the store's facts."""

import os
import random
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from cmctl.core.model import Delivery
from cmctl.store.base import Query, Store
from cmctl.testing.sandbox import Fault, SandboxClient
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace
from faults.checker import Planned, Witness
from faults.clock import SharedClock
from faults.processes import fork, network

#: What each account of the campaign is on.
ACCOUNTS = {
    "key0": "sandbox",
    "key1": "sandbox",
    "key2": "sandbox",
    "guarded": "sandbox",
    "lookup0": "sandbox_lookup",
    "lookup1": "sandbox_lookup",
    "silent": "sandbox_silent",
}
#: Rounds after which the client is another one, as a ledger of thousands takes its time.
ROUNDS_A_CLIENT = 20
WORDS = """
    marché fromage atelier vélo concert jardin librairie menuiserie piscine théâtre abeilles
    boulangerie cidre forge lavande moulin orchestre poterie randonnée serrure tissage verger
    vendange zinc chantier quai phare tramway musée fanfare
""".split()  # noqa: SIM905 - thirty words as a person reads them
T = TypeVar("T")


class Site:
    """One workspace on one sandbox network, both in processes of their own."""

    def __init__(
        self,
        root: Path,
        clock: SharedClock,
        *,
        accounts: dict[str, str] = ACCOUNTS,
        store: str = "",
    ) -> None:
        """`store` is as in `config.yaml`; empty: the SQLite file that is the default."""
        self.root = root
        self.log = root / "log"
        self.config = root / "workspace" / "config.yaml"
        self.clock = clock
        self._accounts = accounts
        self._store = store
        self._port = 0
        self._client = ""
        #: The file of this round, and what is in it.
        self._file, self._written = Path(), b""
        self.network = 0
        self.config.parent.mkdir(parents=True)
        self.start_network()
        self.witness = Witness(root / "network" / "oracle.jsonl")

    # --- the network ---

    def start_network(self) -> None:
        """Start the sandbox; returns when it takes connections."""
        ours, theirs = os.pipe()
        self.network = fork(
            lambda: network(self.root / "network", self._port, theirs), self.root / "network.log"
        )
        os.close(theirs)
        with os.fdopen(ours, encoding="utf-8") as said:
            url = said.read()
        self._port = int(url.rpartition(":")[2])

    def kill_network(self) -> None:
        """End the sandbox as a power cut would, and start it again on what it had."""
        self.stop_network()
        self.start_network()

    def stop_network(self) -> None:
        """End the sandbox."""
        os.kill(self.network, signal.SIGKILL)
        os.waitpid(self.network, 0)

    def fault(self, *faults: Fault) -> None:
        """Put faults in force."""
        with closing(SandboxClient(self.url)) as client:
            for fault in faults:
                client.fault(fault)

    def end_faults(self) -> None:
        """End all faults."""
        with closing(SandboxClient(self.url)) as client:
            client.clear_faults()

    @property
    def url(self) -> str:
        """Where the sandbox listens."""
        return f"http://127.0.0.1:{self._port}"

    # --- the files ---

    def plan(
        self,
        number: int,
        posts: int,
        seconds: float,
        dice: random.Random,
        *,
        ahead: timedelta = timedelta(),
    ) -> list[Planned]:
        """Write the posts of one round in place of the last one's, due within so many seconds."""
        client = f"c{number // ROUNDS_A_CLIENT}"
        if client != self._client:
            shutil.rmtree(self.config.parent / "posts" / self._client, ignore_errors=True)
            (self.config.parent / "posts" / client).mkdir(parents=True)
            self._client = client
            self.config.write_text(self._settings(client), encoding="utf-8")
        planned, lines = [], []
        for n in range(posts):
            post = f"r{number}-p{n}"
            text = f"{post} {' '.join(dice.sample(WORDS, 6))}"
            due = self.clock.now() + ahead + timedelta(seconds=dice.uniform(0, seconds))
            at = due.isoformat(timespec="seconds")
            lines += [f"- id: {post}", f"  text: {text}", f"  at: {at}"]
            planned += [Planned(post, f"{client}/{account}", text) for account in self._accounts]
        self._file = self.config.parent / "posts" / client / "round.yaml"
        self._written = ("\n".join(lines) + "\n").encode()
        part = self._file.with_name(".part")
        part.write_bytes(self._written)
        part.replace(self._file)
        return planned

    def write_part(self, part: float) -> None:
        """Let the file of this round be half written, as an editor or a full disk leaves it."""
        self._file.write_bytes(self._written[: round(len(self._written) * part)])

    def _settings(self, client: str) -> str:
        lines = [
            "timezone: Europe/Paris",
            *([f"store: {self._store}"] if self._store else []),
            "pace: 0s",
            "guard: {enabled: false}",
            f"clients:\n  {client}:\n    name: {client}\n    channels:",
        ]
        for account, kind in self._accounts.items():
            lines.append(f"      {account}: {{network: {kind}, url: '{self.url}',")
            guard = "true, freshness: 0s, on_flag: warn" if account == "guarded" else "false"
            lines.append(f"        account: {account}, guard: {{enabled: {guard}}}}}")
        return "\n".join(lines) + "\n"

    # --- the facts ---

    def ask(self, look: Callable[[Store], T]) -> T:
        """Look into the store and let go of it, so that nothing is open when we fork."""
        with Workspace(Machine(environment={}), self.config) as workspace:
            return look(workspace.store)

    def deliveries(self) -> Sequence[Delivery]:
        """Return every delivery of the client of this round."""
        return self.ask(lambda store: store.deliveries(Query(client=self._client)))
