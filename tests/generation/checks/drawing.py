"""Pictures for the checks, drawn by a seed: scenes with light, forms and grain. The bench draws with other seeds."""

from __future__ import annotations

import colorsys
import io
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIDE = 512
Colour = tuple[int, int, int]


def scene(seed: int, side: int = SIDE, *, own: int = 26, shared: int = 0, brief: int = 0) -> Image.Image:
    """Soft light, solid things, and a little grain. No letters, no faces. `shared` things are those of the brief."""
    theirs, drawn = random.Random(f"brief {brief}"), random.Random(seed)
    light = theirs if shared else drawn
    made = Image.blend(_light(light, side), Image.new("RGB", (side, side), colour(light)), 0.4)
    for each in [theirs] * shared + [drawn] * own:
        _form(made, each, side)
    made = made.filter(ImageFilter.GaussianBlur(side / 900))
    grain = np.random.default_rng(seed).normal(0, 3, (side, side, 3))
    return Image.fromarray(np.clip(np.asarray(made) + grain, 0, 255).astype(np.uint8))


def colour(drawn: random.Random) -> Colour:
    return of_hue(drawn.random(), drawn.uniform(0.2, 0.9), drawn.uniform(0.25, 0.95))


def of_hue(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = (round(255 * level) for level in colorsys.hsv_to_rgb(hue, saturation, value))
    return red, green, blue


def _light(drawn: random.Random, side: int) -> Image.Image:
    small = Image.new("RGB", (4, 4))
    small.putdata([colour(drawn) for _ in range(16)])
    return small.resize((side, side), Image.Resampling.BICUBIC)


def _form(made: Image.Image, drawn: random.Random, side: int) -> None:
    pen = ImageDraw.Draw(made)
    x, y, size = drawn.randrange(side), drawn.randrange(side), side * drawn.uniform(0.04, 0.2)
    kind, fill = drawn.choice(("ellipse", "polygon", "lines", "box")), colour(drawn)
    if kind == "ellipse":
        pen.ellipse((x - size, y - size * drawn.uniform(0.4, 1), x + size, y + size * drawn.uniform(0.4, 1)), fill)
    elif kind == "box":
        pen.rectangle((x, y, x + size, y + size * drawn.uniform(0.4, 2)), fill, colour(drawn), max(1, side // 170))
    elif kind == "polygon":
        corners = [(x + drawn.uniform(-size, size), y + drawn.uniform(-size, size)) for _ in range(5)]
        pen.polygon(corners, fill)
    else:
        for step in range(5):
            far = step * size / 4
            pen.line((x + far, y, x + far + size / 2, y + size), fill, max(2, side // 120))


def cropped(picture: Image.Image, share: float, drawn: random.Random) -> Image.Image:
    """`share` of each side, from anywhere, at that size."""
    width, height = (round(length * share) for length in picture.size)
    x, y = drawn.randint(0, picture.width - width), drawn.randint(0, picture.height - height)
    return picture.crop((x, y, x + width, y + height))


def encoded(picture: Image.Image, quality: int) -> Image.Image:
    """As a JPEG of this quality gives it back."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def of_other_hue(picture: Image.Image, turn: int) -> Image.Image:
    """`turn` of 255 round the circle of hues."""
    hue, saturation, value = picture.convert("HSV").split()
    turned = hue.point(lambda level: (level + turn) % 256)
    return Image.merge("HSV", (turned, saturation, value)).convert("RGB")


def font(size: float, *names: str) -> ImageFont.FreeTypeFont | None:
    """The first of these that the machine has; Pillow's own where none is named."""
    if not names:
        made = ImageFont.load_default(size)
        return made if isinstance(made, ImageFont.FreeTypeFont) else None
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None
