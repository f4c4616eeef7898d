"""Take out of a picture's file what its camera and its programs wrote beside the picture.

Position, time, serial numbers, names, comments and previews go; pixels, colour profile,
transparency and movement stay byte for byte. Containers: ITU-T T.81 annex B (JPEG), PNG third
edition, GIF89a, and the WebP container specification of RFC 9649.
"""

import struct
from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
#: Chunks that say how the pixels look or move; every other one that is not critical goes.
_PNG_KEPT = frozenset(
    b"tRNS gAMA cHRM sRGB iCCP sBIT cICP bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
#: Loops of a GIF.
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_WEBP_PRIVATE = frozenset({b"EXIF", b"XMP "})
#: In the flags of VP8X: there is Exif, there is XMP.
_WEBP_FLAGS = 0x08 | 0x04


def without_private_data(data: bytes) -> bytes:
    """Return a JPEG, PNG, GIF or WebP without private data, its pixels untouched.

    Raises:
        ValueError: it is none of them, or its parts cannot be told from each other.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return b"".join(_jpeg(data))
        if data.startswith(_PNG):
            return b"".join(_png(data))
        if data.startswith((b"GIF87a", b"GIF89a")):
            return b"".join(_gif(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (IndexError, struct.error) as problem:
        message = "it ends in the middle"
        raise ValueError(message) from problem
    message = "it is no JPEG, PNG, GIF or WebP"
    raise ValueError(message)


def _jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while data[at + 1] != 0xDA:  # the scan: pixels from here on
        if data[at] != 0xFF:
            message = "its parts cannot be told from each other"
            raise ValueError(message)
        if data[at + 1] == 0xFF:  # a fill byte
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if _stays(data[at + 1], data[at + 4 : at + 2 + length]):
            yield data[at : at + 2 + length]
        at += 2 + length
    # What stands behind the end is another picture: a preview, a depth map, a film. In coded pixels
    # no end of image can stand, and the segments between progressive scans hold tables alone.
    end = data.find(b"\xff\xd9", at)
    yield data[at:] if end == -1 else data[at : end + 2]


def _stays(marker: int, body: bytes) -> bool:
    """Tell whether a segment says how the pixels are to be read."""
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\0")
    if marker == 0xE0:
        return body.startswith(b"JFIF\0")
    return marker == 0xEE or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _png(data: bytes) -> Iterator[bytes]:
    yield _PNG
    at = len(_PNG)
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        if kind[0:1].isupper() or kind in _PNG_KEPT:
            yield data[at : at + 12 + length]
        at += 12 + length
        if kind == b"IEND":
            return


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _colours(data[10])
    yield data[:at]
    while data[at] != 0x3B:
        start = at
        if data[at] == 0x2C:  # a picture: descriptor, colours, code size
            at = _blocks_end(data, at + 10 + _colours(data[at + 9]) + 1)
            yield data[start:at]
        elif data[at] == 0x21:
            label, at = data[at + 1], _blocks_end(data, at + 2)
            if label == 0xF9 or (label == 0xFF and data[start + 3 : start + 14] in _GIF_KEPT):
                yield data[start:at]
        else:
            message = "its parts cannot be told from each other"
            raise ValueError(message)
    yield b"\x3b"


def _colours(flags: int) -> int:
    """Return how many bytes a table of colours has."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1


def _webp(data: bytes) -> bytes:
    kept, at = [b"WEBP"], 12
    while at + 8 <= len(data):
        kind = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        chunk = data[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_PRIVATE:
            kept.append(chunk)
        at += 8 + length + length % 2
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
