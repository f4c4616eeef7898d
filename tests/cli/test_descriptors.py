"""Out of file descriptors: it is told in words, and nothing is lost or sent twice."""

import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


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
