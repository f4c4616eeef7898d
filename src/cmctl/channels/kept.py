"""Answers that a server need not give again: conditional requests (RFC 9110, 13.1.2).

A timeline is read every few minutes and rarely changes. A server that names what it gave with an
`ETag` is asked with `If-None-Match`, and says 304 instead of giving it again.
"""

from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple

#: So many addresses, and so many bytes of each: the first pages of a timeline.
_MOST, _LARGEST = 4, 1_000_000


class Whole(NamedTuple):
    """An answer as it came."""

    status: int
    #: By lower-case name.
    headers: dict[str, str]
    body: bytes


class Kept:
    """The last answers of one server, by address; safe for several threads."""

    def __init__(self) -> None:
        self._answers: dict[str, Whole] = {}
        self._lock = Lock()

    def condition(self, address: str) -> dict[str, str]:
        """Return the header that asks for an answer only if it is another one than before."""
        with self._lock:
            known = self._answers.get(address)
        return {"If-None-Match": known.headers["etag"]} if known else {}

    def taken(self, address: str, sent: Mapping[str, str], got: Whole) -> Whole:
        """Return what an answer means: the one before, where the server says that it stands."""
        with self._lock:
            known = self._answers.pop(address, None)
            if got.status == 304 and known and sent.get("If-None-Match") == known.headers["etag"]:
                got = known._replace(headers={**known.headers, "date": got.headers.get("date", "")})
            if got.status == 200 and got.headers.get("etag") and len(got.body) <= _LARGEST:
                self._answers[address] = got  # behind the others: the oldest one goes first
            if len(self._answers) > _MOST:
                del self._answers[next(iter(self._answers))]
        return got
