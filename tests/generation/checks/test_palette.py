from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from generation.checks import CHECKS, Colour, Finding, Seen
from tests.generation.checks import drawing

KIT = (Colour("Sea", "#0a6e7d", 10), Colour("Sand", "#e8cfa0", 10))


def found(picture: Image.Image, kit: tuple[Colour, ...] = KIT) -> list[Finding]:
    return CHECKS["palette"].run(picture, Seen(colours=kit))


def halves(left: str, right: str) -> Image.Image:
    return parted(150, left, right)


def test_the_kits_own_colours_have_no_finding():
    assert found(halves("#0a6e7d", "#e8cfa0")) == []


def test_a_colour_within_the_tolerance_has_no_finding():
    assert found(halves("#0f7382", "#e8cfa0")) == []


def test_a_colour_far_from_every_one_of_the_kit_is_named_with_its_distance():
    [finding] = found(halves("#0a6e7d", "#d02020"))

    assert finding.kind == "palette"
    assert finding.words.startswith("50% of the picture is red (#d02020), ΔE ")
    assert finding.words.endswith(" from the kit's nearest colour, Sand.")
    assert finding.detail["colour"] == "#d02020"
    assert finding.detail["distance"] > 40
    assert finding.sure > 0.7


def test_the_colour_named_is_the_nearest_to_be_within_its_tolerance():
    kit = (Colour("Narrow", "#ff3030", 1), Colour("Wide", "#ff8080", 30))

    assert found(Image.new("RGB", (9, 9), "#ff5050"), kit) == []
    assert found(Image.new("RGB", (9, 9), "#ff5050"), kit[:1])[0].detail["nearest"] == "#ff3030"


def test_a_tolerance_is_each_colours_own():
    picture = Image.new("RGB", (9, 9), "#2a8090")

    assert found(picture, (Colour("Sea", "#0a6e7d", 2),)) != []
    assert found(picture, (Colour("Sea", "#0a6e7d", 20),)) == []


@pytest.mark.parametrize("grey", ["white", "black", "#888888", "#e9e6e2"])
def test_white_greys_and_black_go_with_every_kit(grey):
    assert found(Image.new("RGB", (50, 50), grey)) == []


def test_little_of_a_colour_is_no_finding():
    picture = Image.new("RGB", (300, 200), "#0a6e7d")
    ImageDraw.Draw(picture).rectangle((0, 0, 40, 60), "#d02020")

    assert found(picture) == []


def test_without_a_palette_there_is_nothing_to_compare_with():
    assert found(drawing.scene(2), ()) == []


def test_the_largest_colour_comes_first():
    assert [finding.words.split(" (")[0] for finding in found(parted(180, "#8020c0", "#d02020"))] == [
        "60% of the picture is purple",
        "40% of the picture is red",
    ]


def test_a_small_patch_of_another_colour_is_told_of_only_where_none_is_the_kits():
    assert found(parted(240, "#0a6e7d", "#d02020")) == []
    assert len(found(parted(240, "#8020c0", "#d02020"))) == 1
    [finding] = found(parted(240, "#808080", "#d02020"))

    assert finding.words.startswith("20% of the picture is red")


def parted(at: int, left: str, right: str) -> Image.Image:
    picture = Image.new("RGB", (300, 200), left)
    ImageDraw.Draw(picture).rectangle((at, 0, 300, 200), right)
    return picture


@pytest.mark.parametrize(
    ("hex_code", "name"),
    [("#e01010", "red"), ("#f08010", "orange"), ("#f0e020", "light yellow"), ("#20a030", "green"), ("#10a0a0", "teal")]
    + [("#2050d0", "blue"), ("#9030c0", "purple"), ("#e040a0", "pink"), ("#601010", "dark red")],
)
def test_colours_are_called_what_people_call_them(hex_code, name):
    [finding] = found(Image.new("RGB", (9, 9), hex_code), (Colour("Moss", "#203010", 3),))

    assert f" is {name} (" in finding.words
