# /// script
# requires-python = ">=3.11"
# dependencies = ["pillow>=11"]
# ///
"""Draw the images of the example posts: `uv run tools/draw_images.py` at the top of the repository.

The results are committed. Everything is drawn from shapes; nothing is taken from anywhere.
"""

import random
from collections.abc import Callable, Iterator
from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

POSTS = Path(__file__).parent.parent / "posts"
WIDTH, HEIGHT = 960, 640
#: Drawn larger and scaled down: Pillow draws edges without smoothing.
SCALE = 2

Pen = ImageDraw.ImageDraw
Point = tuple[float, float]


def main() -> None:
    """Write every image below `posts/`."""
    for name, (background, draw) in DRAWINGS.items():
        image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), background)
        draw(Scaled(ImageDraw.Draw(image)))
        path = POSTS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        save(small, path)
        print(f"{path.relative_to(POSTS)}: {path.stat().st_size // 1024} KiB")


def save(image: Image.Image, path: Path) -> None:
    """Save with few colours where the format allows it: posts are for git too."""
    if path.suffix == ".png":
        image.quantize(48, dither=Image.Dither.NONE).save(path, optimize=True)
    else:
        image.save(path, quality=60, optimize=True)


class Scaled:
    """A pen that takes coordinates of the final image."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Fill a rectangle given by its corner and size."""
        corners = [x, y, x + width - 1, y + height - 1]
        self.pen.rectangle([c * SCALE for c in corners], fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """Fill a circle given by its middle."""
        corners = [x - radius, y - radius, x + radius, y + radius]
        self.pen.ellipse([c * SCALE for c in corners], fill=fill)

    def shape(self, points: list[Point], fill: str) -> None:
        """Fill a polygon."""
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def line(self, points: list[Point], fill: str, width: float = 4) -> None:
        """Draw a line through points."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(scaled, fill=fill, width=round(width * SCALE), joint="curve")

    def wedge(self, x: float, y: float, radius: float, angles: tuple[int, int], fill: str) -> None:
        """Fill a slice of a circle; angles in degrees, clockwise from the right."""
        corners = [x - radius, y - radius, x + radius, y + radius]
        self.pen.pieslice([c * SCALE for c in corners], *angles, fill=fill)

    def text(self, x: float, y: float, words: str, fill: str, size: int = 36) -> None:
        """Write words around a middle."""
        font = ImageFont.load_default(size * SCALE)
        self.pen.text((x * SCALE, y * SCALE), words, fill=fill, font=font, anchor="mm")


def diamond(x: float, y: float, width: float, height: float) -> list[Point]:
    """Return the corners of a diamond around a middle."""
    return [(x, y - height / 2), (x + width / 2, y), (x, y + height / 2), (x - width / 2, y)]


def wheel(pen: Scaled, x: float, y: float, radius: float = 42) -> None:
    """Draw a wheel around a middle."""
    pen.disc(x, y, radius, "#23262b")
    pen.disc(x, y, radius * 0.5, "#b9c0c8")
    pen.disc(x, y, radius * 0.2, "#23262b")


# --- Atlas ---------------------------------------------------------------------------------------


def warehouse(pen: Scaled) -> None:
    """Five loading docks, a truck backed up to the third."""
    pen.disc(800, 110, 52, "#ffe08a")
    pen.box(0, 500, WIDTH, 140, "#8b9097")
    pen.box(70, 170, 820, 330, "#6c747d")
    pen.box(70, 170, 820, 62, "#e5702a")
    pen.text(480, 201, "ATLAS", "#ffffff", 44)
    for x in range(110, 880, 156):
        pen.box(x, 300, 116, 200, "#3e444b")
        for y in range(316, 490, 34):
            pen.box(x + 8, y, 100, 24, "#d5dade")
    pen.box(414, 286, 132, 244, "#f6f7f8")
    pen.box(414, 470, 132, 12, "#e5702a")
    pen.box(434, 530, 92, 26, "#23262b")
    for x in (428, 504):
        pen.box(x, 540, 28, 40, "#15171a")
    for x in range(60, 960, 160):
        pen.box(x, 604, 90, 8, "#f2f2f2")


def electric_truck(pen: Scaled) -> None:
    """A green tractor unit at its charging post."""
    pen.box(0, 500, WIDTH, 140, "#9aa1a8")
    pen.shape([(250, 180), (470, 180), (520, 320), (520, 470), (250, 470)], "#7fce8e")
    pen.shape([(370, 210), (454, 210), (490, 318), (370, 318)], "#dff2fb")
    pen.box(250, 400, 270, 14, "#4c9a5d")
    pen.box(120, 420, 430, 60, "#3e444b")
    pen.box(500, 440, 46, 22, "#fff3b8")
    for x in (190, 290, 460):
        wheel(pen, x, 490, 48)
    pen.box(760, 230, 90, 290, "#f6f7f8")
    pen.box(776, 250, 58, 70, "#2b6cb0")
    pen.shape([(810, 256), (788, 290), (804, 290), (798, 316), (824, 280), (808, 280)], "#ffe08a")
    cable = [(760 - 240 * t, 380 + 150 * sin(pi * t) + 30 * t) for t in steps(24)]
    pen.line(cable, "#23262b", 9)


def pallet(pen: Scaled) -> None:
    """A Euro pallet seen from above, with its two measures."""
    left, top, width, height = 180, 110, 600, 400
    for row in range(3):
        pen.box(left, top + row * 150, width, 100, "#a87b45")
    for column in range(5):
        pen.box(left + column * 132, top, 72, height, "#d8ad72")
        for row in range(3):
            pen.disc(left + column * 132 + 36, top + row * 150 + 50, 7, "#7c5a31")
    measure(pen, [(left, 560), (left + width, 560)])
    pen.text(480, 594, "120 cm", "#23262b")
    measure(pen, [(130, top), (130, top + height)])
    pen.text(68, 310, "80 cm", "#23262b")


def measure(pen: Scaled, ends: list[Point]) -> None:
    """Draw a dimension line with a dot at each end."""
    pen.line(ends, "#23262b")
    for x, y in ends:
        pen.disc(x, y, 9, "#23262b")


# --- Chez Odile ----------------------------------------------------------------------------------


def king_cake(pen: Scaled) -> None:
    """A golden galette without one slice, a paper crown beside it."""
    pen.disc(400, 330, 278, "#f7f3ea")
    pen.disc(400, 330, 240, "#b9752c")
    pen.disc(400, 330, 226, "#dfa04b")
    for offset in range(-180, 181, 60):
        reach = (220**2 - offset**2) ** 0.5
        pen.line([(400 + offset, 330 - reach), (400 + offset, 330 + reach)], "#b9752c", 6)
        pen.line([(400 - reach, 330 + offset), (400 + reach, 330 + offset)], "#b9752c", 6)
    pen.wedge(400, 330, 250, (-30, 20), "#f7f3ea")
    crown = [(700, 500), (690, 350), (740, 420), (790, 330), (840, 420), (890, 350), (880, 500)]
    pen.shape(crown, "#f2c230")
    for x in (740, 790, 840):
        pen.disc(x, 470, 11, "#c0392b")


def terrace(pen: Scaled) -> None:
    """Two round tables with blue chairs below a striped awning."""
    pen.box(0, 520, WIDTH, 120, "#c9b79c")
    pen.box(80, 120, 800, 400, "#e9dcc3")
    pen.box(420, 250, 120, 270, "#5b3a29")
    for x in (140, 600):
        pen.box(x, 260, 220, 160, "#bfe0ee")
    for index, x in enumerate(range(60, 900, 60)):
        stripe = [(x, 110), (x + 60, 110), (x + 60, 210), (x, 210)]
        pen.shape(stripe, "#c0392b" if index % 2 else "#ffffff")
        pen.wedge(x + 30, 209, 30, (0, 180), "#c0392b" if index % 2 else "#ffffff")
    for x in (230, 720):
        table(pen, x)


def table(pen: Scaled, x: float) -> None:
    """Draw a small table with a chair on either side."""
    for side in (-1, 1):
        seat = x + side * 105
        pen.line([(seat + side * 34, 400), (seat + side * 34, 590)], "#2f6db5", 10)
        pen.line([(seat - side * 34, 500), (seat - side * 34, 590)], "#2f6db5", 10)
        pen.line([(seat - 36, 500), (seat + 36, 500)], "#2f6db5", 12)
    pen.line([(x, 460), (x, 590)], "#3e444b", 10)
    pen.line([(x - 40, 592), (x + 40, 592)], "#3e444b", 10)
    pen.pen.ellipse([(x - 72) * SCALE, 444 * SCALE, (x + 72) * SCALE, 474 * SCALE], fill="#f6f7f8")


def couscous(pen: Scaled) -> None:
    """Golden semolina with carrots, courgettes and chickpeas, from above."""
    chance = random.Random(1995)  # the same picture every time
    pen.disc(480, 320, 290, "#2f6db5")
    pen.disc(480, 320, 266, "#f7f3ea")
    pen.disc(480, 320, 226, "#e8c15a")
    for _ in range(420):
        x, y = around(chance, 212)
        pen.disc(x, y, 3, chance.choice(("#f5dc8c", "#cf9f36")))
    for index in range(7):
        angle = index * 2 * pi / 7
        x, y = 480 + 110 * cos(angle), 320 + 110 * sin(angle)
        dx, dy = 52 * cos(angle + 1), 52 * sin(angle + 1)
        ends = [(x - dx, y - dy), (x + dx, y + dy)]
        pen.line(ends, "#e5702a" if index % 2 else "#5f9e4a", 30)
    for _ in range(26):
        pen.disc(*around(chance, 130), 11, "#d9b382")


def around(chance: random.Random, radius: float) -> Point:
    """Return a point of the plate, spread evenly."""
    angle, distance = chance.uniform(0, 2 * pi), radius * chance.random() ** 0.5
    return 480 + distance * cos(angle), 320 + distance * sin(angle)


# --- Maison Berthier -----------------------------------------------------------------------------


def kilim(pen: Scaled) -> None:
    """Diamonds in madder, indigo and cream, triangles along the border."""
    pen.box(80, 60, 800, 520, "#8e2f2b")
    for x in range(80, 880, 40):
        pen.shape([(x, 60), (x + 40, 60), (x + 20, 100)], "#efe3c8")
        pen.shape([(x, 580), (x + 40, 580), (x + 20, 540)], "#efe3c8")
    for row, y in enumerate((200, 320, 440)):
        for column, x in enumerate(range(180, 800, 200)):
            outer = "#263a63" if (row + column) % 2 else "#efe3c8"
            inner = "#efe3c8" if (row + column) % 2 else "#263a63"
            pen.shape(diamond(x, y, 190, 116), outer)
            pen.shape(diamond(x, y, 116, 70), "#b5423a")
            pen.shape(diamond(x, y, 46, 28), inner)
    fringes(pen)


def fringes(pen: Scaled) -> None:
    """Draw the fringes on both short sides."""
    for y in range(64, 580, 12):
        pen.line([(44, y), (80, y)], "#efe3c8", 3)
        pen.line([(880, y), (916, y)], "#efe3c8", 3)


def azilal(pen: Scaled) -> None:
    """Large uneven black diamonds on undyed wool, an orange sign in the middle."""
    chance = random.Random(255)  # the same picture every time
    pen.box(80, 50, 800, 540, "#efe8d8")
    for y in range(54, 590, 12):
        pen.line([(80, y), (880, y)], "#e6ddc8", 2)
    for x in (213, 480, 747):
        for y in (186, 454):
            corners = diamond(x, y, 250, 250)
            uneven = [
                (a + chance.uniform(-14, 14), b + chance.uniform(-10, 10)) for a, b in corners
            ]
            pen.line([*uneven, uneven[0], uneven[1]], "#2a2623", 11)
    pen.line([(460, 300), (500, 340)], "#e0792b", 12)
    pen.line([(500, 300), (460, 340)], "#e0792b", 12)
    fringes(pen)


def loom(pen: Scaled) -> None:
    """A wooden loom, the warp strung, the first hand of carpet woven."""
    for x in range(220, 745, 9):
        pen.line([(x, 90), (x, 560)], "#efe3c8", 2)
    pen.box(215, 420, 530, 140, "#8e2f2b")
    for x in range(260, 740, 88):
        pen.shape(diamond(x, 490, 80, 110), "#263a63")
        pen.shape(diamond(x, 490, 36, 50), "#efe3c8")
    for x in (150, 750):
        pen.box(x, 40, 60, 570, "#6d4a2c")
    for y in (60, 550):
        pen.box(130, y, 700, 46, "#8a6139")


def sizes(pen: Scaled) -> None:
    """Two rooms from above: a carpet that is too small, and one that is right."""
    pen.box(476, 0, 8, HEIGHT, "#b9c0c8")
    for middle, width, height, color in ((240, 150, 120, "#c0392b"), (720, 360, 300, "#3f8f5b")):
        pen.box(middle - width / 2, 430 - height / 2, width, height, color)
        pen.box(middle - width / 2 + 12, 442 - height / 2, width - 24, height - 24, "#efe3c8")
        pen.box(middle - 130, 180, 260, 112, "#4a5a6a")
        pen.box(middle - 130, 180, 260, 34, "#36434f")
    for x in (555, 885):
        pen.text(x, 250, "+20", "#23262b", 30)
    pen.line([(190, 60), (290, 140)], "#c0392b", 16)
    pen.line([(290, 60), (190, 140)], "#c0392b", 16)
    pen.line([(660, 100), (705, 142), (785, 58)], "#3f8f5b", 16)


def steps(count: int) -> Iterator[float]:
    """Yield numbers from 0 to 1."""
    return (index / count for index in range(count + 1))


DRAWINGS: dict[str, tuple[str, Callable[[Scaled], None]]] = {
    "atlas/media/entrepot-rennes.png": ("#cfe6f2", warehouse),
    "atlas/media/camion-electrique.png": ("#e4f1e6", electric_truck),
    "atlas/media/palette-europe.png": ("#f6f4ef", pallet),
    "odile/media/galette.png": ("#a9564a", king_cake),
    "odile/media/terrasse.png": ("#cfe6f2", terrace),
    "odile/media/couscous.png": ("#efe3c8", couscous),
    "tapis/media/kilim.png": ("#d9d2c5", kilim),
    "tapis/media/azilal.jpg": ("#b7a68f", azilal),
    "tapis/media/metier.png": ("#d8cfc0", loom),
    "tapis/media/tailles.png": ("#f6f4ef", sizes),
}

if __name__ == "__main__":
    main()
