"""How alike two pictures are: to the eye as a whole, and by what of the one is found in the other."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageStat

from generation.checks import keypoints, pixels
from generation.checks.finding import Box, needing
from generation.checks.keypoints import Place

SIDE = 384  # pixels
MOST = 600  # key points
ALIKE = 6  # of 64 bits; different pictures are some 32 apart
PLAIN = 4.0  # levels that a picture deviates by, below which its hash says nothing


@dataclass(frozen=True, eq=False)
class Likeness:
    bits: int | None  # apart, of 64; None where a picture is too plain for it
    mirrored: bool
    place: Place | None
    box: Box | None  # in the picture

    @property
    def looks_alike(self) -> bool:
        return self.bits is not None and self.bits <= ALIKE

    def shows(self, *, agreeing: int, spread: float) -> bool:
        """So many key points lie on one plane, and not on one spot: two stripes have all theirs in common."""
        return self.place is not None and self.place.agreeing >= agreeing and self.place.spread >= spread

    def as_dict(self) -> dict[str, int | float | bool | None]:
        points = self.place.agreeing if self.place else 0
        spread = round(self.place.spread, 3) if self.place else 0.0
        return {"bits": self.bits, "points": points, "spread": spread, "mirrored": self.mirrored}


def likeness(picture: Image.Image, other: Image.Image) -> Likeness:
    """Both RGB. `other` as it is or in a mirror, whichever is nearer."""
    here, factor = pixels.within(picture.convert("L"), SIDE)
    there, _ = pixels.within(other.convert("L"), SIDE)
    points, wanted = keypoints.of(here, MOST), keypoints.of(there, MOST)
    plain, turned = keypoints.find(wanted, points), keypoints.find(keypoints.mirrored(wanted), points)
    mirrored = _agreeing(turned) > _agreeing(plain)
    place = turned if mirrored else plain
    bits, turned_bits = (_apart(here, each) for each in (there, ImageOps.mirror(there)))
    if place is None and turned_bits is not None and bits is not None:
        mirrored = turned_bits < bits
    return Likeness(turned_bits if mirrored else bits, mirrored, place, _box(place, factor, picture))


def _agreeing(place: Place | None) -> int:
    return place.agreeing if place else 0


def _apart(one: Image.Image, other: Image.Image) -> int | None:
    if min(ImageStat.Stat(each).stddev[0] for each in (one, other)) < PLAIN:
        return None
    return (_hash(one.tobytes(), one.size) ^ _hash(other.tobytes(), other.size)).bit_count()


@functools.lru_cache(maxsize=256)
def _hash(levels: bytes, size: tuple[int, int]) -> int:
    with needing("ImageHash"):
        from imagehash import phash
    return int(str(phash(Image.frombytes("L", size, levels))), 16)


def _box(place: Place | None, factor: float, picture: Image.Image) -> Box | None:
    if place is None:
        return None
    (left, top), (right, bottom) = place.corners.min(axis=0) * factor, place.corners.max(axis=0) * factor
    return pixels.box(left, top, right, bottom, picture)
