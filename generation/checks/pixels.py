"""Pictures as the checks compute with them: arrays, grey or in colour, no larger than a check needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from generation.checks.finding import Box, needing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Levels = npt.NDArray[np.uint8]


def levels(picture: Image.Image) -> Levels:
    """Rows, columns and, where there is more than one, channels."""
    with needing("numpy"):
        import numpy as np
    return np.asarray(picture, np.uint8)


def within(picture: Image.Image, side: int) -> tuple[Image.Image, float]:
    """No longer than `side`, and the factor back to the picture's own pixels. A smaller one stays as it is."""
    factor = max(1.0, max(picture.size) / side)
    if factor == 1.0:
        return picture, factor
    width, height = (max(1, round(length / factor)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX), factor


def box(left: float, top: float, right: float, bottom: float, picture: Image.Image) -> Box:
    """In whole pixels, inside the picture, at least one wide and high."""
    x, y = min(max(0, int(left)), picture.width - 1), min(max(0, int(top)), picture.height - 1)
    return x, y, max(1, min(picture.width, round(right)) - x), max(1, min(picture.height, round(bottom)) - y)
