"""Before a person reads the queue: take in what changed, and let the guard look at it at once."""

from typing import NamedTuple

from cmctl.app.advise import advise
from cmctl.app.context import Context
from cmctl.app.take_in import Taken, take_in

#: More changes than this are left to the next run or the daemon: a person would wait too long.
AT_ONCE = 500


class CaughtUp(NamedTuple):
    """What was done."""

    taken: Taken
    #: How many deliveries the guard holds that it did not hold before.
    held: int
    #: How many changes the guard has not looked at yet.
    left: int


def catch_up(ctx: Context) -> CaughtUp:
    """Take in the files, then judge what changed where that is not too much for now."""
    taken = take_in(ctx)
    if taken.changed > AT_ONCE:
        return CaughtUp(taken, 0, taken.changed)
    return CaughtUp(taken, sum(1 for client in taken.clients for _ in advise(ctx, client)), 0)
