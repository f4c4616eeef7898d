"""What a daemon costs that has 100,000 planned posts and nothing due.

    python bench/daemon.py [--posts 100000] [--seconds 60]

The real program in a process of its own; memory and processor time are the kernel's, read from
/proc after the posts are taken in. JSON on standard output.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import workspace


def measure(posts: int, seconds: float) -> dict[str, object]:
    """Start a daemon, wait until it is idle, and watch it for some seconds."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        workspace.write(root, posts=posts, files=1000, clients=20, start=date(2030, 1, 7))
        cmctl = Path(sys.executable).with_name("cmctl")
        command = [str(cmctl), "-C", str(root), "daemon"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as daemon:
            try:
                began = time.perf_counter()
                wait_until_idle(daemon.pid)
                ready = time.perf_counter() - began
                before = cpu(daemon.pid)
                time.sleep(seconds)
                used = cpu(daemon.pid) - before
                status = memory(daemon.pid)
            finally:
                daemon.send_signal(signal.SIGTERM)
    return {
        "posts": posts,
        "idle_after_s": round(ready, 1),
        "resident_mib": round(status["VmRSS"] / 1024, 1),
        "peak_mib": round(status["VmHWM"] / 1024, 1),
        "watched_s": seconds,
        "core_percent": round(100 * used / seconds, 3),
    }


def wait_until_idle(pid: int) -> None:
    """Return when the process has used under 5 % of a core for ten seconds."""
    while True:
        before = cpu(pid)
        time.sleep(10)
        if cpu(pid) - before < 0.5:
            return


def cpu(pid: int) -> float:
    """Return the processor seconds used so far, see proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> dict[str, int]:
    """Return VmRSS and VmHWM in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    pairs = (line.split(":") for line in lines if line.startswith(("VmRSS", "VmHWM")))
    return {name: int(value.split()[0]) for name, value in pairs}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.posts, asked.seconds), indent=2))


if __name__ == "__main__":
    main()
