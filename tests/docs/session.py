"""A reader who types what a page says, at a terminal of their own."""

import contextlib
import os
import pty
import random
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import NamedTuple

#: Where the sandbox listens in the pages; here it is a free port, so that pages run side by side.
PORT = "8700"
WIDTH = 100
SECONDS = 60
_DONE = "the-command-has-ended"
_SANDBOX = re.compile(r"\bcmctl sandbox (serve|comment|post|timeline|fault)\b")


class Ended(NamedTuple):
    """What a command printed, both outputs as a terminal shows them, and how it ended."""

    output: str
    status: int


class Session:
    """One shell in a folder; what it started ends with it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port = str(_free_port())
        self._screen, terminal = pty.openpty()
        _plain(terminal)
        # What a reader has: this installation's programs, a home, a zone, no colours to compare.
        self._shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            stdin=subprocess.PIPE,
            stdout=terminal,
            stderr=terminal,
            cwd=folder,
            start_new_session=True,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(folder),
                "LANG": "C.UTF-8",
                "TZ": "Europe/Paris",
                "TERM": "xterm",
                "NO_COLOR": "1",
                "COLUMNS": str(WIDTH),
                **environment,
            },
        )
        os.close(terminal)

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._shell.pid, signal.SIGTERM)
        self._shell.communicate(timeout=SECONDS)
        os.close(self._screen)

    def type(self, command: str) -> Ended:
        """Run one command and return what it showed."""
        line = f"{{ {self.local(command)}\n}} </dev/null; echo {_DONE} $?\n"
        self._shell.stdin.write(line.encode())
        self._shell.stdin.flush()
        output, _, status = self._read_until_done().rpartition(f"{_DONE} ")
        return Ended(output, int(status))

    def start(self, command: str) -> bool:
        """Start a server as in a terminal of its own; tell whether it listens soon."""
        self.type(f"{command} >/dev/null 2>&1 &")
        for _ in range(SECONDS * 10):
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", int(self.port))).close()
                return True
            time.sleep(0.1)
        return False

    def local(self, text: str) -> str:
        """Return what a page says, with the port that the sandbox has here."""
        text = text.replace(PORT, self.port)
        return _SANDBOX.sub(self._with_address, text) if self.port not in text else text

    def _with_address(self, found: re.Match[str]) -> str:
        serves = found[1] == "serve"
        option = f"--port {self.port}" if serves else f"--url http://127.0.0.1:{self.port}"
        return f"{found[0]} {option}"

    def _read_until_done(self) -> str:
        seen, deadline = b"", time.monotonic() + SECONDS
        while not re.search(rf"{_DONE} \d+\r?\n".encode(), seen):
            if not select.select([self._screen], [], [], deadline - time.monotonic())[0]:
                raise TimeoutError(f"after {SECONDS} s: {seen.decode(errors='replace')}")
            seen += os.read(self._screen, 65536)
        return seen.decode().replace("\r\n", "\n")


def _plain(terminal: int) -> None:
    """Show what is written as it is written."""
    modes = termios.tcgetattr(terminal)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, modes)


def _free_port() -> int:
    """Return a port that no server takes by itself: systems give ports from 32768 on."""
    for port in random.sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no port is free")
