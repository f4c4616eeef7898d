"""A disk of 4 MiB that is full, has no inodes left, or may only be read, under the whole program.

    unshare --mount python -m faults.disks full FOLDER      as root; else --user --map-root-user too

It ends with 1, and says what, where anything is lost, doubled, or not told. `file-size` is what
comes nearest where a machine lets nobody mount: no file of the program may grow.
"""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from cmctl.app.publishing.journal import kept
from cmctl.testing.sandbox import Fault, FaultKind, SandboxClient, SandboxServer

CMCTL = str(Path(sys.executable).with_name("cmctl"))
#: What the program says of each.
WORDS = {
    "full": "the disk is full",
    "inodes": "the disk takes no further file",
    "read-only": "its disk is mounted read only",
    "file-size": "",
}
#: Runs everywhere.
PLAIN = "file-size"
#: Bytes that no file may grow beyond: the journal of receipts has its space already.
MOST = 64 * 1024
#: Run as root, or as the one who is root in a namespace of one's own.
UNSHARE = (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"])


def namespace() -> list[str] | None:
    """Return how this machine lets a process mount for itself alone; None: it does not."""
    for command in UNSHARE:
        with suppress(OSError):
            trial = [*command, "mount", "-t", "tmpfs", "none", "/mnt"]
            if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
                return command
    return None


class Disk:
    """A tmpfs of 4 MiB and 120 files."""

    def __init__(self, at: Path, *, mounts: bool) -> None:
        self.mounts = mounts
        at.mkdir()
        self.at = at
        #: No file of who is started from now on may grow beyond so many bytes.
        self.most = resource.RLIM_INFINITY
        self._mount("-t", "tmpfs", "-o", "size=4m,nr_inodes=120", "none")

    def limit(self, kind: str, pid: int = 0) -> None:
        """Let it be full, without inodes, or read only; or let no file grow, also of `pid`."""
        if kind == PLAIN:
            self.most = MOST
            if pid:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (MOST, resource.RLIM_INFINITY))
            return
        if kind == "read-only":
            self._mount("-o", "remount,ro")
            return
        with suppress(OSError):
            if kind == "full":
                with (self.at / "filler").open("wb", buffering=0) as file:
                    while True:
                        file.write(bytes(4096))
            for number in range(1000):
                (self.at / f"filler-{number}").touch()

    def free(self) -> None:
        """Let it be as it was."""
        self.most = resource.RLIM_INFINITY
        self._mount("-o", "remount,rw")
        for path in self.at.glob("filler*"):
            path.unlink()

    def _mount(self, *how: str) -> None:
        if self.mounts:
            subprocess.run(["mount", *how, str(self.at)], check=True)


class Trial:
    """A workspace on that disk, its network elsewhere."""

    def __init__(self, folder: Path, network: SandboxServer, *, mounts: bool) -> None:
        self.disk = Disk(folder / "disk", mounts=mounts)
        self.network = network
        self.client = SandboxClient(network.url)
        self.root = self.disk.at / "workspace"
        self.posts = self.root / "posts" / "a"
        self.posts.mkdir(parents=True)
        channel = f"{{network: sandbox, url: '{network.url}', account: x}}"
        (self.root / "config.yaml").write_text(
            "timezone: Europe/Paris\npace: 0s\nguard: {enabled: false}\n"
            f"clients: {{a: {{name: A, channels: {{x: {channel}}}}}}}\n"
        )

    def post(self, name: str) -> None:
        """Write a post that is due."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        (self.posts / f"{name}.yaml").write_text(f"id: {name}\ntext: {name}\nat: {at}\n")

    def run(self, *command: str) -> tuple[int, str]:
        """Run the program; return how it ended and all that it said."""
        asked = [CMCTL, "-C", str(self.root), *command]
        most = (self.disk.most, resource.RLIM_INFINITY)
        ended = subprocess.run(
            asked,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, most),
        )
        return ended.returncode, ended.stdout + ended.stderr

    def standing(self) -> list[str]:
        """Return what stands on the network."""
        lines = self.network.oracle.read_text(encoding="utf-8").splitlines()
        return [line["text"] for line in map(json.loads, lines) if line["op"] == "post"]

    def before(self, kind: str) -> None:
        """What is due while nothing can be written is told, sent by nobody, and goes out later."""
        self.run("run")  # the store is made
        self.post("before")
        self.disk.limit(kind)
        status, said = self.run("run")
        expect(status == 1 and WORDS[kind] in said, f"a run ends with {status}: {said}")
        expect("bug" not in said, said)
        if kind != PLAIN:
            status, said = self.run("doctor")
            expect(status == 1 and "fail" in said, f"doctor finds nothing: {said}")
        expect(self.standing() == [], "something was sent that could not be written down")
        self.disk.free()
        status, said = self.run("run")
        expect(status == 0 and self.standing() == ["before"], f"it does not go out: {said}")

    def meanwhile(self, kind: str) -> None:
        """What is in mid-call when the disk is limited is proved by the journal, or committed."""
        self.post("meanwhile")
        self.client.fault(Fault(kind=FaultKind.LATENCY, seconds=2.0))
        asked = [CMCTL, "-C", str(self.root), "run"]
        before = self.client.requests("x").get("post", 0)
        running = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self.client.requests("x").get("post", 0) > before)
        self.disk.limit(kind, running.pid)
        until(lambda: self.is_kept() or running.poll() is not None)
        running.send_signal(signal.SIGKILL)
        running.wait()
        self.disk.free()
        self.client.fault(Fault(kind=FaultKind.ERROR, on="read", count=0))  # nobody can be asked
        status, said = self.run("run")
        self.client.clear_faults()
        expect(status == 0, f"it is not settled: {said}")
        expect(sorted(self.standing()) == ["before", "meanwhile"], f"{self.standing()}")
        status, said = self.run("history")
        expect(said.count("published") == 2, said)
        expect(self.run("store", "verify")[0] == 0, "the store is damaged")

    def is_kept(self) -> bool:
        """Tell whether the journal has a receipt."""
        return any(one.receipts for one in kept(self.root / ".cmctl" / "journal"))


def until(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 120
    while not true():
        expect(time.monotonic() < end, "it did not come to pass")
        time.sleep(0.02)


def expect(true: object, what: str) -> None:
    """End with 1 where something is not so."""
    if not true:
        raise SystemExit(what)


def main(kind: str, folder: str) -> None:
    """Play one kind of limited disk."""
    with SandboxServer(Path(folder) / "network") as network:
        trial = Trial(Path(folder), network, mounts=kind != PLAIN)
        trial.before(kind)
        if kind != "read-only":  # a file system on which a file is open for writing stays writable
            trial.meanwhile(kind)


if __name__ == "__main__":
    main(*sys.argv[1:])
