"""What pictures look like: the same one in other clothes, another one, and files that are none."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from cmctl.app.guard.examine import examine
from cmctl.app.guard.pictures import MOST_PIXELS, PictureError, fingerprint_of
from cmctl.app.posts.take_in import take_in
from cmctl.app.run import watch_all
from cmctl.core.model import State
from cmctl.core.pictures import same_picture
from cmctl.store.base import Query

from .desk import Desk


def photograph(seed: int) -> Image.Image:
    """Return something with soft shapes in many colours, as a photograph has."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (600, chance.choice((400, 600, 750))), _colour(chance))
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = chance.randrange(-80, 600), chance.randrange(-80, 750)
        box = (x, y, x + chance.randrange(30, 260), y + chance.randrange(30, 260))
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape(box, fill=_colour(chance))
    return picture.filter(ImageFilter.GaussianBlur(2))


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)


def encoded(picture: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    data = BytesIO()
    picture.save(data, kind, **how)
    return data.getvalue()


def cut(picture: Image.Image, ratio: float) -> Image.Image:
    width, height = picture.size
    new = (width, width / ratio) if width / height < ratio else (height * ratio, height)
    x, y = (width - new[0]) / 2, (height - new[1]) / 2
    return picture.crop((int(x), int(y), int(x + new[0]), int(y + new[1])))


def trimmed(picture: Image.Image) -> Image.Image:
    """Take 8 % off two sides, as a hand does."""
    width, height = picture.size
    return picture.crop((0, height * 8 // 100, width * 92 // 100, height))


PHOTOGRAPHS = [photograph(seed) for seed in range(6)]


@pytest.mark.parametrize(
    "dressed",
    [
        lambda p: encoded(p, quality=25),
        lambda p: encoded(p, "WEBP", quality=40),
        lambda p: encoded(p.quantize(64), "PNG"),
        lambda p: encoded(p.resize((240, 240 * p.height // p.width))),
        lambda p: encoded(ImageEnhance.Brightness(p).enhance(1.2)),
        lambda p: encoded(cut(p, 1)),
        lambda p: encoded(cut(p, 4 / 5)),
        lambda p: encoded(cut(p, 16 / 9)),
        lambda p: encoded(trimmed(p)),
        lambda p: encoded(p.rotate(90, expand=True), exif=_turned(6)),
    ],
    ids=["jpeg", "webp", "png", "small", "bright", "1:1", "4:5", "16:9", "trimmed", "turned"],
)
def test_a_picture_is_known_again(dressed: Callable[[Image.Image], bytes]) -> None:
    for picture in PHOTOGRAPHS:
        assert same_picture(fingerprint_of(encoded(picture)), fingerprint_of(dressed(picture)))


def _turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def test_other_pictures_are_not() -> None:
    found = [fingerprint_of(encoded(photograph(seed))) for seed in range(12)]
    assert not [pair for pair in combinations(found, 2) if same_picture(*pair)]


def test_a_single_colour_looks_like_nothing() -> None:
    assert fingerprint_of(encoded(Image.new("RGB", (400, 300), "navy"))) == ""
    assert fingerprint_of(encoded(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "PNG")) == ""
    assert not same_picture("", "")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is no JPEG, PNG, GIF or WebP"),
        (b"<svg/>", "it is no JPEG, PNG, GIF or WebP"),
        (encoded(PHOTOGRAPHS[0])[:900], "it is broken"),
        (encoded(PHOTOGRAPHS[0], "PNG")[:900], "it is broken"),
        (encoded(Image.new("1", (9000, MOST_PIXELS // 9000 + 1)), "PNG"), "64 megapixels"),
    ],
    ids=["empty", "svg", "half a jpeg", "half a png", "bomb"],
)
def test_what_cannot_be_looked_at_is_said(data: bytes, why: str) -> None:
    with pytest.raises(PictureError, match=why):
        fingerprint_of(data)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    folder = made.config.parent / "posts" / "a"
    (folder / "one.jpg").write_bytes(encoded(PHOTOGRAPHS[0]))
    (folder / "cut.jpg").write_bytes(encoded(cut(PHOTOGRAPHS[0], 1), quality=50))
    (folder / "other.jpg").write_bytes(encoded(PHOTOGRAPHS[1]))
    (folder / "broken.jpg").write_bytes(b"no picture")
    yield made
    made.close()


def post(name: str, text: str, file: str, minutes: int) -> dict[str, object]:
    media = [{"file": file, "alt": "Une photo"}]
    return {"id": name, "text": text, "channels": ["x"], "in": minutes, "media": media}


def test_a_doubtful_text_under_the_same_picture_waits_for_a_person(desk: Desk) -> None:
    desk.write(
        post("one", "On y est, quelle équipe !", "one.jpg", 0),
        post("two", "Quelle journée… merci à toutes et à tous", "cut.jpg", 60),
        post("three", "Quelle joie, merci", "other.jpg", 120),
    )
    desk.turn()
    one, two, three = desk.deliveries()
    assert (one.state, two.state, three.state) == (State.PUBLISHED, State.HELD, State.PLANNED)
    assert two.hold is not None
    assert two.hold.detail.startswith("the same picture")


def test_what_is_held_for_the_owners_post_says_too_which_picture_was_not_looked_at(
    desk: Desk,
) -> None:
    text = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre, avec 45 emplois"
    desk.write(post("one", text, "broken.jpg", 60))
    desk.turn()
    desk.network.post_by_hand("x", f"{text} !")
    desk.clock.forward(minutes=1)
    desk.turn()
    hold = desk.only().hold
    assert hold is not None
    assert "judged without the picture posts/a/broken.jpg: it is no JPEG" in hold.detail


def test_a_picture_that_cannot_be_looked_at_is_a_reason_that_a_person_reads(desk: Desk) -> None:
    text = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre, avec 45 emplois"
    desk.write(post("one", text, "one.jpg", 30), post("two", f"{text} !", "broken.jpg", 60))
    desk.turn()
    hold = desk.deliveries()[1].hold
    assert hold is not None
    assert "judged without the picture posts/a/broken.jpg: it is no JPEG" in hold.detail


def test_nothing_is_imported_for_a_post_without_pictures() -> None:
    program = "import sys, cmctl.app.run, cmctl.app.publishing.preview; print('PIL' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert ended.stdout == b"False\n"


def test_while_one_lane_looks_at_a_picture_another_ones_text_is_judged(desk: Desk) -> None:
    text = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre, avec 45 emplois"
    slow = desk.config.parent / "posts" / "a" / "one.jpg"
    with desk.context() as ctx, ThreadPoolExecutor() as lanes:
        plain = {"id": "two", "text": text, "channels": ["y"], "in": 0}
        desk.write(post("one", text, "one.jpg", 0), plain)
        take_in(ctx)
        watch_all(ctx)
        looking, other = ctx.store.deliveries(Query())
        slow.unlink()
        os.mkfifo(slow)  # a disk that takes its time
        first = lanes.submit(examine, ctx, looking)
        writer = _opened(slow)
        try:
            assert lanes.submit(examine, ctx, other).result(60) is None
            assert not first.done()
        finally:
            slow.unlink()
            os.close(writer)
        assert first.result(60) is None


def _opened(fifo: Path) -> int:
    """Wait until somebody reads, and return the other end."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert time.monotonic() < deadline, "nobody looks at it"
            time.sleep(0.01)
