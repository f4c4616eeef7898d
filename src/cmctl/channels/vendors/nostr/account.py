"""One Nostr account as relays know it: its notes, and what others say to it.

NIP-01 (filters), NIP-10 (answers name what they answer, and whom), NIP-18, NIP-25.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from cmctl.channels.base import Counts, Rejected
from cmctl.channels.conversation import Said, said_below, said_to_us
from cmctl.channels.inbox import MONTH, Comment
from cmctl.channels.vendors.nostr import event as events
from cmctl.channels.vendors.nostr.event import Event
from cmctl.channels.vendors.nostr.relay import Relays

#: How many notes' answers are asked for at once.
_AT_ONCE: Final = 100


class Account:
    """A key and its relays; nothing is asked before it is needed."""

    def __init__(self, secret: str, relays: Relays) -> None:
        self._secret = secret
        self._relays = relays

    def key(self) -> bytes:
        """Return what the account signs with.

        Raises:
            Rejected: it is no key.
        """
        try:
            return events.secret_key(self._secret)
        except ValueError as problem:
            raise Rejected(str(problem)) from None

    def author(self) -> str:
        """Return the account's public key, in hex."""
        return events.public_key(self.key())

    def own(self, query: Mapping[str, object]) -> list[Event]:
        """Return the account's events that fit."""
        author = self.author()
        found = self._relays.find({**query, "authors": [author]})
        return [one for one in found if one["pubkey"] == author]

    def note(self, number: str) -> Event:
        """Return anybody's note by its id.

        Raises:
            Rejected: the relays do not have it.
        """
        found = [one for one in self._relays.find({"ids": [number]}) if one["id"] == number]
        if not found:
            message = f"the relays have no note {number}: was it deleted?"
            raise Rejected(message)
        return found[0]

    def counts(self, number: str) -> Counts:
        """Return a note's reactions, answers and reposts; one reaction and repost a person."""
        kinds = [events.NOTE, events.REPOST, events.REACTION]
        found = self._relays.find({"kinds": kinds, "#e": [number]})
        return Counts(
            likes=len({one["pubkey"] for one in found if events.likes(one, number)}),
            comments=sum(one["kind"] == events.NOTE for one in found),
            shares=len({one["pubkey"] for one in found if one["kind"] == events.REPOST}),
        )

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return answers to the account's notes, and notes that name its key."""
        asked = {"kinds": [events.NOTE], "since": int(since.timestamp())}
        notes = self.own({**asked, "since": int((since - MONTH).timestamp())})
        calls = self._relays.find({**asked, "#p": [self.author()]})
        called = {one["id"] for one in calls}
        found = {one["id"]: one for one in [*notes, *calls]}
        ours = [one["id"] for one in notes]
        for start in range(0, len(ours), _AT_ONCE):
            answers = self._relays.find({**asked, "#e": ours[start : start + _AT_ONCE]})
            found.update((one["id"], one) for one in answers)
        return said_to_us((self._said(one, called) for one in found.values()), since)

    def comments(self, number: str) -> Iterable[Comment]:
        """Return the answers to a note, and the answers to them."""
        found = self._relays.find({"kinds": [events.NOTE], "#e": [number]})
        return said_below((self._said(one) for one in found), number)

    def _said(self, event: Event, called: Collection[str] = ()) -> Said:
        own = event["pubkey"] == self.author()
        return Said(events.status(event), own, event["id"] in called)
