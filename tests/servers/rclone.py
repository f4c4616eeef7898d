"""Real servers of S3, SFTP and WebDAV over a folder: rclone's."""

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paramiko

from servers.process import START_TIMEOUT, free_port

USER, PASSWORD = "cm-atlas-account", "motdepasse-secret"


@dataclass(frozen=True)
class Rclone:
    """One of its servers."""

    port: int
    #: What it serves.
    folder: Path
    #: Of the SFTP server, as `ssh-keyscan` prints it.
    host_key: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(kind: str, root: Path) -> Iterator[Rclone]:
    """Serve a new folder below `root` as `s3`, `sftp` or `webdav`."""
    folder, port = root / "served", free_port()
    (folder / "cmctl").mkdir(parents=True)
    more, host_key = _options(kind, root)
    command = ["rclone", "serve", kind, "--addr", f"127.0.0.1:{port}", *more, str(folder)]
    env = {"HOME": str(root), "PATH": _path(), "RCLONE_CONFIG": str(root / "rclone.conf")}
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(process, port, root / "log")
        yield Rclone(port, folder, host_key)
    finally:
        process.kill()
        process.wait()


def _options(kind: str, root: Path) -> tuple[list[str], str]:
    if kind == "s3":
        return ["--auth-key", f"{USER},{PASSWORD}", "--vfs-cache-mode", "off"], ""
    login = ["--user", USER, "--pass", PASSWORD]
    if kind == "webdav":
        return login, ""
    key = paramiko.ECDSAKey.generate()
    written = io.StringIO()
    key.write_private_key(written)
    (root / "host-key").write_text(written.getvalue())
    (root / "host-key").chmod(0o600)
    options = [
        *login,
        "--key",
        str(root / "host-key"),
        "--vfs-cache-mode",
        "writes",
        "--vfs-write-back",
        "0s",
    ]
    return options, f"{key.get_name()} {key.get_base64()}"


def _path() -> str:
    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"rclone did not start:\n{log.read_text(errors='replace')}")
