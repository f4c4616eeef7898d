"""Ask for known vulnerabilities of every locked package: `make audit`.

    python tools/audit.py [--strict] [--pip-audit PROGRAM] [FILE ...]

pip-audit (https://github.com/pypa/pip-audit) asks OSV for each file of `requirements/`. Ends with 1
where one is known. Where the database could not be asked about all of them, nobody knows: that is
said so that nobody takes it for a pass, and with --strict it ends with 2.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
#: How pip-audit ends that does not understand what it is asked.
MISUSED = 2


class Answer(NamedTuple):
    """What is known of the packages of one file."""

    asked: int
    #: A line each.
    vulnerable: list[str]
    #: Why nothing is known of the rest; empty: all were asked about.
    unasked: list[str]


def ask(program: str, file: Path) -> Answer:
    """Run pip-audit over one file; nothing is installed, and nothing resolved."""
    command = [program, "-s", "osv", "--require-hashes", "--disable-pip", "-f", "json"]
    try:
        done = subprocess.run(
            [*command, "-r", str(file)], capture_output=True, text=True, check=False
        )
        if done.returncode == MISUSED:
            raise SystemExit(done.stderr)
        found = json.loads(done.stdout)["dependencies"]
    except OSError as problem:
        return Answer(0, [], [str(problem)])
    except (ValueError, KeyError):
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        return Answer(0, [], [said[-1]])
    vulnerable = [
        f"{one['name']} {one['version']}: {known['id']}, mended in "
        f"{', '.join(known.get('fix_versions') or ['no version yet'])}"
        for one in found
        for known in one.get("vulns", ())
    ]
    skipped = [one["skip_reason"] for one in found if "skip_reason" in one]
    return Answer(len(found) - len(skipped), vulnerable, skipped)


def main() -> int:
    """Ask about each file, and say what is known."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--strict", action="store_true", help="not to know is a failure as well")
    parser.add_argument("--pip-audit", default=str(Path(sys.executable).with_name("pip-audit")))
    given = parser.parse_args()
    files = given.files or sorted((ROOT / "requirements").glob("*.txt"))
    answers = {file.name: ask(given.pip_audit, file) for file in files}
    for name, answer in answers.items():
        known = f"{answer.asked} packages asked about, {len(answer.vulnerable)} vulnerabilities"
        print(f"{name}: {known}")
        for line in answer.vulnerable:
            print(f"  VULNERABLE {line}")
    unasked = {name: answer.unasked for name, answer in answers.items() if answer.unasked}
    if unasked:
        print(
            "\n*** NOT AUDITED: the database of advisories could not be asked ***", file=sys.stderr
        )
        for name, why in unasked.items():
            print(f"*** {name}: {why[0]} ({len(why)} times)", file=sys.stderr)
        print("*** This is no pass. Run make audit where api.osv.dev answers.\n", file=sys.stderr)
    if any(answer.vulnerable for answer in answers.values()):
        return 1
    return 2 if unasked and given.strict else 0


if __name__ == "__main__":
    sys.exit(main())
