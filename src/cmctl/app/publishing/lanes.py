"""Work on several channels at once, one thread a channel."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

#: More channels than this wait for one another.
MOST_LANES = 64


def on_lanes(work: Callable[[str], None], names: Sequence[str]) -> None:
    """Do `work` for each channel; returns, or raises what one of them raised, when all ended."""
    if not names:
        return
    with ThreadPoolExecutor(min(MOST_LANES, len(names)), thread_name_prefix="lane") as lanes:
        for lane in [lanes.submit(work, name) for name in names]:
            lane.result()
