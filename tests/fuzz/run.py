"""Feed the targets with inputs that atheris makes, led by the code that they reach.

Usage: run.py [--seconds N] [TARGET]...; what makes a target fail is kept in `crashes/TARGET/`, and
each target's count of inputs is printed at its end.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def feed(name: str, seconds: int) -> None:
    """Run one target in this process until the time is over; does not return."""
    import atheris  # noqa: PLC0415 - of the group `fuzz`

    with atheris.instrument_imports(include=["cmctl", "fuzz"]):
        from fuzz.targets import TARGETS  # noqa: PLC0415 - only now instrumented
    crashes = HERE / "crashes" / name
    crashes.mkdir(parents=True, exist_ok=True)
    corpus = HERE.parents[1] / "build" / "fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", "-max_len=2000", f"-artifact_prefix={crashes}/"]
    atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", str(corpus)], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Feed each target in a process of its own; return how many failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--one", action="store_true", help="in this process")
    parser.add_argument("targets", nargs="*")
    asked = parser.parse_args()
    sys.path.insert(0, str(HERE.parent))
    if asked.one:
        feed(asked.targets[0], asked.seconds)
    from fuzz.targets import TARGETS  # noqa: PLC0415 - the path is known only now

    failed = 0
    for name in asked.targets or TARGETS:
        command = [sys.executable, __file__, "--one", "--seconds", str(asked.seconds), name]
        ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        count = [line.split()[-1] for line in ended.stderr.splitlines() if "executed_units" in line]
        print(f"{name}: {count[0] if count else '?'} inputs, status {ended.returncode}", flush=True)  # noqa: T201
        if ended.returncode:
            failed += 1
            print(ended.stderr[-3000:])  # noqa: T201
    return failed


if __name__ == "__main__":
    sys.exit(main())
