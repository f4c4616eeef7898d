"""Images for uploads, real ones, of any size."""

import struct
import zlib

from cmctl.channels.base import Attachment


def png(size: int = 0) -> bytes:
    """Return a PNG of one pixel, `size` bytes longer than it needs to be."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pieces = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0\xff\0\0"))]
    if size:
        pieces.append((b"raNd", bytes(size)))
    pieces.append((b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in pieces
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def picture(alt: str, *, size: int = 0) -> Attachment:
    return Attachment(name="image.png", data=png(size), type="image/png", alt=alt)
