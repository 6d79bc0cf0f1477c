from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops

from generation import images
from generation.models import Candidate
from tests.painter import picture


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_the_picture_comes_back_bit_for_bit():
    original = picture(7, side=48)
    encoded = images.encode(original, **Candidate.THUMBNAILS)

    again = opened(encoded.picture)
    assert (again.mode, again.size) == ("RGB", (48, 48))
    assert ImageChops.difference(again, original).getbbox() is None


def test_black_and_white_and_single_pixels_come_back_too():
    original = Image.new("RGB", (33, 17))
    original.putpixel((32, 16), (255, 255, 255))

    assert opened(images.encode(original, small=8, large=16).picture).tobytes() == original.tobytes()


def test_the_same_picture_gives_the_same_bytes():
    assert images.encode(picture(7), small=8, large=16) == images.encode(picture(7), small=8, large=16)


def test_thumbnails_keep_the_proportions_within_their_longest_side():
    wide = Image.new("RGB", (400, 100), "teal")
    encoded = images.encode(wide, small=64, large=200)

    assert opened(encoded.small).size == (64, 16)
    assert opened(encoded.large).size == (200, 50)
    assert (encoded.width, encoded.height) == (400, 100)
    assert {opened(getattr(encoded, name)).format for name in ("picture", "small", "large")} == {"WEBP"}


def test_a_small_picture_is_not_enlarged():
    assert opened(images.encode(picture(7, side=24), **Candidate.THUMBNAILS).large).size == (24, 24)


@pytest.mark.parametrize("name", ["small", "large"])
def test_the_original_is_left_as_it_was(name):
    original = picture(7, side=48)
    images.encode(original, small=8, large=16)

    assert original.size == (48, 48)
