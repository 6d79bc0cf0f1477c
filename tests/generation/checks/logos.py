"""Logos for the checks, drawn by a seed: a sign and a name, and pictures with some of them in it."""

from __future__ import annotations

import random
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

FONT = Path(settings.BASE_DIR) / "review" / "demo_kit" / "Manrope_700Bold.ttf"
NAMES = ("Halden", "Solmint", "Nordlys", "Kestrel", "Amber & Co", "Vero", "Lumen", "Fathom")


def logo(seed: int, *, ink: str = "black", ground: str = "white", name: str = "") -> Image.Image:
    """400 x 200 pixels."""
    drawn = random.Random(f"logo {seed}")
    made = Image.new("RGB", (400, 200), ground)
    pen = ImageDraw.Draw(made)
    _sign(pen, drawn, ink, ground)
    font = ImageFont.truetype(str(FONT), 44)
    pen.text((180, 70), name or drawn.choice(NAMES), ink, font)
    return made


def _sign(pen: ImageDraw.ImageDraw, drawn: random.Random, ink: str, ground: str) -> None:
    for _ in range(3):
        corners = [(drawn.randint(20, 160), drawn.randint(20, 180)) for _ in range(drawn.choice((3, 4)))]
        pen.polygon(corners, fill=drawn.choice((ink, ground)), outline=ink, width=5)
    x, y, size = drawn.randint(40, 120), drawn.randint(40, 120), drawn.randint(20, 40)
    pen.ellipse((x, y, x + size, y + size), fill=ground, outline=ink, width=6)


def with_logo(picture: Image.Image, of: Image.Image, box: tuple[int, int, int, int], turn: float = 0) -> Image.Image:
    """`box` is left, top, width, height; on its own ground."""
    made = picture.copy()
    left, top, width, height = box
    stuck = of.resize((width, height), Image.Resampling.LANCZOS)
    mask = Image.new("L", stuck.size, 255)
    if turn:
        stuck, mask = (each.rotate(turn, Image.Resampling.BICUBIC, expand=True) for each in (stuck, mask))
    made.paste(stuck, (left, top), mask)
    return made
