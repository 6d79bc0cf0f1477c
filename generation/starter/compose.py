"""Training pictures: one object from the picture package, composed with a backdrop, light and shadow.

A `Scene` holds every number of one picture, so the same scene always gives the same picture. What a caption
leaves open is drawn at random here, or twenty candidates of one prompt would look alike.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .recolour import recolour
from .vocabulary import entries, object_colours, recolourable, rgb, vocabulary

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Sprites = Mapping[tuple[str, str | None], Image.Image]  # (subject, its colour or None as drawn) -> RGBA

SIDE = 256  # pixels of a training picture
SPRITE_SIDE = 256  # pixels of a sprite's longer side
PATCH = 16  # pixels of the picture for each position of the latents
TRAINING_SIZES = (0.625, 0.8125)  # of the frame, 10 and 13 latent positions; the larger in the centre alone
PROPS_KEPT = 0.25  # of the balls that draw_scene gives
BETWEEN_PLACES = (0.07, 0.13)  # of the frame, from its middle: neither in the centre nor at a side
HELD_OUT = 8  # one combination in so many is never composed for training

ROWS, COLUMNS = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / (SIDE - 1)
BLACK = np.zeros(3, np.float32)
WHITE = np.full(3, 255, np.float32)


@dataclass(frozen=True)
class Scene:
    """Lengths and places are shares of the frame, angles are degrees, `light` -1 (left) to 1 (right).

    The prop is a ball beside the object; `prop_shade` -1 to 1 makes it darker or paler than the background.
    """

    subject: str
    colour: str | None
    background: str
    tone: str | None
    backdrop: str
    shade: tuple[float, float, float]
    x: float
    y: float
    size: float
    tilt: float
    mirrored: bool
    light: float
    horizon: float
    prop_size: float
    prop_shade: float

    @property
    def place(self) -> str:
        if self.x < 0.42:
            return "left"
        return "right" if self.x > 0.58 else "centre"

    @property
    def extent(self) -> str | None:
        if self.size < 0.5:
            return "small"
        return "large" if self.size > 0.74 else None

    @property
    def held_out(self) -> bool:
        """Whether this combination of object and background is kept for the evaluation."""
        combination = f"{self.subject} {self.colour} {self.tone} {self.background}"
        return zlib.crc32(combination.encode()) % HELD_OUT == 0


def draw_training_scene(rng: random.Random, sprites: Sprites) -> Scene:
    """Of fewer poses than `draw_scene`: every picture is one more look at shapes that were seen before.

    Two sizes, no tilt, no podium, seldom a ball, and on the latents' grid.
    """
    while True:
        drawn = draw_scene(rng)
        if drawn.held_out or drawn.backdrop == "podium":
            continue
        size = rng.choice(TRAINING_SIZES) if drawn.place == "centre" else min(TRAINING_SIZES)
        prop_size = drawn.prop_size if rng.random() < PROPS_KEPT else 0.0
        scene = on_grid(replace(drawn, size=size, tilt=0.0, prop_size=prop_size), sprites)
        if not BETWEEN_PLACES[0] < abs(scene.x - 0.5) < BETWEEN_PLACES[1]:
            return scene


def on_grid(scene: Scene, sprites: Sprites) -> Scene:
    """With its object at whole latent positions: a convolution that has learnt a shape at one knows it at all."""
    width, height = _measured(scene, _turned(scene, sprites[scene.subject, scene.colour]))
    left, top = _cornered(scene.x, width), _cornered(scene.y, height)
    return replace(scene, x=(left + width / 2) / SIDE, y=(top + height / 2) / SIDE)


def _cornered(middle: float, length: int) -> int:
    """The pixel on the grid nearest to where something of that length begins, so that all of it is in the frame."""
    last = (SIDE - length) // PATCH * PATCH
    return min(max(PATCH * round((middle * SIDE - length / 2) / PATCH), 0), last)


def draw_scene(rng: random.Random) -> Scene:
    subject = rng.choice(list(entries("subjects")))
    colour = rng.choice(object_colours()) if recolourable(subject) and rng.random() < 0.85 else None
    background = rng.choice(list(entries("colours")))
    backdrop = rng.choice(list(entries("backdrops")))
    place = rng.choice(("left", "right", "centre", "centre"))
    if place == "centre":
        x, size = 0.5 + rng.uniform(-0.05, 0.05), rng.choice((rng.uniform(0.44, 0.6), rng.uniform(0.6, 0.88)))
    else:
        x, size = 0.5 + rng.uniform(0.14, 0.22) * (-1 if place == "left" else 1), rng.uniform(0.42, 0.6)
    if backdrop == "podium":
        size = min(size, rng.uniform(0.5, 0.66))
    return Scene(
        subject=subject,
        colour=colour,
        background=background,
        tone=rng.choice((None, *entries("colours")[background]["tones"])),
        backdrop=backdrop,
        shade=(rng.uniform(-9, 9), rng.uniform(-9, 9), rng.uniform(-9, 9)),
        x=x,
        y=(0.44 if backdrop == "podium" else 0.5) + rng.uniform(-0.05, 0.05),
        size=size,
        tilt=rng.uniform(-5, 5) if backdrop == "podium" else rng.uniform(-14, 14),
        mirrored=rng.random() < 0.5,
        light=rng.uniform(-1, 1),
        horizon=rng.uniform(0.6, 0.74),
        prop_size=rng.uniform(0.12, 0.2) if backdrop != "podium" and rng.random() < 0.35 else 0.0,
        prop_shade=rng.uniform(-0.35, 0.55),
    )


def load_sprites(package: Path) -> dict[tuple[str, str | None], Image.Image]:
    """Every subject as drawn and, where it may be recoloured, in each object colour."""
    sprites: dict[tuple[str, str | None], Image.Image] = {}
    for subject, entry in entries("subjects").items():
        file = package / vocabulary()["source"]["file"].format(picture=entry["picture"])
        drawn = _fitted(Image.open(file).convert("RGBA"), turn=entry.get("turn", 0))
        sprites[subject, None] = drawn
        for colour in object_colours() if recolourable(subject) else ():
            sprites[subject, colour] = recolour(drawn, rgb(colour), hue=entry.get("hue"))
    return sprites


def _fitted(picture: Image.Image, *, turn: float) -> Image.Image:
    turned = picture.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    cropped = turned.crop(turned.getchannel("A").getbbox())
    scale = SPRITE_SIDE / max(cropped.size)
    size = (max(1, round(cropped.width * scale)), max(1, round(cropped.height * scale)))
    return cropped.resize(size, Image.Resampling.LANCZOS)


def render(scene: Scene, sprites: Sprites) -> tuple[Bytes, Bytes]:
    """The picture (256, 256, 3) and how much of each latent position the object covers (16, 16), 0-255."""
    layer = _placed(scene, sprites[scene.subject, scene.colour])
    opacity: Floats = layer[..., 3:] / np.float32(255)
    picture = _backdrop(scene)
    foot = _foot(opacity[..., 0])
    if scene.backdrop == "podium":
        picture = _with_podium(picture, scene, foot)
    if scene.prop_size:
        picture = _with_prop(picture, scene, foot)
    picture = _with_shadow(picture, scene, x=scene.x, foot=foot, width=_width(opacity[..., 0]))
    lit = layer[..., :3] * (1 + 0.28 * scene.light * (COLUMNS - scene.x))[..., None]
    picture = picture * (1 - opacity) + lit * opacity
    cells = SIDE // PATCH
    cover = opacity.reshape(cells, PATCH, cells, PATCH).mean((1, 3))
    return picture.clip(0, 255).round().astype(np.uint8), (cover * 255).round().astype(np.uint8)


def _placed(scene: Scene, sprite: Image.Image) -> Floats:
    """The sprite on a clear frame: float32 (256, 256, 4), straight alpha."""
    turned = _turned(scene, sprite)
    size = _measured(scene, turned)
    small = turned.resize(size, Image.Resampling.BOX if size[0] < turned.width / 2 else Image.Resampling.HAMMING)
    frame = Image.new("RGBA", (SIDE, SIDE))
    frame.paste(small, (round(scene.x * SIDE - size[0] / 2), round(scene.y * SIDE - size[1] / 2)))
    return np.asarray(frame, np.float32)


def _turned(scene: Scene, sprite: Image.Image) -> Image.Image:
    turned = sprite.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if scene.mirrored else sprite
    return turned.rotate(scene.tilt, Image.Resampling.BICUBIC, expand=True)


def _measured(scene: Scene, turned: Image.Image) -> tuple[int, int]:
    """Its width and height in the picture, in pixels."""
    scale = scene.size * SIDE / SPRITE_SIDE
    return max(1, round(turned.width * scale)), max(1, round(turned.height * scale))


def _foot(opacity: Floats) -> float:
    """Where the object's lowest row is, as a share of the frame's height."""
    rows = np.flatnonzero(opacity.max(1) > 0.5)
    return float(rows[-1]) / (SIDE - 1) if len(rows) else 1.0


def _width(opacity: Floats) -> float:
    columns = np.flatnonzero(opacity.max(0) > 0.5)
    return float(columns[-1] - columns[0]) / (SIDE - 1) if len(columns) else 0.0


def _backdrop(scene: Scene) -> Floats:
    colour = background_colour(scene)
    paler, darker = _mix(colour, WHITE, 0.45), _mix(colour, BLACK, 0.3)
    if scene.backdrop == "gradient":
        share = ROWS
        low, high = paler, _mix(colour, BLACK, 0.12)
    elif scene.backdrop == "studio":
        share = ((ROWS - scene.horizon) / 0.03).clip(0, 1)
        low, high = colour, _mix(colour, WHITE, 0.35) if colour.sum() < 600 else _mix(colour, BLACK, 0.12)
    elif scene.backdrop == "spotlight":
        share = np.hypot(COLUMNS - scene.x, ROWS - 0.45).clip(0, 0.65) / 0.65
        low, high = paler, darker
    else:
        share = 0.5 + 0.35 * scene.light * (0.5 - COLUMNS)
        low, high = _mix(colour, WHITE, 0.12), _mix(colour, BLACK, 0.08)
    return low + (high - low) * share[..., None]


def background_colour(scene: Scene) -> Floats:
    colour = np.array(rgb(scene.background), np.float32)
    if scene.tone:
        towards = np.array(entries("tones")[scene.tone]["towards"], np.float32)
        colour = _mix(colour, towards, 0.5)
    return (colour + np.array(scene.shade, np.float32)).clip(0, 255)


def _with_podium(picture: Floats, scene: Scene, foot: float) -> Floats:
    colour = background_colour(scene)
    radius = scene.size * 0.5 + 0.08
    thickness = radius * 0.22
    across = (COLUMNS - scene.x) / radius
    # One pixel of soft edge: distances are turned into pixels before they are clipped to 0-1.
    top = ((1 - np.hypot(across, (ROWS - foot) / thickness)) * thickness * SIDE + 0.5).clip(0, 1)[..., None]
    inside = ((1 - np.abs(across)) * radius * SIDE + 0.5).clip(0, 1)
    body = (inside * ((ROWS - foot) * SIDE + 0.5).clip(0, 1))[..., None]
    side = _mix(colour, BLACK, 0.25) * (1 + 0.2 * scene.light * across.clip(-1, 1))[..., None]
    picture = picture * (1 - body) + side * body
    return picture * (1 - top) + _mix(colour, WHITE, 0.4) * top


def _with_prop(picture: Floats, scene: Scene, foot: float) -> Floats:
    """A ball on the object's ground, on the side where there is more room."""
    radius = scene.prop_size / 2
    side = -1 if scene.x > 0.5 else 1
    x = scene.x + side * (scene.size * 0.42 + radius)
    colour = _mix(background_colour(scene), BLACK if scene.prop_shade < 0 else WHITE, abs(scene.prop_shade))
    picture = _with_shadow(picture, scene, x=x, foot=foot, width=scene.prop_size)
    across, down = (COLUMNS - x) / radius, (ROWS - foot + radius) / radius
    lit = np.hypot(across - 0.4 * scene.light, down + 0.45)
    shaded = colour * (1.2 - 0.35 * lit)[..., None]
    inside = ((1 - np.hypot(across, down)) * radius * SIDE + 0.5).clip(0, 1)[..., None]
    return picture * (1 - inside) + shaded * inside


def _with_shadow(picture: Floats, scene: Scene, *, x: float, foot: float, width: float) -> Floats:
    reach_x, reach_y = width * 0.58, max(0.03, width * 0.12)
    across = (COLUMNS - x + 0.05 * scene.light) / reach_x
    distance = np.hypot(across, (ROWS - foot) / reach_y)
    strength = 0.5 * (1 - distance).clip(0, 1) ** 0.8
    return picture * (1 - strength)[..., None]


def _mix(colour: Floats, other: Floats, share: float) -> Floats:
    return colour + (other - colour) * share
