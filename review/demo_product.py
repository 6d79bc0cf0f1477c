"""A product for the demo, drawn by us: a mug on a table, and which of its pixels are the mug."""

from __future__ import annotations

import io
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 720)
FINER = 2  # times, for smooth edges
BODY = (300, 190, 620, 590)
HANDLE = (540, 270, 760, 500)
TEAL, DEEP, INSIDE = (24, 150, 148), (12, 88, 96), (9, 62, 70)


class Product(NamedTuple):
    picture: io.BytesIO  # PNG
    mask: io.BytesIO  # grey PNG, as a careful hand would paint it


def mug() -> Product:
    whole = (SIZE[0] * FINER, SIZE[1] * FINER)
    mask = Image.new("L", whole)
    _shape(ImageDraw.Draw(mask), 255, 255)
    picture = _table(whole)
    shadow = mask.filter(ImageFilter.GaussianBlur(28)).point(lambda level: level // 3)
    picture.paste((60, 50, 44), (30 * FINER, 34 * FINER), shadow)
    picture.paste(_glazed(whole), (0, 0), mask)
    drawing = ImageDraw.Draw(picture)
    left, top, right, _bottom = (FINER * side for side in BODY)
    drawing.ellipse((left + 14, top - 46, right - 14, top + 46), fill=INSIDE)
    return Product(_encoded(picture), _encoded(mask))


def _shape(drawing: ImageDraw.ImageDraw, fill: int, edge: int) -> None:
    """A handle, a body, and a rim and a foot that are round."""
    left, top, right, bottom = (FINER * side for side in BODY)
    drawing.ellipse([FINER * side for side in HANDLE], outline=edge, width=44 * FINER)
    drawing.rectangle((left, top, right, bottom), fill=fill)
    drawing.ellipse((left, top - 60, right, top + 60), fill=fill)
    drawing.ellipse((left, bottom - 50, right, bottom + 50), fill=fill)


def _table(size: tuple[int, int]) -> Image.Image:
    """A wall and a table, each with light from the left."""
    light = Image.linear_gradient("L").rotate(90).resize((size[0], size[1]))
    ground = Image.merge("RGB", [light.point(lambda level, high=high: high - level // 9) for high in (236, 226, 210)])
    table = Image.merge("RGB", [light.point(lambda level, high=high: high - level // 7) for high in (214, 190, 160)])
    ground.paste(table.crop((0, size[1] * 3 // 5, *size)), (0, size[1] * 3 // 5))
    return ground.filter(ImageFilter.GaussianBlur(3))


def _glazed(size: tuple[int, int]) -> Image.Image:
    """From lit to shaded, with one reflection."""
    side = Image.linear_gradient("L").rotate(90).resize((size[0] // 2, size[1]))
    shade = Image.new("L", (size[0], size[1]), 255)
    shade.paste(side, (size[0] // 4, 0))
    made = Image.composite(Image.new("RGB", shade.size, DEEP), Image.new("RGB", shade.size, TEAL), shade)
    shine = Image.new("L", shade.size)
    left, top, _right, bottom = (FINER * each for each in BODY)
    ImageDraw.Draw(shine).rounded_rectangle((left + 70, top + 90, left + 110, bottom - 60), 40, fill=120)
    made.paste((235, 250, 248), (0, 0), shine.filter(ImageFilter.GaussianBlur(14)))
    return made


def _encoded(image: Image.Image) -> io.BytesIO:
    out = io.BytesIO()
    image.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG", compress_level=1)
    return out
