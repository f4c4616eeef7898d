"""A proxy that misbehaves: the sandbox's faults in front of a server that is not ours.

It forwards each request as it is to a server on this machine, counts it, and does to the answer
what a fault says, so that one contract proves the same of every adapter over HTTP.
"""

import asyncio
import http.client
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from typing import Self
from urllib.parse import urlsplit

from cmctl.testing.sandbox.bending import answer
from cmctl.testing.sandbox.faults import Fault, FaultKind, Faults
from cmctl.testing.sandbox.listener import Listener
from cmctl.testing.sandbox.wire import Ask, BadRequestError, Reply, error, read_ask, send

#: Headers of one connection, and those that the answer gets anew.
_OWN = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "content-type", "date"}
)


def by_method(method: str, path: str) -> str:  # noqa: ARG001 - one way to classify
    """Call every POST a post, every GET a read and every DELETE a delete."""
    return {"POST": "post", "GET": "read", "DELETE": "delete"}.get(method, "")


class FaultProxy:
    """A proxy in a thread, in front of the http server at `upstream`.

    `classify` says from method and path (with its query) what a request is: `post`, `upload`,
    `read`, `delete`, or nothing for what no fault is about, such as a login.
    """

    def __init__(self, upstream: str, classify: Callable[[str, str], str] = by_method) -> None:
        url = urlsplit(upstream)
        self._upstream = (url.hostname or "", url.port or 80)
        self._classify = classify
        self._faults = Faults()
        self._listener = Listener("127.0.0.1", 0, self._serve)
        #: How many requests of each call came; those of no call under their method.
        self.requests: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return self._listener.url

    def fault(self, fault: Fault) -> None:
        """Put a fault in force for what comes; `ignore-keys` is not the proxy's to do."""
        if fault.kind is FaultKind.IGNORE_KEYS:
            message = "only a server can ignore its keys"
            raise ValueError(message)
        self._faults.add(fault)

    def clear_faults(self) -> None:
        """End all faults."""
        self._faults.clear()

    def __enter__(self) -> Self:
        self._listener.start(self._listener.run)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            ask = await read_ask(reader)
        except BadRequestError as problem:
            await send(writer, error(problem.status, str(problem)), _now())
            return False
        if ask is None:
            return False
        call = self._classify(ask.method, ask.target)
        self.requests[call or ask.method] += 1
        faults = self._faults.hit("", call) if call else ()
        return await answer(writer, faults, lambda: asyncio.to_thread(self._forward, ask), _now)

    def _forward(self, ask: Ask) -> Reply:
        """Ask the server behind, on a connection of its own."""
        headers = {name: value for name, value in ask.headers.items() if name != "connection"}
        connection = http.client.HTTPConnection(*self._upstream, timeout=60)
        try:
            connection.request(ask.method, ask.target, ask.body or None, headers)
            response = connection.getresponse()
            return Reply(
                status=response.status,
                body=response.read(),
                type=response.headers.get("content-type", ""),
                headers=_passed(response.headers),
            )
        except OSError as problem:
            return error(502, f"the server behind is gone: {problem.strerror}")
        finally:
            connection.close()


def _passed(headers: Message) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OWN}


def _now() -> datetime:
    return datetime.now(UTC)
