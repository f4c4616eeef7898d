"""How fast 1,000 deliveries go out that are due in the same second, over 50 channels.

    python bench/publishing.py [--rounds N]

The server is the sandbox in a process of its own; with a latency every request takes that long. The
ideal is channels / latency: one call in flight a channel. Every transition is durable (SQLite,
synchronous FULL). Measured with the guard, which judges each delivery against the 19 others of its
channel, and without it. The timelines were read half a minute before, as the daemon does.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from cmctl.app.posts.take_in import take_in
from cmctl.app.run import publish_due, watch_all
from cmctl.core.model import State
from cmctl.store.base import Query
from cmctl.testing.sandbox import Fault, FaultKind, SandboxClient
from cmctl.wiring.machine import Machine
from cmctl.wiring.workspace import Workspace

CHANNELS = 50
DELIVERIES = 1000
PORT = 8799
NEWS = (
    "Arrivage de {0} ce matin, venez voir l'étal {1} avant midi",
    "L'équipe {1} recrute : {0} à pourvoir au dépôt",
    "Recette du jour : {0} façon {1}",
    "Merci à {1} pour sa visite, photo souvenir avec {0}",
)


def main() -> None:
    """Measure with 0 and 200 ms of latency, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    figures = {
        f"{ms} ms, {'guard' if guard else 'no guard'}": middle(
            [measure(ms / 1000, guard=guard) for _ in range(rounds)]
        )
        for guard in (True, False)
        for ms in (0, 200)
    }
    print(json.dumps({"rounds": rounds, "cases": figures}, indent=2))


def middle(runs: list[dict[str, object]]) -> dict[str, object]:
    """Return the run with the median rate."""
    return sorted(runs, key=lambda run: float(str(run["posts_per_second"])))[len(runs) // 2]


def measure(latency: float, *, guard: bool) -> dict[str, object]:
    """Publish everything once against a server with a latency in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        server = serve(root / "network")
        try:
            return publish(root, f"http://127.0.0.1:{PORT}", latency, guard=guard)
        finally:
            server.terminate()
            server.wait(10)


def serve(directory: Path) -> "subprocess.Popen[str]":
    """Start a sandbox in a process of its own; return when it answers."""
    cmctl = Path(sys.executable).with_name("cmctl")
    command = [str(cmctl), "sandbox", "serve", "--port", str(PORT), "--data", str(directory)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if server.stdout is not None and server.stdout.readline():
        return server
    raise SystemExit("the sandbox does not answer")


def publish(root: Path, url: str, latency: float, *, guard: bool) -> dict[str, object]:
    """Write the workspace, take it in, and publish all of it; return what was measured."""
    workspace = root / "workspace"
    write(workspace, url, guard=guard)
    if latency:
        client = SandboxClient(url)
        client.fault(Fault(kind=FaultKind.LATENCY, on="any", count=0, seconds=latency))
        client.close()
    # The deliveries are due a minute after they are taken in.
    shift = [timedelta()]
    clock = Machine().now
    machine = Machine(now=lambda: clock() + shift[0])
    with Workspace(machine, workspace / "config.yaml") as opened:
        ctx = opened.context
        ctx.journal.allocate()
        take_in(ctx)
        # As the daemon's watch does just before a slot: every timeline is fresh when it comes.
        shift[0] = timedelta(seconds=30)
        watch_all(ctx, oldest=lambda *_: timedelta())
        shift[0] = timedelta(seconds=61)
        began, cpu = time.perf_counter(), time.process_time()
        publish_due(ctx, lambda _: None)
        seconds = time.perf_counter() - began
        cpu = time.process_time() - cpu
        done = ctx.store.count(Query(states=frozenset({State.PUBLISHED})))
    ideal = CHANNELS / latency if latency else None
    rate = done / seconds
    return {
        "published": done,
        "seconds": round(seconds, 2),
        "posts_per_second": round(rate),
        "of_ideal": round(rate / ideal, 3) if ideal else None,
        "cpu_seconds": round(cpu, 2),
    }


def write(workspace: Path, url: str, *, guard: bool) -> None:
    """Write 50 channels, two a client, and 20 posts for each, all due in the same minute."""
    at = (Machine().now() + timedelta(minutes=1)).isoformat(timespec="seconds")
    clients: dict[str, dict[str, Any]] = {}
    made: dict[str, list[dict[str, object]]] = {}
    for n in range(CHANNELS):
        client = clients.setdefault(f"client-{n // 2}", {"name": "Bench", "channels": {}})
        client["channels"][f"c{n}"] = {"network": "sandbox", "url": url, "account": f"c{n}"}
    for n in range(DELIVERIES):
        made.setdefault(f"client-{n % CHANNELS // 2}", []).append(post(n, at))
    for client, posts in made.items():
        file = workspace / "posts" / client / "posts.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(posts), encoding="utf-8")
    config = {
        "timezone": "Europe/Paris",
        "pace": "0s",
        "guard": {"enabled": guard},
        "clients": clients,
    }
    (workspace / "config.yaml").write_text(json.dumps(config), encoding="utf-8")


def post(number: int, at: str) -> dict[str, object]:
    """Return one post for one channel, unlike the others of its channel."""
    words = ["poires", "tapis", "camions", "livres", "vélos", "lampes", "bulbes"]
    place = [
        "Nord",
        "Rive",
        "Lavoir",
        "Gare",
        "Halles",
        "Port",
        "Moulin",
        "Pont",
        "Clos",
        "Mail",
        "Bourg",
    ]
    text = NEWS[number // CHANNELS % len(NEWS)].format(
        words[number // CHANNELS % len(words)], place[number // CHANNELS % len(place)]
    )
    return {
        "id": f"p{number}",
        "text": f"{text} ({number // CHANNELS} h)",
        "channels": [f"c{number % CHANNELS}"],
        "at": at,
    }


if __name__ == "__main__":
    main()
