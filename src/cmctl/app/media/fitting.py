"""A copy of each image that fits a network: size, format, bytes, upright, without private data.

The file that a person chose stays as it is. What cannot be made to fit is told in words, with what
to do: nobody but a person should cut a picture.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from math import sqrt
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from cmctl.app.guard.pictures import MOST_PIXELS
from cmctl.app.media.reading import MediaError
from cmctl.channels.base import Attachment, MediaRules
from cmctl.core.model import Hold, HoldReason
from cmctl.core.private_data import without_private_data

if TYPE_CHECKING:
    from PIL.Image import Image

#: By Pillow's name: the endings, the one that is written first, and the type.
_FORMATS = {
    "JPEG": (("jpg", "jpeg"), "image/jpeg"),
    "PNG": (("png",), "image/png"),
    "GIF": (("gif",), "image/gif"),
    "WEBP": (("webp",), "image/webp"),
}
_ENDINGS = frozenset(ending for endings, _ in _FORMATS.values() for ending in endings)
#: Tried in turn before a picture is made smaller.
_QUALITIES = (90, 84, 76)
_SMALLER = 0.8
#: A shape so near to the best one is not worth a word.
_ALMOST = 0.1
_ORIENTATION = 0x0112


class UnfitError(MediaError):
    """An image cannot be made to fit; `fix` says what a person can do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def unfit(problem: MediaError) -> Hold:
    """Return the hold of a delivery whose image cannot be sent."""
    fix = f"; {problem.fix}" if isinstance(problem, UnfitError) else ""
    return Hold(reason=HoldReason.INVALID, detail=f"{problem}{fix}")


class Size(NamedTuple):
    """How large an image is."""

    bytes: int
    width: int
    height: int

    def __str__(self) -> str:
        unit, name = (1_000_000, "MB") if self.bytes >= 1_000_000 else (1000, "kB")
        return f"{self.bytes / unit:.1f} {name}, {self.width}x{self.height}"


class Fitted(NamedTuple):
    """An image as it goes out."""

    attachment: Attachment
    #: `photo.jpg: 6.2 MB, 4000x3000 -> 1.1 MB, 2048x1536`; empty: the pixels are as they were.
    change: str = ""
    #: What would be seen better than this; empty: nothing.
    hint: str = ""


def fitted(item: Attachment, rules: MediaRules, network: str) -> Fitted:
    """Return an image as a network takes it; what is no picture by its name stays as it is.

    Private data is always taken out. An image that fits keeps its pixels byte for byte; another is
    turned upright, made smaller, written in another format or with less quality, in this order of
    need. The same image and rules give the same copy.

    Raises:
        UnfitError: it is broken, too large to be looked at, too small, of another shape than the
            network takes, or moves and would have to be changed.
    """
    if PurePath(item.name).suffix.lower().lstrip(".") not in _ENDINGS:
        if rules.film_bytes and len(item.data) > rules.film_bytes:
            message = f"{item.name} has {len(item.data) / 1e6:.0f} MB"
            most = f"{network} gets films of {rules.film_bytes / 1e6:.0f} MB"
            raise UnfitError(message, f"export it smaller: {most}")
        return Fitted(item)
    turned, picture, clean = _opened(item)
    width, height = (picture.height, picture.width) if turned > 4 else picture.size
    _refuse_shape(item.name, width, height, rules, network)
    hint = _hint(item.name, width, height, rules, network)
    scale = _scale(width, height, rules)
    light = _is_light(clean, rules)
    kind = _format_for(picture, item.name, rules, network, light=light)
    if light and (turned, scale, kind) == (1, 1, picture.format):
        return Fitted(_renamed(item, clean, kind), hint=hint)
    if getattr(picture, "is_animated", False):
        message = f"{item.name} moves, and {network} would need another size or format of it"
        raise UnfitError(message, "make it smaller, or choose one that stands still")
    upright = _upright(picture, turned)
    for data, size in _copies(upright, kind, scale, rules):
        if _is_light(data, rules) and size[0] >= rules.least[0] and size[1] >= rules.least[1]:
            before = Size(len(item.data), width, height)
            change = f"{item.name}: {before} -> {Size(len(data), *size)}"
            return Fitted(_renamed(item, data, kind), change, hint)
    message = f"{item.name} cannot be made light enough for {network}"
    raise UnfitError(message, f"make it smaller than {Size(rules.bytes, *rules.least)}")


