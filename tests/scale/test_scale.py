"""The simulation of very many channels, in its short form and on both stores."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from servers.postgres import Postgres

BENCH = Path(__file__).parents[2] / "bench/scale.py"


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_many_channels_lose_and_double_nothing(
    postgres: Postgres, tmp_path: Path, engine: str
) -> None:
    postgres.forget()
    store = postgres.url() if engine == "postgresql" else str(tmp_path / "cmctl.db")
    size = ["--channels", "150", "--deliveries", "300", "--hours", "0.001", "--speed", "1"]
    ended = subprocess.run(
        [sys.executable, str(BENCH), *size, "--store", store],
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    figures = json.loads(ended.stdout)
    assert (figures["lost"], figures["doubled"], figures["wrong"]) == (0, 0, 0)
    assert figures["accepted"] == 300
