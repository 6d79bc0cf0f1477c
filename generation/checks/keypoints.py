"""Where one picture shows again in another: key points of both, and the one plane that maps many of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from generation.checks.finding import needing

if TYPE_CHECKING:
    import cv2
    import numpy as np
    import numpy.typing as npt

    Points = npt.NDArray[np.float32]

CLEAR = 0.8  # the best partner is nearer than this share of the second best
LEAST = 8  # key points that agree; any four make a plane
STRAY = 4.0  # pixels that a point may lie off
BENT = 8.0  # times that the longer diagonal or side of what is found may be the other's


@dataclass(frozen=True, eq=False)
class Keypoints:
    points: Points  # x, y
    descriptors: Points
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Place:
    """Where something was found: what maps its pixels there, its corners there, and how many points agree."""

    plane: Any  # 3 x 3
    corners: Points
    agreeing: int
    spread: float  # share of the picture that those points enclose


def of(picture: Image.Image, most: int) -> Keypoints:
    """At most so many, the strongest. `picture` is L."""
    with needing("opencv-python-headless"):
        import cv2  # noqa: F401
    return _computed(picture.tobytes(), picture.width, picture.height, most)


def mirrored(one: Keypoints) -> Keypoints:
    """As of the picture seen in a mirror: rows of each descriptor upside down, its eight directions the other way."""
    import numpy as np

    fields = one.descriptors.reshape(-1, 4, 4, 8)[:, ::-1, :, [0, 7, 6, 5, 4, 3, 2, 1]]
    points = np.column_stack((one.width - 1 - one.points[:, 0], one.points[:, 1]))
    return Keypoints(points, np.ascontiguousarray(fields.reshape(-1, 128)), one.width, one.height)


def find(wanted: Keypoints, within: Keypoints) -> Place | None:
    """Where `wanted` is in the other picture, turned, scaled or cut off as it may be."""
    import cv2
    import numpy as np

    pairs = _pairs(wanted, within)
    if len(pairs) < LEAST:
        return None
    here = np.array([wanted.points[one] for one, _ in pairs])
    there = np.array([within.points[other] for _, other in pairs])
    plane, agrees = cv2.findHomography(here, there, cv2.USAC_MAGSAC, STRAY, maxIters=2000, confidence=0.999)
    if plane is None or int(agrees.sum()) < LEAST:
        return None
    frame = np.array([[[0, 0], [wanted.width, 0], [wanted.width, wanted.height], [0, wanted.height]]], np.float32)
    corners = np.asarray(cv2.perspectiveTransform(frame, plane)[0], np.float32)
    if not _is_upright(corners):
        return None
    spread = cv2.contourArea(cv2.convexHull(there[agrees.ravel() == 1])) / (within.width * within.height)
    return Place(plane, corners, int(agrees.sum()), spread)


def _pairs(wanted: Keypoints, within: Keypoints) -> list[tuple[int, int]]:
    """Each point with its partner there, where no other partner comes near."""
    import cv2

    if min(len(wanted.points), len(within.points)) < LEAST:
        return []
    both = cv2.BFMatcher(cv2.NORM_L2).knnMatch(wanted.descriptors, within.descriptors, k=2)
    return [(best.queryIdx, best.trainIdx) for best, second in both if best.distance < CLEAR * second.distance]


def _is_upright(corners: Points) -> bool:
    """A convex four-cornered plane, seen from its front and not from its very edge."""
    import numpy as np

    sides = np.roll(corners, -1, axis=0) - corners
    turns = [_cross(sides[at], sides[(at + 1) % 4]) for at in range(4)]
    lengths = [float(np.hypot(*side)) for side in sides]
    return min(turns) > 0 and max(lengths) < BENT * min(lengths)


def _cross(one: Points, other: Points) -> float:
    return float(one[0] * other[1] - one[1] * other[0])


@functools.lru_cache(maxsize=64)
def _computed(levels: bytes, width: int, height: int, most: int) -> Keypoints:
    """Kept, because the pictures of a brief are held against the same references."""
    import numpy as np

    picture = np.frombuffer(levels, np.uint8).reshape(height, width)
    found, descriptors = _sift(most).detectAndCompute(picture, None)
    if not found:
        return Keypoints(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32), width, height)
    roots = np.sqrt(descriptors / (descriptors.sum(axis=1, keepdims=True) + 1e-7))  # Hellinger's distance
    points = np.array([point.pt for point in found], np.float32)
    return Keypoints(points, roots.astype(np.float32), width, height)


@functools.cache
def _sift(most: int) -> cv2.SIFT:
    import cv2

    return cv2.SIFT.create(nfeatures=most, contrastThreshold=0.02)
