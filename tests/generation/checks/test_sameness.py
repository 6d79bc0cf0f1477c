from __future__ import annotations

import random

import pytest
from PIL import Image, ImageDraw, ImageOps

from generation.checks import CHECKS, Finding, Known, Seen
from tests.generation.checks import drawing

ELSEWHERE = tuple(Known(seed, drawing.scene(seed)) for seed in (40, 41))
SEEDS = range(3)


def found(picture: Image.Image, *references: Known) -> list[Finding]:
    return CHECKS["sameness"].run(picture, Seen(references=references))


def shows(picture: Image.Image, seed: int) -> Finding:
    """The one finding, among references that have nothing to do with it."""
    [finding] = found(picture, ELSEWHERE[0], Known(seed, drawing.scene(seed)), ELSEWHERE[1])
    assert finding.detail["reference"] == seed
    return finding


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crop_of_a_reference_is_found(seed):
    finding = shows(drawing.cropped(drawing.scene(seed), 0.7, random.Random(seed)), seed)

    assert finding.sure > 0.6
    assert "key points of it are found here" in finding.words


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mirrored_reference_is_found_and_called_so(seed):
    finding = shows(ImageOps.mirror(drawing.scene(seed)), seed)

    assert finding.detail["mirrored"]
    assert finding.detail["bits"] == 0
    assert finding.words.startswith("The picture shows a reference in a mirror: ")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reference_encoded_again_and_smaller_is_found(seed):
    assert not shows(drawing.encoded(drawing.scene(seed).resize((300, 300)), 35), seed).detail["mirrored"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reference_in_other_colours_is_found(seed):
    assert shows(drawing.of_other_hue(drawing.scene(seed), 90), seed).sure > 0.6


def test_a_reference_in_a_part_of_the_picture_is_found_where_it_is():
    picture = drawing.scene(7)
    picture.paste(drawing.scene(8).resize((240, 240)), (200, 30))
    box = shows(picture, 8).box

    assert box is not None
    assert all(abs(is_at - stands) < 12 for is_at, stands in zip(box, (200, 30, 240, 240), strict=True))


def test_a_reference_too_plain_for_key_points_is_found_as_a_whole():
    picture = Image.new("RGB", (400, 300), "navy")
    ImageDraw.Draw(picture).ellipse((90, 60, 240, 210), fill="gold")
    [finding] = found(drawing.encoded(picture.resize((800, 600)), 60), Known(1, picture))

    assert finding.detail["bits"] <= 2


def test_pictures_of_one_colour_are_not_each_other():
    assert found(Image.new("RGB", (90, 90), "red"), Known(1, Image.new("RGB", (90, 90), "blue"))) == []


@pytest.mark.parametrize("seed", range(10, 14))
def test_another_picture_has_no_finding(seed):
    assert found(drawing.scene(seed), *ELSEWHERE) == []


def test_one_small_thing_in_common_is_no_finding():
    one, other, emblem = (drawing.scene(seed) for seed in (20, 21, 22))
    for picture in (one, other):
        picture.paste(emblem.crop((100, 100, 180, 180)), (300, 300))

    assert found(one, Known(1, other)) == []


def test_the_nearest_reference_comes_first():
    whole = drawing.scene(5)
    cut = drawing.cropped(drawing.scene(5), 0.75, random.Random(1))

    assert [finding.detail["reference"] for finding in found(whole, Known(1, cut), Known(2, whole))] == [2, 1]
