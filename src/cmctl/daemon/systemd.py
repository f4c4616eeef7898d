"""Telling systemd how the daemon is, see sd_notify(3)."""

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

Tell = Callable[[str], None]


def tell_systemd(environment: Mapping[str, str]) -> Tell:
    """Return what sends lines to systemd's notification socket; nothing where there is none."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return lambda _lines: None
    # A leading @ is the abstract namespace.
    target = "\0" + address[1:] if address.startswith("@") else address

    def tell(lines: str) -> None:
        # systemd may restart itself meanwhile, and misses one of many.
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out,
        ):
            out.connect(target)
            out.sendall(lines.encode())

    return tell
