"""Which statuses of a timeline are the parts of a delivery, where no key tells."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cmctl.channels.base import Uncertain
from cmctl.channels.content import Part
from cmctl.core.model import Receipt, Status


class _Mark(NamedTuple):
    """By what a status is recognised."""

    text: str
    reply_to: str
    images: int


def essence(text: str) -> str:
    """Return what of a text no server changes: its letters and digits, or else its signs."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(character for character in folded if character.isalnum())
    return letters or "".join(folded.split())


def standing(
    parts: Sequence[Part],
    images: int,
    statuses: Sequence[Status],
    *,
    read: Callable[[str], str] = essence,
    reply_to: str = "",
) -> list[Status]:
    """Return the statuses that are the first parts of a delivery, in order; empty: it is not there.

    Of several the longest, of those the first in `statuses`. Servers render a text in their own
    ways, so it is recognised by what `read` leaves of it, and by the number of its images.
    `reply_to` is what the delivery answers.
    """
    marks = [_Mark(read(item.text), item.reply_to, item.media_count) for item in statuses]
    known = dict(reversed([*zip(marks, statuses, strict=True)]))
    wanted = [read(part.text) for part in parts]
    first = _Mark(wanted[0], reply_to, images)
    roots = [item for mark, item in zip(marks, statuses, strict=True) if mark == first]

    def chain(root: Status) -> list[Status]:
        """Return the first part and those after it as far as they stand."""
        found = [root]
        for part, text in zip(parts[1:], wanted[1:], strict=True):
            following = known.get(_Mark(text, found[part.parent or 0].remote_id, 0))
            if following is None:
                break
            found.append(following)
        return found

    return max(map(chain, roots), key=len, default=[])


def proof(parts: Sequence[Part], found: Sequence[Status]) -> Receipt | None:
    """Return the receipt of a delivery whose parts all stand; None where none does.

    Raises:
        Uncertain: it stands in part.
    """
    if not found:
        return None
    if len(found) < len(parts):
        message = f"{len(found)} of {len(parts)} parts stand on the account"
        raise Uncertain(message)
    return receipt(found)


def receipt(statuses: Sequence[Status]) -> Receipt:
    """Return the receipt of a delivery by the statuses that it made, in order."""
    first = statuses[0]
    ids = tuple(status.remote_id for status in statuses)
    return Receipt(remote_id=first.remote_id, url=first.url, at=first.at, parts=ids)
