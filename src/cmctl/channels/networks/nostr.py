"""Nostr: notes, signed here and handed to relays.

github.com/nostr-protocol/nips: NIP-01, 09, 10. An event's id is a digest of what is in it, and all
of that is frozen with the delivery: sent again it is the same event, on every relay and for ever.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.util import find_spec
from typing import ClassVar, TypeVar

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
    Unavailable,
    Uncertain,
)
from cmctl.channels.content import content_problems, parts
from cmctl.channels.nostr_event import Event
from cmctl.channels.nostr_relay import Relay
from cmctl.channels.options import is_safe_address
from cmctl.core.model import Content, Place, Problem, Receipt, Status

log = logging.getLogger(__name__)

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

Answer = TypeVar("Answer")


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
        self._relays = [Relay(url) for url in _addresses(relays)]
        self._clock = clock

    def __repr__(self) -> str:
        return f"NostrChannel({', '.join(relay.host for relay in self._relays)})"

    @classmethod
    def check_options(
        cls, options: Mapping[str, object], places: Mapping[str, Place]
    ) -> Iterable[Problem]:
        """Yield what is wrong with `key` and `relays`, and what is not installed."""
        yield from super().check_options(options, places)
        relays = options.get("relays")
        for url in _addresses(relays) if isinstance(relays, str) else ():
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
                self._put(note)
            except ChannelError as problem:
                if not number:
                    raise
                message = f"the thread stands in part: {problem}"
                raise Uncertain(message) from problem
        return _receipt(notes)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Ask the relays for every note of this delivery by its id."""
        notes = self._notes(outgoing)
        standing = {event["id"] for event in self._find({"ids": [note["id"] for note in notes]})}
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
        notes = (one for one in self._find(query) if one["pubkey"] == author)
        return sorted(map(events.status, notes), key=lambda status: status.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Ask all relays to delete a note; they have it gone, other clients may keep it."""
        tags = [["e", remote_id], ["k", str(events.NOTE)]]
        deletion = events.signed(self._key(), events.DELETION, int(self._clock()), tags, "")
        for failure in self._each(lambda relay: relay.put(deletion)):
            if isinstance(failure, ChannelError):
                raise failure

    def exists(self, remote_id: str) -> bool:
        """Ask every relay for the note by its id."""
        return any(event["id"] == remote_id for event in self._find({"ids": [remote_id]}))

    def probe(self) -> str:
        """Return the account's public key, and look whether the relays answer."""
        author = events.public_key(self._key())
        self._find({"kinds": [0], "authors": [author]})
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

    def _put(self, note: Event) -> None:
        """Hand a note to all relays at once.

        Raises:
            Uncertain: no relay took it for certain, and one may have.
            Unavailable, Rejected: certainly none has it.
        """
        failed = [one for one in self._each(lambda relay: relay.put(note)) if one is not None]
        if len(failed) == len(self._relays):
            raise min(failed, key=_gravity)
        for failure in failed:
            log.warning("a relay did not take a note that stands on others: %s", failure)

    def _find(self, query: Mapping[str, object]) -> Iterator[Event]:
        """Yield the events that fit, of all relays; complete or raising."""
        found: dict[str, Event] = {}
        for answer in self._each(lambda relay: relay.find(query)):
            if isinstance(answer, ChannelError):
                raise answer
            found.update((event["id"], event) for event in answer)
        yield from found.values()

    def _each(self, ask: Callable[[Relay], Answer]) -> list[Answer | ChannelError]:
        """Ask all relays at once, so that slow ones do not add up."""

        def asked(relay: Relay) -> Answer | ChannelError:
            try:
                return ask(relay)
            except ChannelError as problem:
                return problem

        with ThreadPoolExecutor(len(self._relays), thread_name_prefix="relay") as pool:
            return list(pool.map(asked, self._relays))


def _gravity(failure: ChannelError) -> int:
    """Order failures by what must be told: that it may stand, then that it may later."""
    kinds = (Uncertain, Unavailable, Rejected)
    return next((place for place, kind in enumerate(kinds) if isinstance(failure, kind)), 0)


def _addresses(relays: str) -> list[str]:
    return [url.strip().rstrip("/") for url in relays.split(",") if url.strip()]


def _receipt(notes: list[Event]) -> Receipt:
    first = notes[0]
    return Receipt(
        remote_id=first["id"],
        url=events.address(first["id"]),
        at=events.made_at(first),
        parts=tuple(note["id"] for note in notes),
    )
