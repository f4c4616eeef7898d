"""Nostr: notes, signed here and handed to relays.

github.com/nostr-protocol/nips: NIP-01, 09, 10. An event's id is a digest of what is in it, and all
of that is frozen with the delivery: sent again it is the same event, on every relay and for ever.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from importlib.util import find_spec
from typing import ClassVar

from cmctl.channels import nostr_event as events
from cmctl.channels import options as yaml
from cmctl.channels.adapter import Adapter
from cmctl.channels.base import (
    Capabilities,
    ChannelError,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Uncertain,
)
from cmctl.channels.content import content_problems, parts
from cmctl.channels.nostr_event import Event
from cmctl.channels.nostr_relay import Relays, addresses
from cmctl.channels.options import is_safe_address
from cmctl.core.model import Content, Place, Problem, Receipt, Status

_OPTIONS = (
    yaml.Option(
        name="key",
        what="a reference to the account's secret key, which begins with nsec1",
        form=yaml.Form.SECRET,
    ),
    yaml.Option(
        name="relays", what="their addresses, such as `wss://relay.example, wss://nos.example`"
    ),
)
#: What the extra `nostr` brings.
_NEEDED = ("coincurve", "websockets")


class NostrChannel(Adapter):
    """One key on some relays; a post's remote id is the event's id."""

    kind: ClassVar[str] = "nostr"
    options: ClassVar[tuple[yaml.Option, ...]] = _OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=0),
        media=MediaRules(count=0),
        recovery=frozenset({"key", "lookup"}),
        threads=True,
        first_comment=True,
    )

    def __init__(self, *, key: str, relays: str, clock: Callable[[], float] = time.time) -> None:
        self._secret = key
        self._relays = Relays(addresses(relays))
        self._clock = clock

    def __repr__(self) -> str:
        return f"NostrChannel({self._relays!r})"

    @classmethod
    def check_options(
        cls, options: Mapping[str, object], places: Mapping[str, Place]
    ) -> Iterable[Problem]:
        """Yield what is wrong with `key` and `relays`, and what is not installed."""
        yield from super().check_options(options, places)
        relays = options.get("relays")
        for url in (addresses(relays) or [relays]) if isinstance(relays, str) else ():
            if not (url.startswith("ws") and is_safe_address(url.replace("ws", "http", 1))):
                yield Problem(
                    code="bad-address",
                    message=f"`relays: {url}` is not a relay's address",
                    fix="write wss://, a host and nothing after the path",
                    place=places.get("relays", places.get("")),
                )
        if missing := [name for name in _NEEDED if find_spec(name) is None]:
            yield Problem(
                code="not-installed",
                message=f"nostr needs {' and '.join(missing)}, which is not installed",
                fix="pip install 'cmctl[nostr]'",
                place=places.get(""),
            )

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield what a note cannot have."""
        return content_problems(content, "Nostr", self.capabilities)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Hand every note to all relays; it is published where one of them takes it."""
        notes = self._notes(outgoing)
        for number, note in enumerate(notes):
            try:
                self._relays.put(note)
            except ChannelError as problem:
                if not number:
                    raise
                message = f"the thread stands in part: {problem}"
                raise Uncertain(message) from problem
        return _receipt(notes)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Ask the relays for every note of this delivery by its id."""
        notes = self._notes(outgoing)
        standing = {
            event["id"] for event in self._relays.find({"ids": [note["id"] for note in notes]})
        }
        if not standing:
            return None
        if len(standing) < len(notes):
            message = f"{len(standing)} of {len(notes)} parts stand on the relays"
            raise Uncertain(message)
        return _receipt(notes)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's notes, from all relays together; times are whole seconds."""
        author = events.public_key(self._key())
        query = {"kinds": [events.NOTE], "authors": [author], "since": int(since.timestamp())}
        notes = (one for one in self._relays.find(query) if one["pubkey"] == author)
        return sorted(map(events.status, notes), key=lambda status: status.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Ask all relays to delete a note; they have it gone, other clients may keep it."""
        tags = [["e", remote_id], ["k", str(events.NOTE)]]
        deletion = events.signed(self._key(), events.DELETION, int(self._clock()), tags, "")
        self._relays.put_on_all(deletion)

    def exists(self, remote_id: str) -> bool:
        """Ask every relay for the note by its id."""
        return any(event["id"] == remote_id for event in self._relays.find({"ids": [remote_id]}))

    def probe(self) -> str:
        """Return the account's public key, and look whether the relays answer."""
        author = events.public_key(self._key())
        self._relays.find({"kinds": [0], "authors": [author]})
        return events.shown_key(author)

    def close(self) -> None:
        """Nothing is held: every call has connections of its own."""

    def _key(self) -> bytes:
        try:
            return events.secret_key(self._secret)
        except ValueError as problem:
            raise Rejected(str(problem)) from None

    def _notes(self, outgoing: Outgoing) -> list[Event]:
        wanted = parts(outgoing.content)
        return events.thread(self._key(), wanted, outgoing.created_at, outgoing.key)


def _receipt(notes: list[Event]) -> Receipt:
    first = notes[0]
    return Receipt(
        remote_id=first["id"],
        url=events.address(first["id"]),
        at=events.made_at(first),
        parts=tuple(note["id"] for note in notes),
    )
