"""How long the program takes to start, beside bare Python and another client, in one run.

Medians of wall time over N rounds; in each round every command runs once, so that a busy machine
slows all alike. `ratio` is the median beside that of `python -c pass`. JSON on standard output:

    {"rounds": N, "commands": {name: {"median_ms": ..., "fastest_ms": ..., "ratio": ...}}}

    python bench/startup.py [--rounds N] [--posts N] [--config FILE]

A listing is timed too, into a pipe and on a terminal: of the workspace of `--config`, or of one
that `workspace.py` writes, with 10,000 posts in 100 files. The round before the first takes it in,
so that nothing changed.
"""

import argparse
import json
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

from workspace import write

BARE = "python -c pass"


def commands(config: str) -> dict[str, list[str]]:
    """Return the commands by name; all run under this interpreter."""
    scripts = Path(sys.executable).parent
    cmctl = str(scripts / "cmctl")
    return {
        BARE: [sys.executable, "-c", "pass"],
        "cmctl --help": [cmctl, "--help"],
        "toot --version": [str(scripts / "toot"), "--version"],
        "cmctl queue": [cmctl, "--config", config, "queue"],
        "cmctl queue, on a terminal": [cmctl, "--config", config, "queue"],
    }


def piped(command: list[str], environ: dict[str, str]) -> float:
    """Run into a pipe and return the seconds it took."""
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environ)
    return time.perf_counter() - begun


def on_terminal(command: list[str], environ: dict[str, str]) -> float:
    """Run on a pseudo-terminal that is read, and return the seconds it took."""
    ours, theirs = pty.openpty()
    reader = threading.Thread(target=drain, args=(ours,))
    reader.start()
    begun = time.perf_counter()
    subprocess.run(command, stdin=theirs, stdout=theirs, stderr=theirs, check=True, env=environ)
    taken = time.perf_counter() - begun
    os.close(theirs)
    reader.join()
    os.close(ours)
    return taken


def drain(descriptor: int) -> None:
    """Read until the other side is closed, which Linux tells by an error."""
    try:
        while os.read(descriptor, 65536):
            pass
    except OSError:
        pass


def measure(rounds: int, config: str) -> dict[str, list[float]]:
    """Return the seconds of every round by command; one more round warms the caches up."""
    # As an installation runs: PYTHONDONTWRITEBYTECODE, for one, would compile at every start.
    environ = {key: os.environ[key] for key in os.environ if not key.startswith("PYTHON")}
    taken: dict[str, list[float]] = {name: [] for name in commands(config)}
    for number in range(rounds + 1):
        for name, command in commands(config).items():
            run = on_terminal if name.endswith("terminal") else piped
            seconds = run(command, environ)
            if number:
                taken[name].append(seconds)
    return taken


def summary(taken: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return medians and ratios by command."""
    bare = statistics.median(taken[BARE])
    return {
        name: {
            "median_ms": round(statistics.median(seconds) * 1000, 1),
            "fastest_ms": round(min(seconds) * 1000, 1),
            "ratio": round(statistics.median(seconds) / bare, 2),
        }
        for name, seconds in taken.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--config", default="", help="the config.yaml of a workspace to list")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if not asked.config:
            write(Path(folder), posts=asked.posts, files=100, clients=20, start=date(2030, 1, 7))
        taken = measure(asked.rounds, asked.config or f"{folder}/config.yaml")
    print(json.dumps({"rounds": asked.rounds, "commands": summary(taken)}, indent=2))


if __name__ == "__main__":
    main()
