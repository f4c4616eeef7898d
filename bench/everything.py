"""Run every benchmark and print one JSON object; progress on standard error.

python bench/everything.py [--quick]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import workspace

HERE = Path(__file__).parent
#: The day of `scale.py`, in its short form.
SMALL = ("--channels", "500", "--deliveries", "1000", "--hours", "0.05")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a smaller daemon")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        workspace.write(Path(folder), posts=10_000, files=100, clients=20, start=date(2030, 1, 7))
        config = str(Path(folder) / "config.yaml")
        figures = {
            "startup": run("startup.py", "--config", config, "--rounds", "5" if quick else "21"),
            "loading": run("loading.py", "--rounds", "1" if quick else "5"),
            "publishing": run("publishing.py", "--rounds", "1" if quick else "5"),
            "store": run("store.py", *(["--seconds", "1"] if quick else [])),
            "costs": run("costs.py"),
            "scale": run("scale.py", *(SMALL if quick else [])),
            "recovery": run("recovery.py", *(["--trials", "1"] if quick else [])),
            "soak": run("soak.py", *(["--minutes", "0.2"] if quick else [])),
            "guarding": run("guarding.py", *(["--quick"] if quick else [])),
            "daemon": run("daemon.py", *(["--posts", "1000", "--seconds", "5"] if quick else [])),
        }
    print(json.dumps(figures, indent=2))


def run(script: str, *args: str) -> object:
    """Run one benchmark in a process of its own."""
    print(f"{script} ...", file=sys.stderr)
    command = [sys.executable, str(HERE / script), *args]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
