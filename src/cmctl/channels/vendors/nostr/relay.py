"""What is said to relays: put an event, ask for events (NIP-01, over a WebSocket)."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from cmctl.channels import sockets
from cmctl.channels.base import ChannelError, Rejected, Unavailable, Uncertain
from cmctl.channels.decoding import read_json
from cmctl.channels.sockets import after_sending, before_sending, deadline
from cmctl.channels.spoken import redacted
from cmctl.channels.vendors.nostr.event import Event, genuine

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

#: Refusals that may end (NIP-01, the prefixes of `OK` and `CLOSED`).
_PASSING = ("rate-limited:", "error:")
#: How many events are asked for at once; a relay may give fewer.
PAGE = 500


class Relay:
    """One relay; every call has a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.host = urlsplit(url).netloc

    def __repr__(self) -> str:
        return f"Relay({self.host})"

    def put(self, event: Event) -> None:
        """Hand an event over; one that the relay has already is no error.

        Raises:
            Rejected, Unavailable, Uncertain: as for publishing.
        """
        from websockets import WebSocketException  # noqa: PLC0415 - an extra

        with self._connected() as socket, after_sending(self.host, WebSocketException):
            socket.send(json.dumps(["EVENT", event]))
            while True:
                said = _heard(socket)
                if said[:1] == ["OK"] and len(said) > 2:  # nothing else was put on this connection
                    break
        taken, words = said[2] is True, str(said[3]) if len(said) > 3 else ""
        if not taken and not words.startswith("duplicate:"):
            raise self._refused(words)

    def find(self, query: Mapping[str, object]) -> list[Event]:
        """Return every event that fits, however many the relay gives at once.

        Raises:
            Unavailable: not all could be read, or one is not what its author signed.
            Rejected: the relay does not let us read.
        """
        from websockets import WebSocketException  # noqa: PLC0415 - an extra

        found: dict[str, Event] = {}
        asked = {**query, "limit": PAGE}
        with self._connected() as socket, before_sending(self.host, WebSocketException):
            while new := [one for one in self._ask(socket, asked) if one["id"] not in found]:
                found.update((one["id"], one) for one in new)
                asked["until"] = min(one["created_at"] for one in new)
        return list(found.values())

    def _ask(self, socket: "ClientConnection", query: Mapping[str, object]) -> Iterator[Event]:
        socket.send(json.dumps(["REQ", "cmctl", query]))
        while True:
            match _heard(socket):
                case ["EVENT", "cmctl", dict() as event]:
                    if not genuine(event):
                        message = f"{self.host} gives an event that its author did not sign so"
                        raise Unavailable(message)
                    yield event
                case ["EOSE", "cmctl", *_]:
                    return
                case ["CLOSED", "cmctl", *words]:
                    raise self._refused(str(words[0]) if words else "")

    @contextmanager
    def _connected(self) -> Iterator["ClientConnection"]:
        from websockets import WebSocketException  # noqa: PLC0415 - an extra
        from websockets.sync.client import connect  # noqa: PLC0415

        from cmctl.channels.wire import tls  # noqa: PLC0415 - heavy, and a check never sends

        with before_sending(self.host, WebSocketException):
            socket = connect(
                self._url,
                ssl=tls() if self._url.startswith("wss:") else None,
                compression=None,
                proxy=None,
                open_timeout=sockets.CONNECT,
                close_timeout=1,
            )
        with socket, deadline(lambda: socket.socket):
            yield socket

    def _refused(self, words: str) -> ChannelError:
        message = f"{self.host} refuses: {redacted(words, secrets=()) or '-'}"
        return Unavailable(message) if words.startswith(_PASSING) else Rejected(message)


class Relays:
    """Several relays, asked at once, so that slow ones do not add up."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._relays = [Relay(url) for url in urls]

    def __repr__(self) -> str:
        return ", ".join(relay.host for relay in self._relays)

    def put(self, event: Event) -> None:
        """Hand an event to all relays; one that takes it is enough.

        Raises:
            Uncertain: no relay took it for certain, and one may have.
            Unavailable, Rejected: certainly none has it.
        """
        failed = [one for one in self._each(lambda relay: relay.put(event)) if one is not None]
        if len(failed) == len(self._relays):
            raise min(failed, key=_gravity)
        for failure in failed:
            log.warning("a relay did not take a note that stands on others: %s", failure)

    def put_on_all(self, event: Event) -> None:
        """Hand an event to all relays, or raise what the first one says that does not take it."""
        for failure in self._each(lambda relay: relay.put(event)):
            if failure is not None:
                raise failure

    def find(self, query: Mapping[str, object]) -> list[Event]:
        """Return the events that fit, of all relays; complete or raising."""
        found: dict[str, Event] = {}
        for answer in self._each(lambda relay: relay.find(query)):
            if isinstance(answer, ChannelError):
                raise answer
            found.update((event["id"], event) for event in answer)
        return list(found.values())

    def _each(self, ask: Callable[[Relay], Answer]) -> list[Answer | ChannelError]:
        def asked(relay: Relay) -> Answer | ChannelError:
            try:
                return ask(relay)
            except ChannelError as problem:
                return problem

        with ThreadPoolExecutor(len(self._relays), thread_name_prefix="relay") as pool:
            return list(pool.map(asked, self._relays))


def addresses(relays: str) -> list[str]:
    """Return the addresses that an option names, parted by commas."""
    return [url.strip().rstrip("/") for url in relays.split(",") if url.strip()]


def _gravity(failure: ChannelError) -> int:
    """Order failures by what must be told: that it may stand, then that it may later."""
    kinds = (Uncertain, Unavailable, Rejected)
    return next((place for place, kind in enumerate(kinds) if isinstance(failure, kind)), 0)


def _heard(socket: "ClientConnection") -> list[Any]:
    """Return the next message that is one; others are passed over."""
    try:
        said = read_json(socket.recv())
    except (ValueError, RecursionError):
        return []
    return said if isinstance(said, list) else []
