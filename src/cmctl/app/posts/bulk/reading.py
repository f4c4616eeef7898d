"""Which kind of bulk file it is, and what it says."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from cmctl.app.posts.bulk.calendars import read_calendar
from cmctl.app.posts.bulk.entry import Entry
from cmctl.app.posts.bulk.feeds import read_feed
from cmctl.app.posts.bulk.tables import TABLES, read_table
from cmctl.core.errors import CmctlError

#: `rss` is Atom too.
FORMATS = (*TABLES, "rss", "ics")
#: A file of posts is small; one of this size is something else.
LIMIT = 20_000_000


class Bulk(NamedTuple):
    """A bulk file, read."""

    format: Literal["buffer", "hootsuite", "publer", "csv", "rss", "ics"] | str
    entries: Sequence[Entry]
    #: A row without a date takes the next free slot.
    empty_is_next: bool = False


def read_bulk(data: bytes, name: str = "") -> Bulk:
    """Return the entries of a bulk file; `name` of `FORMATS`, or empty: found out.

    Raises:
        CmctlError: it is none of them, or cannot be read.
    """
    if len(data) > LIMIT:
        raise CmctlError(f"it has {len(data):,} bytes", hint="import fewer posts at once")
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    if name == "rss" or (not name and start.startswith(b"<")):
        return Bulk("rss", read_feed(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is not UTF-8"
        raise CmctlError(
            message, hint='save it as "CSV UTF-8", or: iconv -f cp1252 -t utf-8 FILE'
        ) from None
    if name == "ics" or (not name and start.upper().startswith(b"BEGIN:VCALENDAR")):
        return Bulk("ics", read_calendar(text))
    table, entries = read_table(text, name)
    return Bulk(table.name, entries, table.empty_is_next)
