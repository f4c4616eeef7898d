"""Reading the body of an answer, never more of it than can be meant."""

import json
import re
import zlib
from collections.abc import Iterable

#: No answer of a posting API is longer, in bytes, before and after decompression.
LARGEST = 4 << 20


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONE = re.compile("[\ud800-\udfff]")


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


def read_json(body: bytes | str) -> object:
    """Return the value of a JSON text (RFC 8259, so UTF-8) whose every text can be written again.

    JSON can escape half of a surrogate pair, which no encoding, and so no store and no request,
    takes; U+FFFD stands in its place.

    Raises:
        ValueError: it is not JSON, or nested too deep.
    """
    text = body if isinstance(body, str) else body.decode("utf-8-sig")
    try:
        value: object = json.loads(text)
        if _SURROGATE.search(text):
            whole = _LONE.sub("\N{REPLACEMENT CHARACTER}", json.dumps(value, ensure_ascii=False))
            value = json.loads(whole)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def whole(value: object) -> int:
    """Return a count as it stands in JSON; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def tally(items: object, field: str) -> int:
    """Return the sum of a count over a list of objects; what is no such list adds nothing."""
    listed = items if isinstance(items, list) else []
    return sum(whole(item.get(field)) for item in listed if isinstance(item, dict))


def _check(length: int, largest: int) -> None:
    if length > largest:
        message = f"more than {largest / (1 << 20):g} MiB"
        raise UnreadableError(message)
