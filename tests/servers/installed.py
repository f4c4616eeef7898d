"""The servers that are installed for the tests alone."""

import subprocess
from pathlib import Path

SCRIPT = str(Path(__file__).with_name("install.sh"))


def installed(*names: str) -> Path:
    """Install what is missing of the servers with these names; return the folder they are in.

    Raises:
        RuntimeError: something that the installation needs is missing; the message says what.
    """
    done = subprocess.run([SCRIPT, *names], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    where = subprocess.run([SCRIPT, "--where"], capture_output=True, text=True, check=True)
    return Path(where.stdout.strip())
