"""Before a person reads the queue: take in what changed, and let the guard look at it at once."""

from collections.abc import Sequence
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.guard.advise import advise
from cmctl.app.posts.take_in import Taken, take_in

#: Of a client with more deliveries to judge than this, all are left to the next run or the daemon:
#: a person would wait too long.
AT_ONCE = 50


class CaughtUp(NamedTuple):
    """What was done."""

    taken: Taken
    #: How many deliveries the guard holds that it did not hold before.
    held: int
    #: The clients that have more for the guard to look at than a person would wait for.
    left: Sequence[str]


def catch_up(ctx: Context) -> CaughtUp:
    """Take in the files, then judge what is not judged yet where that is not too much for now."""
    taken = take_in(ctx)
    held, left = 0, []
    for client in taken.clients:
        if len(ctx.store.unjudged(client, limit=AT_ONCE + 1)) > AT_ONCE:
            left.append(client)
        else:
            held += sum(1 for _ in advise(ctx, client))
    return CaughtUp(taken, held, left)
