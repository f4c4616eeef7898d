"""How long 10,000 posts take to be taken in: the first time, and after one file changed.

    python bench/loading.py [--rounds N]

Whole processes, as a person waits for them: `cmctl queue --limit 1` on a workspace of 10,000 posts
in 100 files of 20 clients. JSON on standard output; seconds, median of the rounds.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import workspace

POSTS, FILES, CLIENTS = 10_000, 100, 20


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Return the figures by what changed."""
    taken: dict[str, list[float]] = {"first load": [], "one file changed": [], "no change": []}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        workspace.write(root, posts=POSTS, files=FILES, clients=CLIENTS, start=date(2030, 1, 7))
        for _ in range(rounds):
            shutil.rmtree(root / ".cmctl", ignore_errors=True)
            taken["first load"].append(listed(root))
            taken["no change"].append(listed(root))
            edit(root)
            taken["one file changed"].append(listed(root))
    return {
        name: {
            "median_s": round(statistics.median(seconds), 3),
            "fastest_s": round(min(seconds), 3),
        }
        for name, seconds in taken.items()
    }


def listed(root: Path) -> float:
    """List the queue in a process of its own and return the seconds it took."""
    cmctl = Path(sys.executable).with_name("cmctl")
    command = [str(cmctl), "-C", str(root), "queue", "--limit", "1"]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def edit(root: Path) -> None:
    """Change the text of one post."""
    file = sorted((root / "posts").rglob("*.yaml"))[0]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(" !\n", f" ! {time.monotonic_ns()}\n", 1), encoding="utf-8")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(json.dumps({"rounds": asked.rounds, "loads": measure(asked.rounds)}, indent=2))


if __name__ == "__main__":
    main()
