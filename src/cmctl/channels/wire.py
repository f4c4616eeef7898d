"""The wire under one send: sockets that obey one total deadline; imported with the first request.

A timeout a read would let a server that drips one byte a second hold a request for ever, so every
step here (each address, the handshake, each write and read) gets what is left of the whole budget.
The connections themselves are httpcore's, the transport of httpx, used directly: its network
backend is the one documented place where a total deadline can be enforced, and without the layers
above it a post costs half the processor time.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import certifi
import httpcore

from cmctl.core.once import once

#: Reaching the host at all may take this much of the budget, in seconds; one address half of it.
CONNECT = 10.0
#: A write is cut into pieces so that a reader that stalls meets the deadline, in bytes.
PIECE = 1 << 16


def resolve(host: str, port: int) -> list[str]:
    """Return the host's addresses, in the system's order of preference.

    Raises:
        httpcore.ConnectError: it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label that no name can have
        raise httpcore.ConnectError from error
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class Route(NamedTuple):
    """How a host is found, and what opens a connection to one of its addresses.

    The address that was found is the address that is dialled: it is never looked up again.
    """

    addresses: Callable[[str, int], list[str]] = resolve
    dial: httpcore.NetworkBackend = httpcore.SyncBackend()


class Budget(threading.local):
    """When the request that this thread makes must end, on the monotonic clock."""

    ends = float("inf")

    def start(self, seconds: float) -> None:
        """Begin a request that may take this long."""
        self.ends = time.monotonic() + seconds

    def left(self, error: type[Exception]) -> float:
        """Return the seconds left, or raise `error` where there are none."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise error
        return seconds


class TimedStream(httpcore.NetworkStream):
    """A connection whose every step obeys the budget of the request that uses it."""

    def __init__(self, inner: httpcore.NetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Read what is there, within the budget."""
        return self._inner.read(max_bytes, self._budget.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Write all, within the budget."""
        for start in range(0, len(buffer), PIECE):
            piece = buffer[start : start + PIECE]
            self._inner.write(piece, self._budget.left(httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the socket."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands, within the budget."""
        seconds = min(timeout or CONNECT, self._budget.left(httpcore.ConnectTimeout))
        inner = self._inner.start_tls(ssl_context, server_hostname, seconds)
        return TimedStream(inner, self._budget)

    def get_extra_info(self, info: str) -> Any:
        """Pass the question on."""
        return self._inner.get_extra_info(info)


class TimedBackend(httpcore.NetworkBackend):
    """Opens connections that obey the budget."""

    def __init__(self, budget: Budget, route: Route) -> None:
        self._budget = budget
        self._route = route

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers.

        Raises:
            httpcore.ConnectError, httpcore.ConnectTimeout: none of them did.
        """
        ends = time.monotonic() + (timeout or CONNECT)
        failure: Exception = httpcore.ConnectTimeout()
        for address in self._route.addresses(host, port):
            seconds = min(ends - time.monotonic(), self._budget.left(httpcore.ConnectTimeout))
            if seconds <= 0:
                break
            try:
                inner = self._route.dial.connect_tcp(
                    address, port, min(seconds, CONNECT / 2), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return TimedStream(inner, self._budget)
        raise failure


@once
def tls() -> ssl.SSLContext:
    """Return the one context of all channels: the system's authorities and certifi's, verified."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def pool(budget: Budget, route: Route, *, secure: bool) -> httpcore.ConnectionPool:
    """Return the connections of one channel: few, never retried, dropped soon after use.

    Kept for less than the 5 s after which Node servers hang up, so that a request seldom meets a
    connection that is being closed, which would leave its outcome unknown.
    """
    return httpcore.ConnectionPool(
        ssl_context=tls() if secure else None,
        max_connections=4,
        max_keepalive_connections=2,
        keepalive_expiry=4.0,
        retries=0,
        network_backend=TimedBackend(budget, route),
    )
