"""A copy of each image that fits, and words where none can be made."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from cmctl.app.check import check
from cmctl.app.media.fitting import UnfitError, fitted
from cmctl.app.publishing.preview import preview
from cmctl.channels.base import Attachment, MediaRules
from cmctl.core.model import HoldReason, Severity, State
from cmctl.core.private_data import without_private_data

from .desk import Desk

ANY = MediaRules(count=4)
SECRET = b"Rue de la Paix 12"


def scene(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture with a dark left side, and noise that does not compress."""
    noise = Image.effect_noise((width, height), 60).convert(mode)
    noise.paste(Image.new(mode, (width // 2, height)), (0, 0))
    return noise


def written(picture: Image.Image, kind: str, turned: int = 1, **how: object) -> bytes:
    exif = Image.Exif()
    exif[Base.ImageDescription] = SECRET.decode()
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 52.0, 7.0)
    if turned != 1:
        exif[Base.Orientation] = turned
    said = PngInfo()
    said.add_text("Comment", SECRET.decode())
    more = {"GIF": {"comment": SECRET}, "PNG": {"pnginfo": said, "exif": exif}}
    into = BytesIO()
    picture.save(into, kind, **{**more.get(kind, {"exif": exif, "xmp": SECRET}), **how})
    return into.getvalue()


def attached(data: bytes, name: str = "photo.jpg") -> Attachment:
    return Attachment(name=name, data=data, type="image/jpeg", alt="La façade")


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_private_data_goes_and_the_pixels_stay(kind: str) -> None:
    before = written(scene(60, 40), kind)
    assert SECRET in before
    after = without_private_data(before)
    assert SECRET not in after
    assert b"GPS" not in after
    assert not opened(after).getexif()
    assert opened(after).convert("RGB").tobytes() == opened(before).convert("RGB").tobytes()
    assert without_private_data(after) == after


def test_a_progressive_jpeg_is_kept_whole_and_what_hides_behind_it_goes() -> None:
    before = written(scene(60, 40), "JPEG", progressive=True)
    after = without_private_data(before + SECRET)
    assert SECRET not in after
    assert opened(after).tobytes() == opened(before).tobytes()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_what_moves_still_moves(kind: str) -> None:
    more = [scene(20, 20), scene(20, 20)]
    how = {"save_all": True, "append_images": more, "loop": 0}
    item = attached(written(scene(20, 20), kind, **how), f"a.{kind.lower()}")
    assert opened(fitted(item, ANY, "here").attachment.data).n_frames == 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_any_end_of_a_file_is_refused_in_words(kind: str) -> None:
    whole = written(scene(30, 20), kind)
    for length in range(0, len(whole) // 2, 7):
        with pytest.raises(UnfitError):
            fitted(attached(whole[:length]), ANY, "here")


def test_what_fits_goes_out_with_its_pixels_untouched() -> None:
    data = without_private_data(written(scene(60, 40), "JPEG"))
    found = fitted(attached(data), MediaRules(count=1, side=60, pixels=2400), "here")
    assert found.attachment == attached(data)
    assert not found.change


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_stands_upright_however_the_camera_was_held(turned: int) -> None:
    data = written(scene(60, 40), "JPEG", turned)
    wanted = ImageOps.exif_transpose(opened(data))
    got = opened(fitted(attached(data), ANY, "here").attachment.data)
    assert got.size == wanted.size
    corners = [(3, 3), (3, got.height - 4), (got.width - 4, 3), (got.width - 4, got.height - 4)]
    for corner in corners:
        assert (sum(got.getpixel(corner)) > 60) == (sum(wanted.getpixel(corner)) > 60)


@pytest.mark.parametrize(
    ("rules", "size"),
    [
        (MediaRules(count=1, side=40), (40, 20)),
        (MediaRules(count=1, pixels=800), (40, 20)),
        (MediaRules(count=1, side=1000), (80, 40)),
    ],
)
def test_a_large_picture_is_made_smaller(rules: MediaRules, size: tuple[int, int]) -> None:
    found = fitted(attached(written(scene(80, 40), "JPEG")), rules, "here")
    assert opened(found.attachment.data).size == size
    assert bool(found.change) == (size != (80, 40))


def test_a_heavy_picture_is_made_lighter_and_the_change_is_said() -> None:
    data = written(scene(1200, 900), "PNG")
    rules = MediaRules(count=1, bytes=400_000, formats=("png", "jpg"))
    found = fitted(attached(data, "photo.png"), rules, "here")
    assert len(found.attachment.data) <= 400_000
    width, height = opened(found.attachment.data).size
    assert found.change.startswith("photo.png: ")
    assert found.change.endswith(
        f" -> {len(found.attachment.data) / 1000:.1f} kB, {width}x{height}"
    )
    assert fitted(attached(data, "photo.png"), rules, "here") == found


def test_another_format_changes_name_and_type_too() -> None:
    item = attached(written(scene(60, 40, "RGBA"), "WEBP"), "photo.webp")
    made = fitted(item, MediaRules(count=1, formats=("jpg",)), "here").attachment
    assert (made.name, made.type, made.alt) == ("photo.jpg", "image/jpeg", "La façade")
    assert opened(made.data).format == "JPEG"


def test_transparency_is_kept_where_the_network_has_it_and_is_white_elsewhere() -> None:
    clear = attached(written(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "WEBP"), "logo.webp")
    both = MediaRules(count=1, formats=("jpg", "png"))
    kept = opened(fitted(clear, both, "here").attachment.data)
    assert (kept.format, kept.getpixel((5, 5))[3]) == ("PNG", 0)
    white = fitted(clear, replace(both, formats=("jpg",)), "here").attachment
    assert min(opened(white.data).getpixel((5, 5))) > 250


def test_the_ending_that_is_wrong_is_put_right() -> None:
    found = fitted(attached(written(scene(9, 9), "PNG"), "photo.jpg"), ANY, "here").attachment
    assert (found.name, found.type) == ("photo.png", "image/png")


@pytest.mark.parametrize(
    ("size", "rules", "words", "fix"),
    [
        (
            (300, 100),
            MediaRules(count=1, ratio=(0.8, 1.91)),
            "too wide",
            "cut the sides, to 191x100",
        ),
        ((100, 300), MediaRules(count=1, ratio=(0.8, 1.91)), "too high", "to 100x125"),
        ((300, 200), MediaRules(count=1, least=(400, 300)), "wants 400x300", "larger"),
        ((300, 200), MediaRules(count=1, bytes=10), "light enough", "smaller"),
        ((300, 200), MediaRules(count=1, formats=("svg",)), "format", "svg"),
    ],
)
def test_what_no_copy_can_mend_is_asked_for(
    size: tuple[int, int], rules: MediaRules, words: str, fix: str
) -> None:
    with pytest.raises(UnfitError, match=words) as refused:
        fitted(attached(written(scene(*size), "JPEG")), rules, "here")
    assert fix in refused.value.fix


@pytest.mark.parametrize(
    ("size", "hint"),
    [
        ((300, 200), "photo.jpg is 300x200, and here shows pictures of 2:3 best"),
        ((210, 300), ""),
        ((100, 190), "photo.jpg is 100x190, and here shows pictures of 2:3 best"),
    ],
)
def test_a_shape_that_a_network_shows_worse_is_told_and_goes_all_the_same(
    size: tuple[int, int], hint: str
) -> None:
    item = attached(written(scene(*size), "JPEG"))
    found = fitted(item, MediaRules(count=1, best=(2, 3)), "here")
    assert found.hint == hint
    assert opened(found.attachment.data).size == size


def test_a_bomb_is_never_unpacked() -> None:
    bomb = written(Image.new("1", (12_000, 12_000)), "PNG")
    with pytest.raises(UnfitError, match="larger than 64 megapixels"):
        fitted(attached(bomb, "bomb.png"), ANY, "here")


def test_what_moves_is_not_made_to_stand_still() -> None:
    how = {"save_all": True, "append_images": [scene(20, 20)]}
    item = attached(written(scene(20, 20), "GIF", **how), "a.gif")
    with pytest.raises(UnfitError, match="moves"):
        fitted(item, MediaRules(count=1, formats=("jpg",)), "here")


def test_what_is_no_picture_by_its_name_stays_as_it_is() -> None:
    item = attached(b"<svg/>", "plan.svg")
    assert fitted(item, MediaRules(count=1, formats=("svg",)), "here").attachment == item


def photo(desk: Desk, name: str, data: bytes, alt: str = "La façade") -> None:
    (desk.config.parent / "posts" / "a" / name).write_bytes(data)
    image = {"file": name, **({"alt": alt} if alt else {})}
    desk.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 0, "media": [image]})


def test_what_goes_out_says_nothing_of_where_the_photograph_was_taken(desk: Desk) -> None:
    data = written(scene(60, 40), "JPEG", 6)
    photo(desk, "photo.jpg", data)
    with desk.context() as ctx:
        (told,) = check(ctx).copies
    assert "60x40" not in told
    assert "40x60 -> " in told
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    with desk.context() as ctx:
        (out,) = [event.data["media"] for event in ctx.store.events(1) if "media" in event.data]
    (sent,) = out
    assert sent == sha256(fitted(attached(data), ANY, "sandbox").attachment.data).hexdigest()


def test_a_picture_that_cannot_be_sent_is_told_by_check_and_held_in_a_dry_run_and_at_its_slot(
    desk: Desk,
) -> None:
    photo(desk, "photo.jpg", written(scene(60, 40), "JPEG")[:300])
    with desk.context() as ctx:
        (told,) = [one for one in check(ctx).problems if one.code == "image-unfit"]
        (foreseen,) = preview(ctx, ctx.now()).deliveries
    assert (told.severity, told.channel, told.post) == (Severity.ERROR, "a/x", "one")
    assert "photo.jpg is broken" in told.message
    assert foreseen.hold is not None
    assert foreseen.hold.reason is HoldReason.INVALID
    desk.turn()
    held = desk.only()
    assert held.hold is not None
    assert held.hold == foreseen.hold
    assert not desk.copies()


def test_check_warns_of_a_shape_that_a_network_shows_worse(desk: Desk) -> None:
    sandbox = f"{{network: sandbox, url: '{desk.server.url}', account: x}}"
    said = desk.config.read_text(encoding="utf-8")
    pinterest = said.replace(sandbox, "{network: pinterest, token: env:ATLAS, board: '1'}")
    desk.config.write_text(pinterest, encoding="utf-8")
    photo(desk, "photo.jpg", written(scene(60, 40), "JPEG"))
    with desk.context() as ctx:
        (told,) = [one for one in check(ctx).problems if one.code == "image-shape"]
    assert (told.severity, told.channel, told.post) == (Severity.WARNING, "a/x", "one")
    assert "pictures of 2:3 best" in told.message


@pytest.mark.parametrize(
    ("policy", "said"),
    [("required", [Severity.ERROR]), ("warn", [Severity.WARNING]), ("off", [])],
)
def test_an_image_without_alt_text_is_what_the_policy_says(
    tmp_path: Path, policy: str, said: list[Severity]
) -> None:
    desk = Desk(tmp_path, extra=f"alt: {policy}")
    try:
        photo(desk, "photo.jpg", written(scene(60, 40), "JPEG"), alt="")
        with desk.context() as ctx:
            told = [one.severity for one in check(ctx).problems if one.code == "no-alt"]
        assert told == said
        desk.turn()
        assert desk.only().state is (State.HELD if policy == "required" else State.PUBLISHED)
    finally:
        desk.close()
