"""What is said to one relay: put an event, ask for events (NIP-01, over a WebSocket)."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cmctl.channels import sockets
from cmctl.channels.base import ChannelError, Rejected, Unavailable
from cmctl.channels.decoding import read_json
from cmctl.channels.nostr_event import Event, genuine
from cmctl.channels.sockets import after_sending, before_sending, deadline
from cmctl.channels.spoken import redacted

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

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


def _heard(socket: "ClientConnection") -> list[Any]:
    """Return the next message that is one; others are passed over."""
    try:
        said = read_json(socket.recv())
    except (ValueError, RecursionError):
        return []
    return said if isinstance(said, list) else []
