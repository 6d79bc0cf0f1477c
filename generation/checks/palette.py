"""Whether a picture keeps to the kit's colours: its dominant ones against the palette, by what eyes tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from generation.checks import pixels
from generation.checks.finding import Check, Colour, Finding, Seen, needing

if TYPE_CHECKING:
    from coloraide import Color

SIDE = 128  # pixels
SHADES = 24  # that a picture is reduced to
ONE = 8.0  # ΔE up to which two shades are one colour here
DOMINANT = 0.1  # share of the picture
LARGE = 0.25  # share from which a colour is told of beside one of the kit's
GREY = 12.0  # chroma; white, greys and black go with every kit
# Where the hue of CIE LCh, in degrees, ends that people call so.
HUES = (
    (15, "pink"),
    (45, "red"),
    (75, "orange"),
    (105, "yellow"),
    (165, "green"),
    (220, "teal"),
    (290, "blue"),
    (330, "purple"),
    (360, "pink"),
)


@dataclass(frozen=True)
class Dominant:
    colour: Color
    share: float


def run(picture: Image.Image, seen: Seen) -> list[Finding]:
    """A finding for each large colour that is far from every colour of the kit; for the largest, where all are far.

    Nothing without a palette.
    """
    if not seen.colours:
        return []
    colours = dominant(picture)
    told = [(each, finding) for each in colours if (finding := _far(each, seen.colours))]
    large = [finding for each, finding in told if each.share >= LARGE]
    return large or [finding for _, finding in told[:1] if len(told) == len(colours)]


def dominant(picture: Image.Image) -> list[Dominant]:
    """The largest first. Greys are left out."""
    mixed: list[Dominant] = []
    for shade in _shades(picture):
        near = next((each for each in mixed if each.colour.delta_e(shade.colour, method="2000") <= ONE), None)
        if near:
            mixed.remove(near)
            shade = Dominant(near.colour, near.share + shade.share)
        mixed.append(shade)
    large = [each for each in mixed if each.share >= DOMINANT and each.colour.convert("lch")["chroma"] > GREY]
    return sorted(large, key=lambda each: -each.share)


def _shades(picture: Image.Image) -> Iterator[Dominant]:
    """The most frequent first, so that others join them and not the other way round."""
    with needing("coloraide"):
        from coloraide import Color
    small, _ = pixels.within(picture, SIDE)
    counted = small.quantize(SHADES, kmeans=1).convert("RGB").getcolors(SHADES) or []
    for count, levels in sorted(counted, reverse=True):
        assert isinstance(levels, tuple)
        yield Dominant(Color("srgb", [level / 255 for level in levels]), count / (small.width * small.height))


def _far(one: Dominant, kit: tuple[Colour, ...]) -> Finding | None:
    apart = [(one.colour.delta_e(colour.hex, method="2000"), colour) for colour in kit]
    if any(distance <= colour.tolerance for distance, colour in apart):
        return None
    distance, nearest = min(apart, key=lambda each: each[0] - each[1].tolerance)
    shown = one.colour.to_string(hex=True)
    words = (
        f"{one.share:.0%} of the picture is {_name(one.colour)} ({shown}), "
        f"ΔE {distance:.0f} from the kit's nearest colour, {nearest.name}."
    )
    over = distance - nearest.tolerance
    detail = {"colour": shown, "share": round(one.share, 3), "nearest": nearest.hex, "distance": round(distance, 1)}
    return Finding("palette", None, round(over / (over + ONE), 3), words, detail)


def _name(colour: Color) -> str:
    lightness, _, hue = colour.convert("lch").coords()
    name = next(name for end, name in HUES if hue <= end)
    return f"dark {name}" if lightness < 35 else f"light {name}" if lightness > 80 else name


PALETTE = Check("palette", "Off the palette", 1, run)
