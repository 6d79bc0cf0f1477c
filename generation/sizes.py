"""The picture sizes that a preset allows, and which of them a brief gets. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter

from creative.validation import mistake, says

Size = Sequence[int]  # width, height in pixels

_SIDE = Annotated[int, Field(ge=64, le=4096)]


def _once(sizes: list[list[int]]) -> list[list[int]]:
    if len({tuple(size) for size in sizes}) < len(sizes):
        raise mistake("name a size twice")
    return sizes


ALLOWED: TypeAdapter[list[list[int]]] = TypeAdapter(
    Annotated[
        list[Annotated[list[_SIDE], Field(min_length=2, max_length=2)]],
        Field(min_length=1, max_length=20),
        AfterValidator(_once),
        says("must be 1 to 20 sizes with sides of 64 to 4096 pixels, such as 1024x1024"),
    ]
)


def nearest(allowed: Sequence[Size], formats: Sequence[str]) -> Size:
    """The allowed size whose ratio is nearest to the first format's, such as "9:16"; without a format, the first.

    Ratios are compared by their logarithms, so that 2:1 and 1:2 are equally far from 1:1. Of two that are equally near
    the one with more pixels.
    """
    if not formats:
        return allowed[0]
    width, height = (float(side) for side in formats[0].split(":"))
    wanted = math.log(width / height)
    return min(allowed, key=lambda size: (round(abs(math.log(size[0] / size[1]) - wanted), 6), -size[0] * size[1]))


def smallest(allowed: Sequence[Size]) -> Size:
    """The one that is made soonest."""
    return min(allowed, key=lambda size: size[0] * size[1])


def largest(allowed: Sequence[Size]) -> Size:
    """The one that takes most memory and time."""
    return max(allowed, key=lambda size: size[0] * size[1])
