"""What is known when a connection fails, and one deadline for all that is said on it."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer

from cmctl.channels.base import Unavailable, Uncertain

#: All that one call says and hears, in seconds; shorter than a lease.
DEADLINE = 30.0
#: Reaching the host, in seconds.
CONNECT = 10.0


@contextmanager
def before_sending(host: str, *errors: type[Exception]) -> Iterator[None]:
    """Raise `Unavailable` for a connection that fails: what would publish has not left.

    `errors` are what a library raises beside `OSError`.
    """
    failures: tuple[type[Exception], ...] = (OSError, EOFError, *errors)
    try:
        yield
    except failures as error:
        message = f"{host} cannot be reached: {why(error)}"
        raise Unavailable(message) from None


@contextmanager
def after_sending(host: str, *errors: type[Exception]) -> Iterator[None]:
    """Raise `Uncertain` for a connection that fails: what publishes may have arrived."""
    failures: tuple[type[Exception], ...] = (OSError, EOFError, *errors)
    try:
        yield
    except failures:
        message = f"the connection to {host} broke before its answer was whole"
        raise Uncertain(message) from None


@contextmanager
def deadline(connection: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Hang up when the time is over, so that no server that drips holds a call for ever.

    `connection` gives the socket of that moment: TLS puts another one in its place.
    """
    timer = Timer(DEADLINE, lambda: _hang_up(connection()))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def why(error: BaseException | None) -> str:
    """Say in the system's own words why there is no connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"no safe connection ({error.reason or 'TLS'})"
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, UnicodeError):  # a label that no name can have
        return "no such host"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "it hung up"


def _hang_up(connection: socket.socket | None) -> None:
    if connection is not None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
