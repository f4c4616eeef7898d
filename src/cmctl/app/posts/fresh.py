"""Whether the store still says what the files say: asked by listings, so cheap to import."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from cmctl.config.scan import FileStamp
from cmctl.store.listing import Source

#: Plans reach ahead by weeks; slots and recurrences are filled up this often.
REPLAN = timedelta(hours=1)


def stale(taken_at: datetime | None, now: datetime) -> bool:
    """Tell whether the last plan was made too long ago, or by a clock that went wrong."""
    return taken_at is None or not timedelta() <= now - taken_at < REPLAN


def unchanged(files: Mapping[str, FileStamp], known: Mapping[str, Source]) -> bool:
    """Tell whether the files are those of the last intake."""
    if files.keys() != known.keys():
        return False
    return all(stamp[:3] == known[path][:3] for path, stamp in files.items())
