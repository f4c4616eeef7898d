"""What the pictures of a post look like: fingerprints of the files in the workspace.

A picture that a post names by its address is not read for this: judging asks no network but the
account's own.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.core.model import Content, Delivery
from cmctl.core.pictures import SIDE, cuts, fingerprint

#: Larger pictures are not looked at: a small file can unpack to any size.
MOST_PIXELS = 64_000_000
MOST_BYTES = 32 << 20
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
#: What is left of a picture before it is cut, in pixels a side.
_SMALL = 256


class Looked(NamedTuple):
    """What the pictures of a post look like."""

    pictures: tuple[str, ...]
    #: Which of them could not be looked at, and why.
    notes: tuple[str, ...]


def remember(ctx: Context, deliveries: Iterable[Delivery]) -> None:
    """Look at the pictures of deliveries, and keep what was seen for what comes later."""
    with_media = [one for one in deliveries if one.content.media]
    keep(ctx, {one.number: look_at(ctx, one.content) for one in with_media})


def keep(ctx: Context, looked: Mapping[int, Looked]) -> None:
    """Write down what the pictures of deliveries, by number, look like."""
    ctx.store.keep_pictures({number: one.pictures for number, one in looked.items()})


class PictureError(Exception):
    """A file is no picture that can be looked at."""


def look_at(ctx: Context, content: Content) -> Looked:
    """Return the fingerprints of a post's pictures; one of a single colour has none."""
    found, notes = [], []
    for one in content.media:
        if one.is_remote:
            continue
        try:
            path = ctx.settings.root / one.file
            known = path.stat()
            found.append(_of_file(path, known.st_mtime_ns, known.st_size))
        except (OSError, PictureError) as problem:
            why = getattr(problem, "strerror", None) or str(problem)
            notes.append(f"judged without the picture {one.file}: {why}")
    return Looked(tuple(filter(None, found)), tuple(notes))


@lru_cache(maxsize=512)
def _of_file(path: Path, _changed: int, size: int) -> str:
    if size > MOST_BYTES:
        message = f"larger than {MOST_BYTES >> 20} MiB"
        raise PictureError(message)
    return fingerprint_of(path.read_bytes())


def fingerprint_of(data: bytes) -> str:
    """Return the fingerprint of a picture; empty where it is a single colour.

    Turned as its camera says, over white where it is transparent, the first one where it moves.

    Raises:
        PictureError: it is none, it is broken, or it is too large.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - few posts need it
    except ImportError as problem:  # built for another system, or a library of its own is gone
        message = f"Pillow cannot be used: {problem}"
        raise PictureError(message) from problem
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and no warning of theirs
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                message = f"larger than {MOST_PIXELS // 1_000_000} megapixels"
                raise PictureError(message)
            picture.draft("RGB", (2 * _SMALL, 2 * _SMALL))
            plain = picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGBA")
            plain.thumbnail((_SMALL, _SMALL))
            small = ImageOps.exif_transpose(plain).convert("RGBA")
    except UnidentifiedImageError:
        message = "it is no JPEG, PNG, GIF or WebP"
        raise PictureError(message) from None
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError, OverflowError) as problem:
        message = f"it is broken: {problem}"
        raise PictureError(message) from problem
    grey = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("L")
    width, height = grey.size
    parts = [
        grey.resize(
            (SIDE, SIDE), box=(left * width, top * height, right * width, bottom * height)
        ).tobytes()
        for left, top, right, bottom in cuts(width, height)
    ]
    return fingerprint(parts)
