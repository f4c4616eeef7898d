"""Reading the body of an answer, never more of it than can be meant."""

import zlib
from collections.abc import Iterable

#: No answer of a posting API is longer, in bytes, before and after decompression.
LARGEST = 4 << 20


class UnreadableError(Exception):
    """The body is too long, or its encoding is broken."""


def read_body(pieces: Iterable[bytes], encoding: str, largest: int = LARGEST) -> bytes:
    """Return a whole body with its `Content-Encoding` undone.

    Raises:
        UnreadableError: it is longer than `largest` or cannot be decompressed.
    """
    body = bytearray()
    for piece in pieces:
        body += piece
        _check(len(body), largest)
    if encoding.lower() in {"", "identity"} or not body:
        return bytes(body)
    try:
        plain = zlib.decompressobj(wbits=47).decompress(body, largest + 1)  # 47: gzip or zlib
    except zlib.error:
        message = "a body that cannot be decompressed"
        raise UnreadableError(message) from None
    _check(len(plain), largest)
    return plain


def _check(length: int, largest: int) -> None:
    if length > largest:
        message = f"more than {largest / (1 << 20):g} MiB"
        raise UnreadableError(message)
