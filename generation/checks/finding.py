"""What a check is given beside the picture, and what it gives back: findings, which judge nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

Box = tuple[int, int, int, int]  # x, y, width, height in the picture's pixels


class Missing(Exception):
    """A check can't run here: the sentence names what to install."""


@dataclass(frozen=True)
class Finding:
    """Something worth a person's look. Without a box it is about the whole picture."""

    kind: str
    box: Box | None
    sure: float  # 0 to 1
    words: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Colour:
    """Of the kit's palette. What is within the tolerance counts as this colour."""

    name: str
    hex: str
    tolerance: float  # ΔE by CIEDE2000


@dataclass(frozen=True)
class Known:
    """A picture that another is held against: a reference, or a candidate of the same brief."""

    id: int
    picture: Image.Image  # RGB


@dataclass(frozen=True)
class Seen:
    """What a picture is compared with. All of it may be empty."""

    colours: tuple[Colour, ...] = ()
    references: tuple[Known, ...] = ()
    candidates: tuple[Known, ...] = ()  # the others of the brief
    logos: tuple[Known, ...] = ()  # the kit's
    spell: tuple[str, ...] = ()  # words that the kit spells exactly
    quoted: tuple[str, ...] = ()  # words that the brief quotes


@dataclass(frozen=True)
class Check:
    """A pure function of an RGB picture and what it is compared with. Its version changes when its answers may."""

    name: str
    label: str  # for people: what it looks for
    version: int
    run: Callable[[Image.Image, Seen], list[Finding]]


@contextmanager
def needing(package: str) -> Iterator[None]:
    """Around an import: a package that isn't there is Missing, by its name."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise Missing(f"This check needs the Python package {package}. Install it and run the check again.") from error
