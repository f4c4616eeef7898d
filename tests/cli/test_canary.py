"""Secrets are looked for where they could come out: everything that the program writes or starts.

The servers are as bad as can be: they repeat the token that they were sent in every answer.
"""

import json
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from channels.answers import Answers

from .conftest import CMCTL, Ended, Run
from .shop import Shop, opened, post, until

CANARIES = {
    "GOOD": "canary-1-good-token",
    "ECHO": "canary-2+echo/token",
    "HOOK_PATH": "canary-3-hook-path",
    "FILE": "canary-4-in-a-file",
    "CREDENTIAL": "canary-5-credential",
}
SECOND = timedelta(seconds=1)


def echo(server: list[Answers]):
    """Return what answers with all that it was sent, as an error that tells it in words."""

    def play(sock: socket.socket) -> None:
        asked = server[0].requests[-1].decode(errors="replace")
        body = json.dumps({"error": f"no {asked}"}).encode()
        status = "401 No" if "verify_credentials" in asked else "500 No"
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
        sock.sendall(head.encode() + body)

    return play


CONFIG = """\
timezone: Europe/Paris
pace: 0s
guard: {{freshness: 0s, on_blind: publish}}
notify:
  - webhook: env:HOOK
  - command: [{python}, {spy}, {seen}]
clients:
  atlas:
    name: Atlas
    channels:
      page: {{network: sandbox, url: "{good}", account: page, token: env:GOOD}}
      echo: {{network: mastodon, url: "{bad}", token: env:ECHO}}
      file: {{network: mastodon, url: "{bad}", token: file:token.txt}}
      unit: {{network: mastodon, url: "{bad}", token: credential:token}}
"""
SPY = """\
import json, os, sys
with open(sys.argv[1], "a") as seen:
    seen.write(json.dumps([sys.argv, dict(os.environ), os.getcwd()]) + "\\n")
"""


class Cage:
    """A workspace with a canary in every kind of place where a secret can be."""

    def __init__(self, shop: Shop, bad: str, environ: dict[str, str]) -> None:
        self.shop = shop
        self.outside = shop.root.parent / "outside"
        self.outside.mkdir()
        self.seen = self.outside / "seen"
        spy = self.outside / "spy.py"
        spy.write_text(SPY)
        shop.write(
            "config.yaml",
            CONFIG.format(
                python=sys.executable, spy=spy, seen=self.seen, good=shop.sandbox.url, bad=bad
            ),
        )
        shop.write("token.txt", CANARIES["FILE"]).chmod(0o600)
        (self.outside / "token").write_text(CANARIES["CREDENTIAL"])
        self.env = {
            **environ,
            "GOOD": CANARIES["GOOD"],
            "ECHO": CANARIES["ECHO"],
            "HOOK": f"{bad}/{CANARIES['HOOK_PATH']}",
            "CREDENTIALS_DIRECTORY": str(self.outside),
            "EDITOR": f"{sys.executable} {spy} {self.seen}",
        }
        self.said: list[tuple[str, str]] = []

    def cmctl(self, *args: str) -> Ended:
        ended = self.shop.cmctl(*args, env=self.env)
        self.said.append((" ".join(args), ended.out + ended.err))
        return ended

    def written(self) -> Iterator[tuple[str, str]]:
        """Yield everything that was written anywhere, but for the secrets' own files."""
        yield from self.said
        for path in self.shop.root.parent.rglob("*"):
            if path.is_file() and path.name not in {"token.txt", "token"}:
                yield str(path), path.read_bytes().decode("utf-8", "replace")

    def leaks(self) -> list[str]:
        forms = {form for value in CANARIES.values() for form in (value, quote(value, safe=""))}
        return [
            f"{where}: {form}" for where, text in self.written() for form in forms if form in text
        ]


@pytest.fixture
def cage(tmp_path: Path, run: Run, environ: dict[str, str]) -> Iterator[Cage]:
    server: list[Answers] = []
    with opened(tmp_path, run) as shop, Answers(echo(server)) as bad:
        server.append(bad)
        yield Cage(shop, bad.url, environ)
        assert any(CANARIES["ECHO"] in asked.decode() for asked in bad.requests)


def test_no_secret_comes_out_of_any_command(cage: Cage) -> None:
    cage.shop.posts(post("one", "Bonjour"), post("two", "Bonsoir", timedelta(hours=2)))
    assert cage.cmctl("run").status != 70
    assert cage.shop.standing("page") == ["Bonjour"]
    numbers = {
        row["channel"]: row["number"] for row in json.loads(cage.cmctl("queue", "--json").out)
    }
    assert "atlas/echo" in numbers
    cage.cmctl("queue", "edit", "two")
    cage.cmctl("queue", "show", str(numbers["atlas/echo"]), "--json")
    for command in (
        "check",
        "holds",
        "history",
        "channel list",
        "channel test",
        "channel timeline atlas/echo",
        "doctor",
        "run --dry-run",
    ):
        cage.cmctl(*command.split(), "--json")
    cage.cmctl("service", "print")
    started = cage.seen.read_text()
    assert '"HOME"' in started  # the spy was there, and saw an environment
    assert cage.leaks() == []


def test_no_secret_comes_out_of_a_daemon_that_dies(cage: Cage) -> None:
    cage.shop.posts(post("one", "Bonjour", -SECOND))
    log = cage.outside / "log"
    with log.open("wb") as file:
        command = [*CMCTL, "-C", str(cage.shop.root), "daemon"]
        env = {**cage.env, "CMCTL_DEBUG": "1", "PYTHONFAULTHANDLER": "1"}
        program = subprocess.Popen(command, stdout=file, stderr=file, env=env, cwd=cage.outside)
    try:
        until(lambda: "a notice could not be delivered" in log.read_text())
        until(cage.seen.exists)
        process = Path(f"/proc/{program.pid}")
        cage.said.append(("argv", (process / "cmdline").read_text()))
        (limit,) = [
            line for line in (process / "limits").read_text().splitlines() if "core file" in line
        ]
        assert limit.split()[4:6] == ["0", "0"]
        program.send_signal(signal.SIGABRT)
        assert program.wait(60) == -signal.SIGABRT
    finally:
        program.kill()
        program.wait()
    assert "Fatal Python error" in log.read_text()  # what a crash leaves
    assert cage.leaks() == []


def test_the_cage_finds_what_comes_out(cage: Cage) -> None:
    """The search is worth nothing where it cannot fail."""
    cage.cmctl("channel", "test")
    (cage.outside / "leak").write_text(f"x{CANARIES['ECHO']}x")
    assert len(cage.leaks()) == 1


def test_the_workspaces_own_folder_is_for_its_owner_alone(cage: Cage) -> None:
    cage.shop.posts(post("one", "Bonjour"))
    cage.cmctl("run")
    own = cage.shop.root / ".cmctl"
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    for path in own.glob("cmctl.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
