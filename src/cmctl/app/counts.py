"""What followers did with what was published, asked of the networks now."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from cmctl.app import calls
from cmctl.app.context import Context
from cmctl.channels.base import ChannelError, Counted, Counts
from cmctl.core.errors import CmctlError, ExitStatus
from cmctl.store.listing import Listed

#: How many posts are asked for at once.
_AT_ONCE = 8


class Tally(NamedTuple):
    """What followers did with one delivery, or why nobody knows."""

    counts: Counts = Counts()
    #: Empty: the network told, or never tells.
    problem: str = ""
    status: ExitStatus = ExitStatus.FINE


def tallies(ctx: Context, rows: Sequence[Listed]) -> Mapping[int, Tally]:
    """Ask for the counts of those that stand, one request each; return them by number."""
    standing = [row for row in rows if row.remote_id and row.deleted_ms is None]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="counts") as askers:
        found = askers.map(lambda row: _asked(ctx, row), standing)
        return {row.number: tally for row, tally in zip(standing, found, strict=True)}


def _asked(ctx: Context, row: Listed) -> Tally:
    try:
        if not calls.can(ctx, row.channel, Counted):
            return Tally()
        return Tally(calls.counted(ctx, row.channel, row.remote_id))
    except ChannelError as problem:
        return Tally(problem=str(problem), status=problem.status)
    except CmctlError as problem:
        return Tally(problem=str(problem), status=ExitStatus.PROBLEMS)
