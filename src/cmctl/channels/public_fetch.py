"""Reading a file that somebody else names: from public https addresses, and from nowhere else.

Whoever writes the address must not be able to reach what only this machine can: its own services,
the network it stands in, the metadata of a cloud. So, for the first address and for each redirect:

1. `https` on its own port, without a name or a password in it.
2. The host is resolved once, and *every* address it has must be public. Written as a decimal,
   octal or hexadecimal number, or as a name, makes no difference: what is looked at is what the
   system would dial.
3. The connection goes to the address that was looked at, so that a name that changes its mind
   in between (DNS rebinding) changes nothing. The certificate must be valid for the name.

No cookie, no token and no referrer goes along; size, time and redirects are bounded.
"""

import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected, Unavailable
from cmctl.channels.http import DEADLINE, Http, Request
from cmctl.channels.spoken import redacted
from cmctl.channels.wire import Route, resolve

#: As many as a link of a content delivery network has, and some.
REDIRECTS = 4
_MOVED = frozenset({301, 302, 303, 307, 308})

# IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast, reserved; written out, because
# what `ipaddress` calls global differs from one Python to the next.
_NOT_PUBLIC_4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's platform address, which only looks public
            "169.254.0.0/16",  # link-local, and the metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
# IPv6: what is given out (RFC 4291, 2.4) without what is special in it (RFC 6890).
_GIVEN_OUT_6 = ip_network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
#: NAT64 (RFC 6052): the last 32 bits are the IPv4 address that is meant.
_NAT64 = ip_network("64:ff9b::/96")


class Fetched(NamedTuple):
    """A file as a public server gave it."""

    data: bytes
    #: MIME type in lower case, without parameters; empty where the server says none.
    type: str
    #: Where it was found in the end.
    url: str


def is_public(address: str) -> bool:
    """Tell whether an IP address can be reached from everywhere, and is nobody's own network."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return _is_public_6(found) if isinstance(found, IPv6Address) else _is_public_4(found)


def fetch(
    url: str,
    *,
    limit: int,
    deadline: float = DEADLINE,
    addresses: Callable[[str, int], list[str]] = resolve,
    dial: httpcore.NetworkBackend | None = None,
) -> Fetched:
    """Read a file of at most `limit` bytes, redirects and all within `deadline` seconds.

    `addresses` resolves a host and `dial` opens a connection to an address; the system's own where
    they are not given.

    Raises:
        Rejected: the address is not one to read from, or nothing usable is there.
        Unavailable: it could not be read now.
    """
    route = Route(_only_public(addresses), dial or httpcore.SyncBackend())
    ends = time.monotonic() + deadline
    for _ in range(1 + REDIRECTS):
        where = _checked(url)
        answer = _ask(where, route, limit=limit, deadline=ends - time.monotonic())
        if answer.status not in _MOVED:
            kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Fetched(answer.body, kind, where.geturl())
        url = urljoin(where.geturl(), answer.headers.get("location", ""))
    raise Rejected(f"{_shown(url)}: more than {REDIRECTS} redirects")


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address in _NAT64:
        return _is_public_4(IPv4Address(int(address) & 0xFFFFFFFF))
    # An IPv4 address in IPv6 clothes (::ffff:127.0.0.1) is not among those given out.
    return address in _GIVEN_OUT_6 and not any(address in network for network in _NOT_PUBLIC_6)


def _only_public(addresses: Callable[[str, int], list[str]]) -> Callable[[str, int], list[str]]:
    def found(host: str, port: int) -> list[str]:
        all_of_them = addresses(host, port)
        for address in all_of_them:
            if not is_public(address):
                raise Rejected(f"{host} leads to {address}, which is not a public address")
        return all_of_them

    return found


def _checked(url: str) -> SplitResult:
    """Return an address that may be asked; whether its host is public shows when it is resolved."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
        ascii_path = parts.path.isascii() and parts.query.isascii()
    except ValueError:  # UnicodeError is one
        raise Rejected(f"{_shown(url)} is not an address") from None
    if parts.scheme != "https" or port not in {None, 443}:
        raise Rejected(f"{_shown(url)}: only https on its own port is read")
    if not host or parts.username is not None or parts.password is not None:
        raise Rejected(f"{_shown(url)}: a public address has a host and no password")
    if not ascii_path or not url.isprintable() or " " in url:
        raise Rejected(f"{_shown(url)}: write other signs than ASCII as %XX")
    netloc = f"[{host}]" if ":" in host else host
    return SplitResult("https", netloc, parts.path or "/", parts.query, "")


def _ask(where: SplitResult, route: Route, *, limit: int, deadline: float) -> Answer:
    if deadline <= 0:
        raise Unavailable(f"{where.netloc} gave no whole answer in time")
    http = Http(
        f"https://{where.netloc}",
        {"Accept-Encoding": "identity"},
        deadline=deadline,
        route=route,
    )
    query = f"?{where.query}" if where.query else ""
    request = Request(method="GET", path=where.path + query, accept=_MOVED, largest=limit)
    try:
        return http.send(request)
    finally:
        http.close()


def _shown(url: str) -> str:
    """Return an address for a message: plain, short, without what may be a password."""
    head, at, tail = url.partition("@")
    return redacted(f"…@{tail}" if at and "/" not in head.partition("//")[2] else url, secrets=())
