"""Another program holds the store's lock for a minute, and a daemon is in mid-call then.

    cd tests && python -m faults.locks sqlite|postgres FOLDER [SECONDS]

It is held at least until the daemon has waited in vain. It ends with 1, and says what, where
anything is lost, doubled, or not told. While nobody can write, the receipt of what is out stands in
the journal; what is due meanwhile goes out afterwards.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cmctl.testing.sandbox import Fault, FaultKind, SandboxServer
from faults.disks import CMCTL, Trial, expect, until
from faults.engines import Engine, PostgreSql, Sqlite
from faults.processes import ended_in_time, fork


@contextmanager
def working(trial: Trial, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Have a daemon at work."""
    with log.open("wb") as file:
        asked = [CMCTL, "-C", str(trial.root), "daemon"]
        running = subprocess.Popen(asked, stdout=file, stderr=file)
    try:
        until(lambda: b"publishing" in log.read_bytes())
        yield running
        expect(running.poll() is None, "the daemon ended")
        running.send_signal(signal.SIGTERM)
        expect(running.wait(120) == 0, "the daemon does not end well")
    finally:
        running.kill()
        running.wait()


def play(trial: Trial, engine: Engine, folder: Path, seconds: float) -> None:
    """Lock the store while a call is on its way."""
    log = folder / "log"
    trial.run("run")  # the store is made
    with working(trial, log):
        trial.client.fault(Fault(kind=FaultKind.LATENCY, seconds=2.0))
        trial.post("meanwhile")
        until(lambda: trial.client.requests("x").get("post"))
        holder, began = fork(engine.locked(3600), folder / "holder"), time.monotonic()
        until(trial.standing)
        trial.post("after")
        until(trial.is_kept)
        time.sleep(max(0, seconds - (time.monotonic() - began)))
        expect(trial.standing() == ["meanwhile"], f"sent unrecorded: {trial.standing()}")
        os.kill(holder, signal.SIGKILL)
        expect(ended_in_time(holder, 60) == -signal.SIGKILL, "the lock was not held")
        until(lambda: trial.run("history")[1].count("published") == 2)
    expect(trial.standing() == ["meanwhile", "after"], f"{trial.standing()}")
    said = log.read_text(encoding="utf-8")
    expect("another program holds" in said, said)
    expect(trial.run("store", "verify")[0] == 0, "the store is damaged")


def main(store: str, where: str, seconds: str = "60") -> None:
    """Play it on one store."""
    folder = Path(where)
    with SandboxServer(folder / "network") as network:
        trial = Trial(folder, network, mounts=False)
        engine: Engine = Sqlite(trial.root / ".cmctl/cmctl.db")
        if store == "postgres":
            engine = PostgreSql(folder / "postgres")
            config = trial.root / "config.yaml"
            config.write_text(f"store: {engine.address}\n{config.read_text()}")
        began = time.monotonic()
        try:
            play(trial, engine, folder, float(seconds))
        finally:
            engine.close()
        sys.stdout.write(f"{store}, {seconds} s: well after {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
