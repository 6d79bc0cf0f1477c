"""Whether one of the kit's logos is in a picture, where a model should have put none: each place of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from generation.checks import keypoints, pixels
from generation.checks.finding import Box, Check, Finding, Known, Seen, needing
from generation.checks.keypoints import Keypoints, Place

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

SIDE = 1024  # pixels of the picture
MOST = 4000  # key points of it
LOGO_SIDE = 256
LOGO_MOST = 400
AGREEING = 8  # key points
ALIKE = 0.5  # correlation of the edges of the logo with those where it is found; others have 0.35 at most
OFTEN = 6  # places of one logo


def run(picture: Image.Image, seen: Seen) -> list[Finding]:
    """The surest first."""
    if not seen.logos:
        return []
    here, factor = pixels.within(picture.convert("L"), SIDE)
    points = keypoints.of(here, MOST)
    found = [finding for logo in seen.logos for finding in _of(logo, here, points, factor, picture)]
    return sorted(found, key=lambda finding: -finding.sure)


def _of(logo: Known, here: Image.Image, points: Keypoints, factor: float, picture: Image.Image) -> list[Finding]:
    """As it is and light for dark. Found once, its key points are left out: it may stand there twice."""
    small, _ = pixels.within(logo.picture.convert("L"), LOGO_SIDE)
    found = []
    for each in (small, ImageOps.invert(small)):
        wanted = keypoints.of(each, LOGO_MOST)
        for _ in range(OFTEN):
            place = keypoints.find(wanted, points)
            if place is None or place.agreeing < AGREEING:
                break
            points = _without(points, place)
            alike = _alike(each, here, place)
            if alike >= ALIKE:
                found.append(_finding(logo, place, alike, factor, picture))
    return found


def _finding(logo: Known, place: Place, alike: float, factor: float, picture: Image.Image) -> Finding:
    words = f"A logo of the kit stands here: {place.agreeing} key points of it agree."
    detail = {"reference": logo.id, "points": place.agreeing, "alike": round(alike, 3)}
    return Finding("logo", _box(place, factor, picture), round(min(1.0, 0.5 + alike / 2), 3), words, detail)


def _box(place: Place, factor: float, picture: Image.Image) -> Box:
    (left, top), (right, bottom) = place.corners.min(axis=0) * factor, place.corners.max(axis=0) * factor
    return pixels.box(left, top, right, bottom, picture)


def _without(points: Keypoints, place: Place) -> Keypoints:
    low, high = place.corners.min(axis=0), place.corners.max(axis=0)
    outside = ((points.points < low) | (points.points > high)).any(axis=1)
    return replace(points, points=points.points[outside], descriptors=points.descriptors[outside])


def _alike(logo: Image.Image, here: Image.Image, place: Place) -> float:
    """Correlation of edges, so that it says the same of a light logo on a dark ground; -1 to 1."""
    with needing("opencv-python-headless"):
        import cv2
    import numpy as np

    there = cv2.warpPerspective(
        pixels.levels(here), place.plane, logo.size, flags=cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR
    )
    one, other = _edges(pixels.levels(logo)), _edges(np.asarray(there, np.uint8))
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1]) if one.std() and other.std() else 0.0


def _edges(levels: npt.NDArray[np.uint8]) -> Floats:
    import cv2
    import numpy as np

    soft = cv2.GaussianBlur(levels.astype(np.float32), (0, 0), 1.5)
    return np.asarray(np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)), np.float32)


LOGO = Check("logo", "Logos", 1, run)
