"""A random campaign of faults over real processes, with the seed that gives its schedule again.

    cd tests && python -m faults.campaign --kills 1000 --seed 7 --json result.json

Several daemons share one workspace. While posts are due all the time, they are killed, stopped past
their leases, shut out of their store and given spoilt answers, and their clock is set. Then what is
open is settled by plain runs, and the checker holds the network's own record against the store. It
ends with 1 where anything is lost, doubled, stuck, or other than it is written down.
"""

import argparse
import gc
import json
import os
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cmctl.app.publishing.journal import kept
from cmctl.core.model import State
from cmctl.testing.sandbox import Fault, FaultKind
from faults import adapters
from faults.checker import Planned, outcome, strangers, violations
from faults.clock import SharedClock
from faults.crew import Crew
from faults.engines import Engine, PostgreSql, Sqlite
from faults.processes import ended_in_time, fork, import_all, one_turn
from faults.scheduler import Kind, Stroke, strokes
from faults.site import ACCOUNTS, Site

#: Posts, and kills, of one round; a post has a delivery on each account.
POSTS, KILLS = 30, 20
WORKERS = 3
#: A network is some way off, so that a kill meets what is on its way.
DISTANCE = Fault(kind=FaultKind.LATENCY, count=0, seconds=0.25)
#: What each round begins with, so that no seed leaves these out: an answer is lost after storing,
#: another one before.
OPENING = (
    Fault(kind=FaultKind.DROP, count=5),
    Fault(kind=FaultKind.BAD_GATEWAY, count=3),
)
#: Turns of two minutes until nothing may be open any more: a wish to wait may be a day.
MOST_TURNS = 40
_OPEN = frozenset({State.PLANNED, State.CLAIMED, State.SENDING, State.UNCERTAIN})


@dataclass
class Result:
    """What a campaign did and found."""

    seed: str
    store: str
    rounds: int = 0
    deliveries: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    violations: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def killed(self) -> int:
        """How many daemons were killed at work."""
        return sum(self.kills.values())


class Campaign:
    """Rounds of faults on one growing store."""

    def __init__(self, site: Site, engine: Engine, result: Result, *, pace: float) -> None:
        self._site = site
        self._engine = engine
        self._pace = pace
        self._planned: list[Planned] = []
        self.result = result

    def round(self, number: int, kills: int, posts: int) -> None:
        """Plan posts, let things go wrong until so many kills, settle, check."""
        dice = random.Random(f"{self.result.seed}/{number}")
        # So that something is due for as long as there are kills.
        planned = self._site.plan(number, posts, kills * self._pace * 4, dice)
        self._site.fault(DISTANCE, *OPENING)
        crew = Crew(self._site, WORKERS, dice)
        strokes_of_round = strokes(dice, self._pace)
        while sum(crew.kills.values()) < kills:
            stroke = next(strokes_of_round)
            time.sleep(stroke.after)
            crew.replace_the_dead()
            self._strike(crew, stroke)
            self.result.faults[stroke.kind] += 1
        crew.dismiss()
        turns = self._settle()
        self._check(number, planned, crew, turns)

    def _strike(self, crew: Crew, stroke: Stroke) -> None:
        self._strike_workers(crew, stroke)
        self._strike_around(crew, stroke)

    def _strike_workers(self, crew: Crew, stroke: Stroke) -> None:
        match stroke.kind:
            case Kind.KILL:
                crew.kill(stroke.worker)
            case Kind.PAUSE:
                pid = crew.pause(stroke.worker)
                self._step(stroke.by)
                time.sleep(stroke.lasts)
                crew.resume(pid)
            case Kind.END:
                crew.end(stroke.worker)
            case Kind.DESCRIPTORS:
                crew.starve()
                time.sleep(stroke.lasts)
                crew.feed()

    def _strike_around(self, crew: Crew, stroke: Stroke) -> None:
        match stroke.kind:
            case Kind.CLOCK:
                self._step(stroke.by)
                time.sleep(stroke.lasts)
                self._step(-stroke.by)
            case Kind.NETWORK if stroke.fault:
                self._site.fault(stroke.fault)
            case Kind.NETWORK_KILL:
                self._site.kill_network()
                self._site.fault(DISTANCE)
            case Kind.LOCK:
                crew.excuse()
                pid = fork(self._engine.locked(stroke.lasts), self._site.log)
                os.waitpid(pid, 0)
            case Kind.FULL:
                self._engine.fail(crew, stroke.lasts)
            case Kind.CUT:
                self._engine.cut(crew)
            case Kind.FILES:
                self._site.write_part(stroke.part)
                time.sleep(stroke.lasts)
                self._site.write_part(1)

    def _step(self, by: timedelta) -> None:
        self._site.clock.step(by)
        self._engine.set_clock(self._site.clock.away)

    def _settle(self) -> int:
        """Go on with plain runs until nothing is open; return how many it took."""
        site = self._site
        for number in range(1, MOST_TURNS + 1):
            pid = fork(lambda: one_turn(site.config, site.clock), site.log)
            if (status := ended_in_time(pid, 300)) != 0:
                self.result.violations.append(f"a run ended with {status}")
            if not any(one.state in _OPEN for one in site.deliveries()):
                return number
            site.end_faults()  # the first run meets what is left of them
            # At last past the longest wish of a server to be left alone.
            self._step(timedelta(minutes=2) if number < 10 else timedelta(hours=6))
        return MOST_TURNS

    def _check(self, number: int, planned: list[Planned], crew: Crew, turns: int) -> None:
        site, result = self._site, self.result
        self._planned += planned
        site.witness.look()
        posts = {one.post for one in planned}
        deliveries = [one for one in site.deliveries() if one.key.post in posts]
        found = [
            *violations(planned, deliveries, site.witness.copies),
            *strangers(self._planned, site.witness.copies),
            *crew.problems,
            *site.ask(lambda store: store.verify()),
            *self._left_over(),
        ]
        result.violations += [f"round {number}: {one}" for one in found]
        result.rounds += 1
        result.deliveries += len(deliveries)
        result.kills += crew.kills
        result.outcomes.update(map(outcome, deliveries))
        result.copies = sum(map(len, site.witness.copies.values()))
        for one in found:
            _say(one)
        _say(
            f"round {number}: {len(deliveries)} deliveries, {sum(crew.kills.values())} kills, "
            f"settled in {turns} runs, {len(found)} violations"
        )

    def _left_over(self) -> list[str]:
        folder = self._site.config.parent / ".cmctl" / "journal"
        left = [one.path.name for one in kept(folder) if one.receipts]
        return [f"receipts are left in the journal {name}" for name in left]


