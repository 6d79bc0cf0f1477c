"""Whether anything is in a picture: one colour, almost nothing, mere noise, or nowhere sharp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from generation.checks import pixels
from generation.checks.finding import Check, Finding, Seen, needing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

SIDE = 512  # pixels
TILE = 32
ONE_COLOUR = 3.0  # levels that all pixels deviate by
SOMETHING = 6.0  # levels that the pixels of a tile deviate by where something is in it
ALMOST_NOTHING = 0.03  # share of tiles with something in them
NOISE = 0.35  # correlation of neighbours; a picture of anything has 0.8 and more
SHARP = 25.0  # variance of the Laplacian
SHARPEST = 95  # percentile of tiles: one thing in focus before a soft ground is a sharp picture


def run(picture: Image.Image, seen: Seen) -> list[Finding]:
    """At most one finding: the first that is true makes the others pointless."""
    with needing("numpy"):
        import numpy as np
    small, _ = pixels.within(picture, SIDE)
    grey = pixels.levels(small.convert("L")).astype(np.float64)
    for look in (_one_colour, _almost_nothing, _noise, _blurred):
        if found := look(grey):
            return [found]
    return []


def _one_colour(grey: Floats) -> Finding | None:
    return _below(ONE_COLOUR, float(grey.std()), "flat", "The picture is one colour.", "deviation")


def _almost_nothing(grey: Floats) -> Finding | None:
    share = float((_tiles(grey).std(axis=1) > SOMETHING).mean())
    return _below(ALMOST_NOTHING, share, "flat", "There is almost nothing in the picture.", "share")


def _noise(grey: Floats) -> Finding | None:
    import numpy as np

    alike = float(np.corrcoef(grey[:, 1:].ravel(), grey[:, :-1].ravel())[0, 1])
    return _below(NOISE, alike, "broken", "The picture is little more than noise.", "correlation")


def _blurred(grey: Floats) -> Finding | None:
    with needing("opencv-python-headless"):
        import cv2
    import numpy as np

    edges = np.asarray(cv2.Laplacian(grey, cv2.CV_64F), np.float64)
    sharpest = float(np.percentile(_tiles(edges).var(axis=1), SHARPEST))
    return _below(SHARP, sharpest, "blurred", "The picture is nowhere sharp.", "sharpness")


def _below(most: float, value: float, kind: str, words: str, name: str) -> Finding | None:
    """The surer, the further below."""
    if value >= most:
        return None
    return Finding(kind, None, min(1.0, 1 - value / most / 2), words, {name: round(value, 4)})


def _tiles(values: Floats) -> Floats:
    """A row of values each; what is left over at the right and below is cut off."""
    high, wide = (max(1, min(TILE, length)) for length in values.shape)
    rows, columns = values.shape[0] // high, values.shape[1] // wide
    cut = values[: rows * high, : columns * wide].reshape(rows, high, columns, wide)
    return cut.swapaxes(1, 2).reshape(rows * columns, high * wide)


FLAT = Check("flat", "Empty, broken or blurred", 1, run)
