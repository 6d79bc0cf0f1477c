"""How far two pictures are apart: bit for bit, to the eye, or visibly."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image

from generation import images

# Lossy compression of 8 bits a channel that people accept lies between 30 and 50 dB, and from 40 dB on its traces are
# hard to see. Over a whole picture that would forgive one spoilt hand, so every tile has to hold the lower end.
SAME_PSNR = 40.0  # dB, of the whole picture
SAME_TILE_PSNR = 30.0  # dB, of its worst tile
TILE = 16  # pixels
SAME_PHASH = 2  # of 64 bits; pictures one or two apart very likely look the same


@dataclass(frozen=True)
class Difference:
    """Levels are of 255, PSNR is in dB (infinite where nothing differs), hashes are bits apart of 64."""

    max_level: int
    mean_level: float
    psnr: float
    tile_psnr: float
    phash_distance: int
    same_size: bool

    @property
    def is_none(self) -> bool:
        return self.same_size and self.max_level == 0

    @property
    def is_invisible(self) -> bool:
        alike = self.psnr >= SAME_PSNR and self.tile_psnr >= SAME_TILE_PSNR and self.phash_distance <= SAME_PHASH
        return self.same_size and alike

    def as_dict(self) -> dict[str, str | int]:
        """For the database and the audit log, so without floats; without PSNR where nothing differs."""
        figures: dict[str, str | int] = {
            "max_level": self.max_level,
            "mean_level": f"{self.mean_level:.4f}",
            "phash_distance": self.phash_distance,
        }
        if self.max_level:
            figures |= {"psnr": f"{self.psnr:.1f}", "tile_psnr": f"{self.tile_psnr:.1f}"}
        return figures


def compare(one: Image.Image, other: Image.Image) -> Difference:
    """Both RGB. Of another size is different, whatever it shows; the figures are then of `other` resized."""
    import numpy as np

    resized = other if other.size == one.size else other.resize(one.size)
    levels = np.abs(np.asarray(one, np.int16) - np.asarray(resized, np.int16))
    squares = np.square(levels, dtype=np.float64)
    rows, columns = (np.arange(0, side, TILE) for side in squares.shape[:2])
    worst = max(float(squares[top : top + TILE, left : left + TILE].mean()) for top in rows for left in columns)
    return Difference(
        max_level=int(levels.max()),
        mean_level=float(levels.mean()),
        psnr=_psnr(float(squares.mean())),
        tile_psnr=_psnr(worst),
        phash_distance=_bits_apart(images.perceptual_hash(one), images.perceptual_hash(other)),
        same_size=one.size == other.size,
    )


def _psnr(square: float) -> float:
    """From the mean squared error."""
    return 10 * math.log10(255**2 / square) if square else math.inf


def _bits_apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()