def run(
    root: Path,
    *,
    kills: int,
    seed: str,
    store: str = "sqlite",
    posts: int = POSTS,
    pace: float = 0.12,
    accounts: dict[str, str] = ACCOUNTS,
    first: int = 0,
    rounds: int = 0,
    write: Callable[[Result], object] = lambda _: None,
) -> Result:
    """Run rounds from `first` on: until so many daemons were killed, and at least so many.

    `write` gets the result after each round, so that a campaign that is ended counts.
    """
    adapters.install(root / "plugins")
    sys.path.insert(0, str(root / "plugins"))
    import_all()
    gc.freeze()  # what is forked shares its pages
    engine: Engine = (
        PostgreSql(root / "postgres")
        if store == "postgres"
        else Sqlite(root / "site/workspace/.cmctl/cmctl.db")
    )
    site = Site(root / "site", SharedClock(), accounts=accounts, store=engine.address)
    result = Result(seed=seed, store=store)
    campaign = Campaign(site, engine, result, pace=pace)
    began = time.monotonic()
    try:
        while result.killed < kills or result.rounds < rounds:
            wanted = max(0, min(KILLS, kills - result.killed))
            campaign.round(first + result.rounds, wanted, posts)
            result.seconds = round(time.monotonic() - began, 1)
            write(result)
    finally:
        site.stop_network()
        engine.close()
        sys.path.remove(str(root / "plugins"))
    return result


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def as_json(result: Result) -> str:
    """Return a result as one JSON object."""
    return json.dumps({**vars(result), "killed": result.killed}, indent=1, ensure_ascii=False)


def main() -> None:
    """Run a campaign from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=300, help="until so many daemons were killed")
    parser.add_argument("--seed", default="", help="of the schedule; without it a new one")
    parser.add_argument("--first", type=int, default=0, help="the round to begin with")
    parser.add_argument("--rounds", type=int, default=0, help="at least so many rounds")
    parser.add_argument("--posts", type=int, default=POSTS, help="a round")
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--control", choices=["retrying", "believing"], help="must be found out")
    parser.add_argument(
        "--keep",
        type=Path,
        help="a new folder to work in, and to leave; without it one that is left after a violation",
    )
    parser.add_argument("--json", type=Path, help="where to write the result")
    asked = parser.parse_args()
    seed = asked.seed or secrets.token_hex(4)
    _say(f"seed {seed}")
    accounts = ACCOUNTS
    if asked.control:
        accounts = dict.fromkeys(("one", "two", "three"), f"control_{asked.control}")
    root = asked.keep or Path(tempfile.mkdtemp(prefix="cmctl-faults-"))
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)  # a database of root's is another user's, who must reach it
    result = run(
        root,
        kills=asked.kills,
        seed=seed,
        store=asked.store,
        posts=asked.posts,
        accounts=accounts,
        first=asked.first,
        rounds=asked.rounds,
        write=lambda one: asked.json and asked.json.write_text(as_json(one) + "\n"),
    )
    if result.violations and not asked.control:  # its log tells why
        _say(f"all of it stands in {root}")
    elif not asked.keep:
        shutil.rmtree(root)
    sys.stdout.write(as_json(result) + "\n")
    sys.exit(1 if result.violations else 0)


if __name__ == "__main__":
    main()
