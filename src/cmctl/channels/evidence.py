"""What stands on an account as evidence of a delivery.

Which statuses are its parts, where no key tells; and whether they read as they were written.
"""

import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cmctl.channels.base import Uncertain
from cmctl.channels.content import Part
from cmctl.core.model import Receipt, Status
from cmctl.core.plain import plain_line
from cmctl.core.text import excerpt

#: So many characters of a text show where it ends.
_SHOWN = 40


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


def receipt(
    statuses: Sequence[Status],
    wanted: Sequence[Part] = (),
    *,
    read: Callable[[str], str] = essence,
) -> Receipt:
    """Return the receipt of a delivery by the statuses that it made, in order.

    Where `wanted` is given, it says whether they stand as they were sent: see `altered`.
    """
    first = statuses[0]
    return Receipt(
        remote_id=first.remote_id,
        url=first.url,
        at=first.at,
        parts=tuple(status.remote_id for status in statuses),
        altered=altered(wanted, [status.text for status in statuses], read=read),
    )


def altered(
    wanted: Sequence[Part],
    standing: Sequence[str],
    *,
    read: Callable[[str], str] = essence,
) -> str:
    """Say how the first text that differs from what was sent does; empty: none does.

    What a server renders in its own way is no difference, by what `read` leaves of both.
    """
    for number, (part, stands) in enumerate(zip(wanted, standing, strict=False), start=1):
        if read(part.text) != read(stands):
            where = f"part {number} " if len(wanted) > 1 else "the text "
            return where + _difference(part.text, stands, read)
    return ""


def _difference(sent: str, stands: str, read: Callable[[str], str]) -> str:
    if not read(stands):
        return "does not stand at all"
    if read(sent).startswith(read(stands)):
        end = plain_line(" ".join(stands.split())[-_SHOWN:])
        return f"was cut by the network: it ends with “{end}”"
    return f"was changed by the network: it reads “{plain_line(excerpt(stands, _SHOWN * 2))}”"