def _opened(item: Attachment) -> "tuple[int, Image, bytes]":
    """Return how the camera was held, the decoded picture and its file without private data."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - few posts need it

    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and no warning of theirs
    try:
        clean = without_private_data(item.data)
        with Image.open(BytesIO(item.data), formats=list(_FORMATS)) as first:
            turned = first.getexif().get(_ORIENTATION, 1)
        picture = Image.open(BytesIO(clean), formats=list(_FORMATS))
        if picture.width * picture.height > MOST_PIXELS:
            message = f"{item.name} is larger than {MOST_PIXELS // 1_000_000} megapixels"
            raise UnfitError(message, "export it smaller")
        picture.load()
    except UnidentifiedImageError:
        message = f"{item.name} is no picture"
        raise UnfitError(message, "export it again, as JPEG or PNG") from None
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError, OverflowError) as problem:
        message = f"{item.name} is broken: {problem}"
        raise UnfitError(message, "export it again, as JPEG or PNG") from problem
    return turned if turned in range(1, 9) else 1, picture, clean


def _refuse_shape(name: str, width: int, height: int, rules: MediaRules, network: str) -> None:
    least_wide, least_high = rules.least
    if width < least_wide or height < least_high:
        message = f"{name} is {width}x{height}, and {network} wants {least_wide}x{least_high}"
        raise UnfitError(message, "choose a larger one: it is not blown up")
    if rules.ratio is None:
        return
    narrow, wide = rules.ratio
    if not narrow <= width / height <= wide:
        is_wide = width / height > wide
        wanted = (round(height * wide), height) if is_wide else (width, int(width / narrow))
        shape, cut = ("wide", "the sides") if is_wide else ("high", "top and bottom")
        message = f"{name} is {width}x{height}, too {shape} for {network}"
        raise UnfitError(message, f"cut {cut}, to {wanted[0]}x{wanted[1]}, or choose another one")


def _hint(name: str, width: int, height: int, rules: MediaRules, network: str) -> str:
    """Return what to say of a shape that a network shows worse than another."""
    if rules.best is None:
        return ""
    wide, high = rules.best
    if abs(width * high / (height * wide) - 1) <= _ALMOST:
        return ""
    return f"{name} is {width}x{height}, and {network} shows pictures of {wide}:{high} best"


def _scale(width: int, height: int, rules: MediaRules) -> float:
    by_side = rules.side / max(width, height) if rules.side else 1
    by_pixels = sqrt(rules.pixels / (width * height)) if rules.pixels else 1
    return min(1, by_side, by_pixels)


def _format_for(
    picture: "Image", name: str, rules: MediaRules, network: str, *, light: bool
) -> str:
    """Return the format that a picture goes out in: its own where the network takes it.

    A photograph that is too heavy as PNG is a JPEG without a loss that anybody sees.
    """
    taken = [kind for kind, (endings, _) in _FORMATS.items() if {*endings} & {*rules.formats}]
    clear = picture.has_transparency_data
    stills = ("PNG", "WEBP", "JPEG") if clear else ("JPEG", "PNG", "WEBP")
    if picture.format in taken and (light or clear or picture.format != "PNG"):
        return str(picture.format)
    found = next((kind for kind in stills if kind in taken), "")
    if not found:
        message = f"{name} is in a format that {network} does not take"
        raise UnfitError(message, f"make it one of {', '.join(rules.formats)}")
    return found


def _upright(picture: "Image", turned: int) -> "Image":
    from PIL.Image import Transpose  # noqa: PLC0415 - as above

    turns = (
        None,
        Transpose.FLIP_LEFT_RIGHT,
        Transpose.ROTATE_180,
        Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE,
        Transpose.ROTATE_270,
        Transpose.TRANSVERSE,
        Transpose.ROTATE_90,
    )
    turn = turns[turned - 1]
    return picture if turn is None else picture.transpose(turn)


def _copies(
    upright: "Image", kind: str, scale: float, rules: MediaRules
) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Yield ever lighter copies, each with its width and height, down to the least."""
    from PIL.Image import Resampling  # noqa: PLC0415 - as above

    profile = upright.info.get("icc_profile") if upright.mode != "CMYK" else None
    plain = _plain(upright, kind)
    while True:
        size = (round(plain.width * scale) or 1, round(plain.height * scale) or 1)
        small = plain if size == plain.size else plain.resize(size, Resampling.LANCZOS)
        for quality in _QUALITIES if kind != "PNG" else (0,):
            written = BytesIO()
            small.save(written, kind, quality=quality, optimize=True, icc_profile=profile)
            yield written.getvalue(), size
        if not rules.bytes or size[0] <= rules.least[0] or size[1] <= rules.least[1]:
            return
        scale *= _SMALLER


def _plain(picture: "Image", kind: str) -> "Image":
    """Return a picture in colours that its format has, on white where it has no transparency."""
    from PIL import Image  # noqa: PLC0415 - as above

    if not picture.has_transparency_data:
        return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
    clear = picture.convert("RGBA")
    if kind != "JPEG":
        return clear
    return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")


def _is_light(data: bytes, rules: MediaRules) -> bool:
    return not rules.bytes or len(data) <= rules.bytes


def _renamed(item: Attachment, data: bytes, kind: str) -> Attachment:
    """Return the attachment with other bytes, its ending and type those of its format."""
    endings, mime = _FORMATS[kind]
    path = PurePath(item.name)
    fits = path.suffix.lower().lstrip(".") in endings
    name = item.name if fits else path.with_suffix(f".{endings[0]}").name
    return replace(item, name=name, data=data, type=mime)
