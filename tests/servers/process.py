"""A server as a process of its own: started, waited for, stopped, started again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

START_TIMEOUT = 180.0


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """One server on loopback; stopping and starting keeps its port and its data."""

    def __init__(
        self, command: Sequence[str], *, port: int, ready: str, env: Mapping[str, str], log: Path
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = command
        self._ready = self.url + ready
        self._env = {**os.environ, **env}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its workers end with it
            )
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self._command[0]} did not start:\n{self._tail()}")
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """End the server, and all that it started, as a power cut would."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def restart(self, env: Mapping[str, str] | None = None) -> None:
        """Stop and start again, with some variables changed for good."""
        self._env.update(env or {})
        self.stop()
        self.start()

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the server and to all that it started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _answers(self) -> bool:
        try:
            return httpx.get(self._ready, timeout=5).is_success
        except httpx.TransportError:
            return False

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])
