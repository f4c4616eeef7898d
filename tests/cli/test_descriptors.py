"""Out of file descriptors: it is told in words, and nothing is lost or sent twice."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


ALIVE = """
import os, resource
from cmctl.wiring.machine import Machine
from cmctl.wiring.processes import kernel
machine = Machine()
name = machine.worker()
most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (os.dup(0), most))
print(machine.is_alive(name))
kernel.cache_clear()
try:
    print(machine.worker())
except OSError:
    print("no name is better than a wrong one")
"""


def test_out_of_descriptors_a_living_worker_is_not_taken_for_dead(environ: dict[str, str]) -> None:
    asked = [sys.executable, "-c", ALIVE]
    said = subprocess.run(asked, env=environ, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["True", "no name is better than a wrong one"]


def test_out_of_descriptors_at_any_step_nothing_is_lost_or_doubled(
    shop: Shop, environ: dict[str, str]
) -> None:
    shop.posts(post("one", "Bonjour", more="  channels: [page]\n"))
    told = []
    for most in (6, 8, 9, 10, 11, 12, 14, 16):

        def limit(most: int = most) -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

        ended = subprocess.run(
            [*CMCTL, "-C", str(shop.root), "run"],
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=limit,
        )
        told.append((most, ended.returncode, ended.stderr))
    assert [one for one in told if "Traceback" in one[2] or one[1] == 70] == []
    assert any(status != 0 for _, status, _ in told), told
    shop.cmctl("run")
    if not shop.standing("page"):  # a person is told that nobody could look at the timeline
        (held,) = shop.listed("holds")
        assert held["reason"] == "blind", told
        shop.cmctl("queue", "release", "one", "--reason", "looked by hand")
        shop.cmctl("run")
    assert shop.standing("page") == ["Bonjour"], told
