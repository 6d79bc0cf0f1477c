from __future__ import annotations

import math

import pytest
from PIL import Image, ImageChops, ImageDraw

from generation.comparison import compare
from tests.painter import picture


def scene(side: int = 256) -> Image.Image:
    made = Image.new("RGB", (side, side), "teal")
    ImageDraw.Draw(made).ellipse((40, 50, 160, 170), fill="red")
    return made


def shifted(levels: int) -> Image.Image:
    return ImageChops.add(scene(), Image.new("RGB", (256, 256), (levels, levels, levels)))


def test_the_same_pixels_are_identical():
    found = compare(scene(), scene())

    assert found.is_none
    assert found.is_invisible
    assert found.psnr == found.tile_psnr == math.inf
    assert found.as_dict() == {"max_level": 0, "mean_level": "0.0000", "phash_distance": 0}


def test_one_level_in_one_pixel_is_not_identical_but_invisible():
    other = scene()
    other.putpixel((0, 0), (1, 128, 128))
    found = compare(scene(), other)

    assert not found.is_none
    assert found.is_invisible
    assert found.max_level == 1
    assert found.psnr == pytest.approx(10 * math.log10(255**2 * 3 * 256 * 256), abs=0.01)


def test_psnr_is_of_the_mean_squared_error():
    grey = Image.new("RGB", (32, 32), (100, 100, 100))
    found = compare(grey, Image.new("RGB", (32, 32), (105, 105, 105)))

    assert (found.max_level, found.mean_level) == (5, 5.0)
    assert found.psnr == found.tile_psnr == pytest.approx(20 * math.log10(255 / 5))
    assert found.as_dict()["psnr"] == "34.2"


@pytest.mark.parametrize(("levels", "invisible"), [(1, True), (2, True), (4, False), (20, False)])
def test_a_shade_that_nobody_sees_is_invisible_and_a_wash_is_not(levels, invisible):
    assert compare(scene(), shifted(levels)).is_invisible is invisible


def test_a_spoilt_corner_is_seen_however_large_the_picture():
    """Over the whole picture it would still pass 40 dB."""
    other = scene(1024)
    ImageDraw.Draw(other).rectangle((1000, 1000, 1023, 1023), fill=(0, 70, 70))
    found = compare(scene(1024), other)

    assert found.psnr > 40
    assert not found.is_invisible


def test_another_picture_is_far_off():
    found = compare(picture(1, side=64), picture(2, side=64))

    assert not found.is_invisible
    assert found.psnr < 10
    assert found.phash_distance > 10


def test_another_size_is_different_whatever_it_shows():
    plain = Image.new("RGB", (64, 64), "teal")
    found = compare(plain, plain.resize((32, 32)))

    assert not found.is_none
    assert not found.is_invisible


def test_sides_need_not_be_whole_tiles():
    assert compare(picture(1, side=41), picture(1, side=41)).is_none
