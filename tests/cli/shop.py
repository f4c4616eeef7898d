"""A workspace beside a sandbox, for programs that run in processes of their own."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from cmctl.testing.sandbox import Fault, FaultKind, SandboxClient, SandboxServer

from .conftest import CMCTL, Ended, Run

CONFIG = """\
timezone: Europe/Paris
pace: 0s
guard: {{freshness: 0s}}
clients:
  atlas:
    name: Atlas
    channels:
      page: {{network: sandbox, url: "{url}", account: page}}
      news: {{network: sandbox, url: "{url}", account: news}}
"""


def wall(ahead: timedelta = timedelta()) -> str:
    """Return a time from now as a post says it, with its offset."""
    return (datetime.now(UTC) + ahead).isoformat(timespec="seconds")


def post(id: str, text: str, ahead: timedelta = timedelta(), more: str = "") -> str:  # noqa: A002
    return f"- id: {id}\n  text: {json.dumps(text)}\n  at: {wall(ahead)}\n{more}"


class Shop:
    """One workspace with one client, and the sandbox that its accounts are on."""

    def __init__(self, root: Path, sandbox: SandboxServer, run: Run) -> None:
        self.root = root
        self.sandbox = sandbox
        self.client = SandboxClient(sandbox.url)
        self._run = run
        self.write("config.yaml", CONFIG.format(url=sandbox.url))

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def posts(self, *posts: str, file: str = "posts.yaml") -> Path:
        return self.write(f"posts/atlas/{file}", "".join(posts))

    def cmctl(self, *args: str, **how: Any) -> Ended:
        return self._run(CMCTL, *args[:1], "-C", str(self.root), *args[1:], **how)

    def listed(self, *args: str) -> list[dict[str, Any]]:
        return json.loads(self.cmctl(*args, "--json").out)

    def by_hand(self, account: str, text: str) -> str:
        return self.client.post_by_hand(account, text)

    def fault(self, kind: str, **fault: Any) -> None:
        self.client.fault(Fault(kind=FaultKind(kind), **fault))

    def standing(self, account: str) -> list[str]:
        """Return the texts that followers of an account see, oldest first."""
        lines = [json.loads(raw) for raw in self.sandbox.oracle.read_bytes().splitlines() if raw]
        gone = {line["id"] for line in lines if line["op"] == "delete"}
        return [
            line["text"]
            for line in lines
            if line["op"] == "post" and line["account"] == account and line["id"] not in gone
        ]

    def tree(self) -> dict[str, tuple[bytes, int]]:
        """Return the bytes and the time of every file and folder of the workspace."""
        return {
            str(path.relative_to(self.root)): (
                path.read_bytes() if path.is_file() else b"",
                path.stat().st_mtime_ns,
            )
            for path in sorted(self.root.rglob("*"))
        }


@contextmanager
def opened(folder: Path, run: Run) -> Iterator[Shop]:
    root = folder / "workspace"
    root.mkdir()
    with SandboxServer(folder / "network") as sandbox:
        shop = Shop(root, sandbox, run)
        try:
            yield shop
        finally:
            shop.client.close()


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is so, or fail."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it did not come to pass"
        sleep(0.05)
