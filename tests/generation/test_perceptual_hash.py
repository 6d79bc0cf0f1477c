"""How a candidate looks, in 64 bits: what near-duplicates are found by."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageEnhance

from creative import files
from generation import images


def scene(x: int, y: int) -> Image.Image:
    picture = Image.new("RGB", (128, 128), "teal")
    ImageDraw.Draw(picture).ellipse((x, y, x + 60, y + 60), fill="red")
    return picture


def bits(one: Image.Image, other: Image.Image) -> int:
    return (int(images.perceptual_hash(one), 16) ^ int(images.perceptual_hash(other), 16)).bit_count()


def reopened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_it_is_sixteen_hex_digits_whatever_the_picture():
    for picture in (scene(10, 10), Image.new("RGB", (1, 1)), Image.new("RGB", (300, 20), "white")):
        digits = images.perceptual_hash(picture)
        assert len(digits) == 16
        assert int(digits, 16) >= 0


def test_pictures_that_look_alike_are_close_and_others_far():
    brighter = ImageEnhance.Brightness(scene(20, 30)).enhance(1.05)

    assert bits(scene(20, 30), brighter) <= 4
    assert bits(scene(20, 30), scene(60, 60)) >= 16


def test_a_thumbnail_has_nearly_the_hash_of_its_picture():
    picture = scene(20, 30).resize((512, 512))
    encoded = images.encode(picture, small=256, large=512)

    assert bits(picture, reopened(encoded.small)) <= 2


def test_a_candidate_is_saved_with_the_hash_of_its_picture(candidates):
    for candidate in candidates:
        stored = reopened(files.read(candidate.sha256))
        assert candidate.phash == images.perceptual_hash(stored)
