"""Ctrl-C and SIGTERM in mid-send: one lets the call in flight end, two end the program at once."""

import fcntl
import os
import pty
import signal
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post, until

ENDS = (signal.SIGINT, signal.SIGTERM)
#: Seconds until the network answers: long enough for one signal, and longer than any test.
FAR, NEVER = 4.0, 300.0


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        shop.posts(
            post("one", "Marché du jeudi", more="  channels: [page]\n  guard: off\n"),
            post("two", "Soldes du vendredi", more="  channels: [page]\n  guard: off\n"),
        )
        yield shop


@pytest.fixture
def calling(shop: Shop, environ: dict[str, str]) -> Iterator["Calling"]:
    calling = Calling(shop, environ)
    yield calling
    for program in calling.programs:
        program.kill()
        program.wait()


class Calling:
    """Programs that have called the network and wait for its answer."""

    def __init__(self, shop: Shop, environ: dict[str, str]) -> None:
        self.shop, self.environ = shop, environ
        self.log = shop.root.parent / "log"
        self.programs: list[subprocess.Popen[bytes]] = []

    def __call__(self, command: str, seconds: float) -> "subprocess.Popen[bytes]":
        self.shop.fault("latency", account="page", seconds=seconds)
        with self.log.open("wb") as log:
            program = subprocess.Popen(
                [*CMCTL, "-C", str(self.shop.root), command],
                stdout=log,
                stderr=log,
                env=self.environ,
            )
        return self.until_it_calls(program)

    def at_a_terminal(self, command: str) -> "tuple[subprocess.Popen[bytes], int]":
        """Start it on a terminal of its own; return the side on which a person types."""
        self.shop.fault("latency", account="page", seconds=NEVER)
        ours, theirs = pty.openpty()
        program = subprocess.Popen(
            [*CMCTL, "-C", str(self.shop.root), command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=self.environ,
            start_new_session=True,
            # From here on Ctrl-C at it is a signal for the program.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads
        )
        os.close(theirs)
        return self.until_it_calls(program), ours

    def until_it_calls(self, program: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
        self.programs.append(program)
        until(lambda: self.shop.client.requests("page").get("post"))
        return program


def settled(shop: Shop) -> None:
    """Let plain runs go on until both are published."""

    def done() -> bool:
        shop.cmctl("run")
        return [row["state"] for row in shop.listed("history")] == ["published"] * 2

    until(done)


@pytest.mark.parametrize("number", ENDS)
def test_one_signal_lets_a_run_finish_its_call_and_begin_no_other(
    shop: Shop, calling: Calling, number: signal.Signals
) -> None:
    program = calling("run", FAR)
    program.send_signal(number)
    assert program.wait(60) == 130
    assert shop.standing("page") == ["Marché du jeudi"]
    said = calling.log.read_text()
    assert "ending after the calls in flight; once more ends at once" in said
    assert "1 published" in said
    assert shop.client.requests("page")["post"] == 1
    settled(shop)
    assert sorted(shop.standing("page")) == ["Marché du jeudi", "Soldes du vendredi"]


@pytest.mark.parametrize("command", ["run", "daemon"])
@pytest.mark.parametrize("number", ENDS)
def test_a_second_signal_ends_at_once_and_the_next_run_settles_it_with_one_copy(
    shop: Shop, calling: Calling, number: signal.Signals, command: str
) -> None:
    program = calling(command, NEVER)
    program.send_signal(number)
    until(lambda: "calls in flight" in calling.log.read_text())
    program.send_signal(number)
    assert program.wait(60) == -number
    assert shop.listed("history") == []
    settled(shop)
    assert sorted(shop.standing("page")) == ["Marché du jeudi", "Soldes du vendredi"]


def test_ctrl_c_at_a_terminal_is_told_what_it_does(shop: Shop, calling: Calling) -> None:
    program, keys = calling.at_a_terminal("run")
    os.write(keys, b"\x03")
    said = b""
    while b"ends at once" not in said:
        said += os.read(keys, 4096)
    os.write(keys, b"\x03")
    assert program.wait(60) == -signal.SIGINT
    os.close(keys)
    settled(shop)
    assert sorted(shop.standing("page")) == ["Marché du jeudi", "Soldes du vendredi"]
