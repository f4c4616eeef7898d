"""Programs in processes of their own, without and with a terminal."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CMCTL = [str(Path(sys.executable).with_name("cmctl"))]
SAMPLE = [sys.executable, str(HERE / "sample.py")]


@dataclass(frozen=True)
class Ended:
    """How a run ended and what it wrote."""

    status: int
    out: str
    err: str = ""


Run = Callable[..., Ended]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    return kept | {"HOME": str(tmp_path / "home"), "PYTHONUTF8": "1", "TERM": "xterm"}


@pytest.fixture
def run(environ: dict[str, str], tmp_path: Path) -> Run:
    def run(
        program: list[str], *args: str, stdin: str = "", env: Mapping[str, str] | None = None
    ) -> Ended:
        ended = subprocess.run(
            [*program, *args],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
            env={**environ, **(env or {})},
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def watch(environ: dict[str, str], tmp_path: Path) -> Run:
    """Run with a pseudo-terminal as standard output and standard error."""

    def watch(
        program: list[str],
        *args: str,
        columns: int = 80,
        env: Mapping[str, str] | None = None,
        typed: str = "",
    ) -> Ended:
        ours, theirs = pty.openpty()
        os.write(ours, typed.encode())
        child = subprocess.Popen(
            [*program, *args],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=tmp_path,
            env={**environ, "COLUMNS": str(columns), **(env or {})},
        )
        os.close(theirs)
        written = _read_all(ours)
        os.close(ours)
        return Ended(child.wait(60), written.decode().replace("\r\n", "\n"))

    return watch


def _read_all(descriptor: int) -> bytes:
    parts = []
    while select.select([descriptor], [], [], 60)[0]:
        try:
            part = os.read(descriptor, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)
