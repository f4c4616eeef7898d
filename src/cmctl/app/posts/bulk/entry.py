"""What one row of a bulk file says, before anything is made of it."""

from dataclasses import dataclass
from datetime import datetime

from cmctl.core.errors import CmctlError


class RowError(CmctlError):
    """A row that cannot be taken in as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One row: a post to be."""

    #: Where it stands in the file, from 1.
    line: int
    text: str
    #: Date and time as they are written; empty: none.
    when: str = ""
    #: Where the file says the instant itself, zone included.
    at: datetime | None = None
    link: str = ""
    #: Addresses of images, with their alt texts.
    images: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    first_comment: str = ""
    #: Channels or networks as the file names them.
    channels: tuple[str, ...] = ()
    #: What the row says that a post cannot carry, in words.
    left_out: tuple[str, ...] = ()
