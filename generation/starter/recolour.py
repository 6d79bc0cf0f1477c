"""Give a picture's main colour another hue, in OKLab (Björn Ottosson, 2020), keeping its shading.

https://bottosson.github.io/posts/oklab/ gives the two matrices. Arrays are float32, colours are sRGB
0-255 outside and OKLab (lightness 0-1, a, b) inside, channels last.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]

TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
COLOURFUL = 0.045  # chroma from which a pixel counts as coloured
SAME_HUE = 0.95  # radians round the main hue that change with it
SHADING_KEPT = 0.85  # of the original contrast in lightness


def to_oklab(colour: Floats) -> Floats:
    share = colour / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return (np.cbrt(linear @ TO_CONES.T) @ TO_LAB.T).astype(np.float32)


def from_oklab(lab: Floats) -> Floats:
    linear = ((lab @ np.linalg.inv(TO_LAB).T) ** 3) @ np.linalg.inv(TO_CONES).T
    linear = linear.clip(0, 1)
    share = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (share * 255).clip(0, 255).astype(np.float32)


def recolour(picture: Image.Image, target: tuple[int, int, int], *, hue: float | None = None) -> Image.Image:
    """The RGBA picture with its main hue (or, if it is mostly grey, its light parts) in the target colour.

    `hue` in radians names another hue to change than the one that covers most.
    """
    pixels = np.asarray(picture, np.float32)
    lab = to_oklab(pixels[..., :3])
    aim = to_oklab(np.array(target, np.float32))
    solid = pixels[..., 3] > 200
    weight, lightness, chroma_scale = _part_to_change(lab, lab[solid], hue)
    changed = np.empty_like(lab)
    changed[..., 0] = (aim[0] + (lab[..., 0] - lightness) * SHADING_KEPT).clip(0.03, 0.99)
    changed[..., 1:] = aim[1:] * chroma_scale[..., None]
    mixed = lab + (changed - lab) * weight[..., None]
    return Image.fromarray(np.dstack([from_oklab(mixed), pixels[..., 3]]).round().astype(np.uint8), "RGBA")


def _part_to_change(lab: Floats, solid: Floats, wanted: float | None) -> tuple[Floats, float, Floats]:
    """How strongly each pixel changes (0-1), that part's usual lightness, each pixel's share of its chroma."""
    chroma, hue = _chroma(lab), _hue(lab)
    coloured = solid[_chroma(solid) > COLOURFUL]
    if len(coloured) < 0.3 * len(solid):
        light_grey = solid[(_chroma(solid) < 0.06) & (solid[:, 0] > 0.4)]
        weight = ((0.075 - chroma) / 0.02).clip(0, 1) * ((lab[..., 0] - 0.35) / 0.15).clip(0, 1)
        return weight, float(np.median(light_grey[:, 0])), np.ones_like(chroma)
    main = _main_hue(coloured) if wanted is None else wanted
    weight = ((SAME_HUE - _turn(hue, main)) / 0.3).clip(0, 1) * ((chroma - 0.02) / 0.03).clip(0, 1)
    alike = coloured[_turn(_hue(coloured), main) < 0.6]
    usual_chroma = float(np.median(_chroma(alike)))
    return weight, float(np.median(alike[:, 0])), (chroma / usual_chroma).clip(0.25, 1.5)


def _main_hue(coloured: Floats) -> float:
    votes, edges = np.histogram(_hue(coloured), bins=24, range=(-np.pi, np.pi), weights=_chroma(coloured))
    smooth = votes + 0.5 * np.roll(votes, 1) + 0.5 * np.roll(votes, -1)
    best = int(smooth.argmax())
    return float(edges[best] + edges[best + 1]) / 2


def _chroma(lab: Floats) -> Floats:
    return np.hypot(lab[..., 1], lab[..., 2])


def _hue(lab: Floats) -> Floats:
    return np.arctan2(lab[..., 2], lab[..., 1])


def _turn(hue: Floats, towards: float) -> Floats:
    """The angle between two hues, 0 to pi."""
    return np.abs((hue - towards + np.pi) % (2 * np.pi) - np.pi)
