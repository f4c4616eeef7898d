"""`cmctl demo`: the owner's morning, played with the commands that a person types.

Nothing is acted: the network is the sandbox server, the store is a store, and every command runs as
it does in production. Only the clock is the demo's own, handed in where the machine's would be.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.stage import Stage
from cmctl.core.errors import CmctlError

ZONE = ZoneInfo("Europe/Paris")
PORT = 8700
HIS_POST = (
    "Bonjour a tous, sa y est on ouvre notre nouvel entrepot a Rennes le 1er décembre !!! "
    "12 000 m2 et 45 emplois a la clé, merci aux équipes. Venez nous voir 👍"
)
#: When the rest of the morning goes out.
SLOTS = (time(9), time(10, 15), time(11), time(12), time(12, 30))


def demo(
    ctx: typer.Context,
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="The workspace to make; default: cmctl-demo."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Also draw the terminal as an SVG.")
    ] = None,
) -> None:
    """Play the owner's morning on the sandbox network.

    Makes a workspace, plays one morning in it with a clock of its own, and leaves it to play with.
    """
    asked = invocation(ctx)
    folder = _new_folder(asked.machine.directory, directory)
    # Yesterday: all that it leaves behind lies in the past, as facts do.
    day = asked.machine.now().astimezone(ZONE).date() - timedelta(days=1)
    clock = _Clock(day)
    port = _free_port()
    _write_workspace(folder, day, port)
    machine = asked.machine._replace(now=clock.now, wait=clock.wait, directory=folder)
    stage = Stage(asked.terminal, machine, drawn=picture is not None)
    drawing = _play(stage, clock, folder, port)
    if picture is not None:
        (asked.machine.directory / picture).write_text(drawing, encoding="utf-8")
    asked.output.say(
        f"\nThe workspace is yours to play with:\n"
        f"  cd {directory or folder.name}\n"
        f"  cmctl sandbox serve --port {port} --data .cmctl/network &\n"
        f"  cmctl queue"
    )


@dataclass(slots=True)
class _Clock:
    """The demo's clock: it stands still until it is set."""

    day: date
    at: time = time(8, 20)

    def now(self) -> datetime:
        return datetime.combine(self.day, self.at, ZONE).astimezone(UTC)

    def wait(self, seconds: float) -> None:
        """Nothing to wait for: what takes time here is real."""


def _play(stage: Stage, clock: _Clock, folder: Path, port: int) -> str:
    """Play everything; return the picture of the scene in which the owner posts."""
    from cmctl.testing.sandbox import Rules, SandboxServer, post_by_hand  # noqa: PLC0415

    rules = Rules(now=clock.now, zone=ZONE)
    with SandboxServer(folder / ".cmctl" / "network", port, rules=rules) as server:
        _begin(stage, clock)
        stage.begins()
        _repeat(stage, clock, lambda: post_by_hand(server.url, "page", HIS_POST, tool="by hand"))
        drawing = stage.drawing("cmctl demo")
        _end(stage, clock)
    return drawing


def _begin(stage: Stage, clock: _Clock) -> None:
    stage.says("08:20", "The CM of Atlas Logistique wrote this morning's posts last week.")
    stage.types("queue")
    clock.at = time(8, 30)
    stage.says("08:30", "The first one is due. `run` does once what the daemon does all day.")
    stage.types("run")


def _repeat(stage: Stage, clock: _Clock, owner_posts: Callable[[], object]) -> None:
    clock.at = time(8, 45)
    stage.says("08:45", "Mr G., the owner, types the news on his page, and forgets to say so:")
    stage.quotes(HIS_POST)
    owner_posts()
    clock.at = time(8, 46)
    stage.says("08:46", "cmctl reads the page and recognises the post planned for 10:15.")
    stage.types("run")
    stage.types("holds")
    clock.at = time(8, 50)
    stage.says("08:50", "The CM settles it with one command: the owner's version stays.")
    stage.types("resolve", "rennes-entrepot", "--keep", "theirs")


def _end(stage: Stage, clock: _Clock) -> None:
    stage.says("09:00", "The rest of the morning goes out.")
    for clock.at in SLOTS:
        stage.types("run")
    clock.at = time(12, 35)
    stage.says("12:35", "What went out, and what did not, stands in the ledger.")
    stage.types("history")


def _new_folder(here: Path, named: Path | None) -> Path:
    """Make the folder that was named, or the first free one of cmctl-demo, cmctl-demo-2, ..."""
    if named is not None:
        return _made(here / named)
    numbers = (f"cmctl-demo-{number}" if number > 1 else "cmctl-demo" for number in count(1))
    return _made(next(path for name in numbers if not (path := here / name).exists()))


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        message = f"{folder} is there already; nothing was touched"
        raise CmctlError(message, hint="name another folder: cmctl demo DIR") from None
    return folder.resolve()


def _write_workspace(folder: Path, day: date, port: int) -> None:
    data = files("cmctl.cli") / "demo_data"
    for name, place in (("config.yaml", "."), ("matin.yaml", "posts/atlas")):
        text = (data / name).read_text(encoding="utf-8")
        path = folder / place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        filled = text.replace("{{DAY}}", day.isoformat()).replace("{{PORT}}", str(port))
        path.write_text(filled, encoding="utf-8")


def _free_port() -> int:
    """Return the sandbox's usual port, or another one where that is taken."""
    for port in (PORT, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    message = "no port is free on 127.0.0.1"
    raise CmctlError(message)
