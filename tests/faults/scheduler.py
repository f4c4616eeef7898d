"""What goes wrong and when: decided from a seed as values, so that a round can be had again.

The values are the same for the same seed. What they meet is up to the machine: no seed repeats the
instant at which the kernel ends a process.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cmctl.app.publishing.points import Point
from cmctl.testing.sandbox.faults import Fault, FaultKind


class Kind(StrEnum):
    """What the scheduler does to the processes and the machine."""

    KILL = "SIGKILL at a random time"
    PAUSE = "SIGSTOP, the lease ends, SIGCONT"
    CLOCK = "clock set, and set back"
    NETWORK = "network misbehaves"
    NETWORK_KILL = "network killed and started again"
    LOCK = "store locked by another program"
    FULL = "store cannot grow, or its server is stopped at once"
    CUT = "connections to the store cut, or its file packed by another program"
    END = "SIGTERM, and another one begins"
    FILES = "file of posts half written, and whole again"
    DESCRIPTORS = "no file descriptor is left"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stroke:
    """One thing that goes wrong."""

    kind: Kind
    #: Seconds of real time since the last one.
    after: float
    #: Which of the workers; counted modulo how many there are.
    worker: int = 0
    #: Seconds of real time until it is over, where it ends.
    lasts: float = 0.0
    #: By how much the clock is set.
    by: timedelta = timedelta()
    #: How much of a file is written, from 0 to 1.
    part: float = 0.0
    fault: Fault | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """Where a worker kills itself: at the n-th time that it reaches a point; None: it does not."""

    point: Point | None = None
    times: int = 1


_ONCE = frozenset({Point.BEFORE_INTAKE, Point.AFTER_INTAKE})
#: How often each is drawn.
_WEIGHTS = {
    Kind.KILL: 40,
    Kind.NETWORK: 30,
    Kind.PAUSE: 5,
    Kind.CLOCK: 5,
    Kind.LOCK: 4,
    Kind.FULL: 3,
    Kind.CUT: 3,
    Kind.END: 3,
    Kind.FILES: 3,
    Kind.DESCRIPTORS: 3,
    Kind.NETWORK_KILL: 1,
}
#: Seconds that some locks are held for: longer than any writer waits.
_PAST_PATIENCE = (11.0, 14.0)
_LONG_LOCKS = 0.15
#: Seconds within which every daemon looks at its files.
_SEEN = (0.5, 3.0)
_STEPS = {
    timedelta(hours=-1): 4,
    timedelta(hours=1): 4,
    timedelta(minutes=10): 4,
    timedelta(seconds=-30): 4,
    timedelta(days=366): 1,  # all that is due meanwhile is held as too late
}
#: Often enough to be met, seldom enough that most posts go out.
_FAULTS = {
    FaultKind.DROP: 6,
    FaultKind.RESET: 4,
    FaultKind.LATENCY: 6,
    FaultKind.ERROR_STORED: 4,
    FaultKind.TIMEOUT_STORED: 3,
    FaultKind.ERROR: 3,
    FaultKind.BAD_GATEWAY: 2,
    FaultKind.GATEWAY_TIMEOUT: 2,
    FaultKind.HTML: 2,
    FaultKind.CUT: 3,
    FaultKind.NO_ID: 2,
    FaultKind.DRIP: 2,
    FaultKind.THROTTLE: 3,
    FaultKind.UNAUTHORIZED: 1,
    FaultKind.REFUSED: 1,
}
#: These are what a server answers to a write; on a read they would only hold posts back.
_ON_POST_ONLY = frozenset({FaultKind.UNAUTHORIZED, FaultKind.REFUSED})


def strokes(dice: random.Random, pace: float) -> Iterator[Stroke]:
    """Yield what goes wrong, for ever; `pace` is the mean number of seconds between two."""
    while True:
        kind = dice.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        yield Stroke(
            kind=kind,
            after=min(dice.expovariate(1 / pace), 10 * pace),
            worker=dice.randrange(1000),
            lasts=_lasts(dice, kind),
            by=_by(dice, kind),
            part=dice.random(),
            fault=_fault(dice) if kind is Kind.NETWORK else None,
        )


def orders(dice: random.Random) -> Orders:
    """Return where the next worker dies by itself; some of them nowhere."""
    point = dice.choice([*Point, *[None] * 3])
    # Files are taken in once while they do not change.
    return Orders(point=point, times=1 if point in _ONCE else dice.randint(1, 4))


def _lasts(dice: random.Random, kind: Kind) -> float:
    if kind is Kind.FILES:
        return dice.uniform(*_SEEN)
    if kind is Kind.LOCK and dice.random() < _LONG_LOCKS:
        return dice.uniform(*_PAST_PATIENCE)
    return dice.uniform(0.05, 0.7)


def _by(dice: random.Random, kind: Kind) -> timedelta:
    if kind is Kind.PAUSE:  # longer than any lease
        return timedelta(seconds=dice.uniform(61, 600))
    if kind is Kind.CLOCK:
        return dice.choices(list(_STEPS), list(_STEPS.values()))[0]
    return timedelta()


def _fault(dice: random.Random) -> Fault:
    kind = dice.choices(list(_FAULTS), list(_FAULTS.values()))[0]
    on = "post" if kind in _ON_POST_ONLY else dice.choice(["post", "post", "post", "read", "any"])
    seconds = 0.002 if kind is FaultKind.DRIP else dice.uniform(0.05, 0.8)
    wait = dice.choice(["", "1", "30", "-5", "999999999"])
    count = dice.randint(1, 4)
    return Fault(kind=kind, on=on, count=count, seconds=seconds, retry_after=wait)
