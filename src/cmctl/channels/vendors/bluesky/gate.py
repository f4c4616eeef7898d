"""Replies that an account hides below its own posts.

Lexicon `app.bsky.feed.threadgate`: a record under the key of the post that begins a conversation
names the replies that are hidden there. App views put them behind a button; nobody else can.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from cmctl.channels.base import Rejected
from cmctl.channels.vendors.bluesky import record as records
from cmctl.channels.vendors.bluesky.repository import Repository

_GATE: Final = "app.bsky.feed.threadgate"
#: `hiddenReplies` has no more.
_MOST: Final = 300


class Gates:
    """The threadgates of one account."""

    def __init__(self, repository: Repository, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since 1970, for the time that a gate says it was made."""
        self._repository = repository
        self._clock = clock

    def hidden(self) -> frozenset[str]:
        """Return the addresses of all replies that the account hides."""
        gates = (records.value(gate) for gate in self._repository.every(_GATE))
        return frozenset(uri for gate in gates for uri in records.hidden(gate))

    def hide(self, uri: str, *, hidden: bool) -> None:
        """Hide a reply below a post of ours, or show it again.

        Raises:
            Rejected: it is gone, or the conversation is not the account's, or hides too many.
        """
        found = self._repository.get(uri)
        if found is None:
            raise records.gone(uri)
        root = (records.root(found.get("value")) or {}).get("uri", "")
        rkey = root.rpartition("/")[2]
        if not rkey or root != self._repository.uri(rkey):
            message = "it stands in no conversation of the account's: who began one hides there"
            raise Rejected(message)
        standing = self._repository.get(root.replace(records.POST, _GATE))
        gate = records.value(standing or {}) or self._new(root)
        before = records.hidden(gate)
        after = [one for one in before if one != uri] + ([uri] if hidden else [])
        if len(after) > _MOST:
            message = f"{_MOST} replies are hidden there, and Bluesky takes no more: show one again"
            raise Rejected(message)
        if set(after) != set(before):
            swap = standing["cid"] if standing else None  # nobody's change in between is undone
            record = {**gate, "hiddenReplies": after}
            self._repository.put(rkey, record, of=_GATE, swapRecord=swap)

    def _new(self, root: str) -> dict[str, object]:
        now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        return {"$type": _GATE, "post": root, "createdAt": now.replace("+00:00", "Z")}
