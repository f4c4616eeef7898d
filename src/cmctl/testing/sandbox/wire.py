"""HTTP/1.1 as far as the sandbox needs it: requests with a length, whole replies."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

#: The largest body that is read, in bytes.
LARGEST = 32 << 20
JSON = "application/json"


class BadRequestError(Exception):
    """What came is not a request that the sandbox reads; the connection ends."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request."""

    method: str
    #: Path and query as they came.
    target: str
    #: Unquoted parts of the path.
    path: tuple[str, ...]
    query: Mapping[str, str]
    #: By lower-case name.
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def type(self) -> str:
        """The body's MIME type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


async def read_ask(reader: asyncio.StreamReader) -> Ask | None:
    """Read one request; None where the client has hung up.

    Raises:
        BadRequestError: it is none, or too long.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise BadRequestError(431, "the headers are too long") from None
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or words[2] != "HTTP/1.1":
        raise BadRequestError(400, "not an HTTP/1.1 request")
    headers = {}
    for line in lines[1:-2]:
        name, colon, value = line.partition(":")
        if not colon or name.strip() != name:
            raise BadRequestError(400, "a broken header")
        headers[name.lower()] = value.strip()
    url = urlsplit(words[1])
    return Ask(
        method=words[0],
        target=words[1],
        path=tuple(unquote(part) for part in url.path.split("/") if part),
        query=dict(parse_qsl(url.query)),
        headers=headers,
        body=await _read_body(reader, headers),
    )


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "transfer-encoding" in headers:
        raise BadRequestError(411, "a body needs its Content-Length")
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > LARGEST:
        raise BadRequestError(413, f"a body has at most {LARGEST} bytes")
    try:
        return await reader.readexactly(int(length))
    except asyncio.IncompleteReadError:
        raise BadRequestError(400, "the body was cut short") from None


def head(reply: Reply, length: int, at: datetime) -> bytes:
    """Return the status line and the headers."""
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"Date: {format_datetime(at.astimezone(UTC), usegmt=True)}",
        f"Content-Type: {reply.type}",
        f"Content-Length: {length}",
        "X-Content-Type-Options: nosniff",
        *(f"{name}: {value}" for name, value in reply.headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def send(writer: asyncio.StreamWriter, reply: Reply, at: datetime) -> None:
    """Write a whole answer."""
    writer.write(head(reply, len(reply.body), at) + reply.body)
    await writer.drain()


def error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a refusal in the API's own form."""
    body = b'{"error":"' + message.encode("ascii", "replace").replace(b'"', b"'") + b'"}'
    return Reply(status=status, body=body, headers=headers or {})
