"""Whether what the guard noted of texts is what this program would note."""

from collections.abc import Iterator

from cmctl.app.context import Context
from cmctl.app.health.finding import Finding, warn
from cmctl.core.guard.learned import BrokenGuardError
from cmctl.core.guard.sketches import version
from cmctl.core.show import counted


def sketches(ctx: Context) -> Iterator[Finding]:
    """Tell of texts that were noted by other word lists, until all are noted again."""
    try:
        left = ctx.store.stale(version())
    except BrokenGuardError:
        return  # told of the guard itself
    if left:
        yield warn(
            "guard",
            f"{counted(sum(left.values()), 'text')} of {counted(len(left), 'channel')} noted by "
            "other word lists: until that is done again, it takes longer, and beyond the latest "
            "500 of a channel it can miss some",
            "cmctl run, or leave the daemon to it",
        )
