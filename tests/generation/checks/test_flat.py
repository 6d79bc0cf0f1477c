from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from generation.checks import CHECKS, Finding, Seen
from tests.generation.checks import drawing


def found(picture: Image.Image) -> list[Finding]:
    return CHECKS["flat"].run(picture, Seen())


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_of_something_has_no_finding(seed):
    assert found(drawing.scene(seed)) == []


@pytest.mark.parametrize("size", [(512, 512), (1, 1), (700, 20)])
def test_one_colour_is_found(size):
    [finding] = found(Image.new("RGB", size, (0, 0, 0)))

    assert (finding.kind, finding.box, finding.sure) == ("flat", None, 1.0)
    assert finding.words == "The picture is one colour."


def test_almost_nothing_in_it_is_found():
    picture = Image.new("RGB", (512, 512), "grey")
    ImageDraw.Draw(picture).ellipse((250, 250, 290, 290), fill="white")

    assert [finding.words for finding in found(picture)] == ["There is almost nothing in the picture."]


def test_noise_is_found():
    noise = np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8)

    assert [finding.kind for finding in found(Image.fromarray(noise))] == ["broken"]


@pytest.mark.parametrize("seed", range(4))
def test_a_blurred_picture_is_found(seed):
    assert [finding.kind for finding in found(drawing.scene(seed).filter(ImageFilter.GaussianBlur(6)))] == ["blurred"]


@pytest.mark.parametrize("seed", range(4))
def test_one_sharp_thing_before_a_soft_ground_is_no_blurred_picture(seed):
    picture, thing = drawing.scene(seed).filter(ImageFilter.GaussianBlur(6)), drawing.scene(seed + 50)
    picture.paste(thing.crop((160, 160, 352, 352)), (160, 160))

    assert found(picture) == []


def test_a_larger_picture_is_held_to_the_same():
    assert found(drawing.scene(3, 1024)) == []
    assert found(drawing.scene(3, 1024).filter(ImageFilter.GaussianBlur(12))) != []
