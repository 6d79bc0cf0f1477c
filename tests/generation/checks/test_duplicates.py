from __future__ import annotations

import random

import pytest
from PIL import Image, ImageOps

from generation.checks import CHECKS, Finding, Known, Seen
from tests.generation.checks import drawing

SEEDS = range(3)


def found(picture: Image.Image, *candidates: Known) -> list[Finding]:
    return CHECKS["duplicates"].run(picture, Seen(candidates=candidates))


def of_brief(brief: int, seed: int, *, shared: int, own: int) -> Image.Image:
    return drawing.scene(seed, brief=brief, shared=shared, own=own)


@pytest.mark.parametrize("brief", SEEDS)
def test_candidates_that_differ_in_a_few_things_are_near_duplicates(brief):
    one, other = (of_brief(brief, seed, shared=24, own=2) for seed in (1, 2))
    [finding] = found(one, Known(9, other))

    assert finding.kind == "duplicate"
    assert finding.detail["candidate"] == 9
    assert finding.words.startswith("All but the same picture as another candidate (")
    assert finding.sure > 0.6


@pytest.mark.parametrize("brief", SEEDS)
def test_candidates_that_share_their_light_and_some_things_are_no_duplicates(brief):
    one, other = (of_brief(brief, seed, shared=5, own=20) for seed in (1, 2))

    assert found(one, Known(9, other)) == []


@pytest.mark.parametrize("brief", SEEDS)
def test_the_same_product_in_two_pictures_makes_no_duplicates(brief):
    one, other, product = (drawing.scene(seed + brief) for seed in (100, 200, 300))
    for picture in (one, other):
        picture.paste(product.resize((200, 200)), (150, 150))

    assert found(one, Known(9, other)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tighter_crop_and_a_mirror_image_are_near_duplicates(seed):
    picture = drawing.scene(seed)
    cut = drawing.encoded(drawing.cropped(picture, 0.9, random.Random(seed)), 60)
    findings = found(picture, Known(1, cut), Known(2, ImageOps.mirror(picture)))

    assert [finding.detail["candidate"] for finding in findings] == [2, 1]
    assert findings[0].words == "All but the same picture as another candidate, mirrored (0 of 64 bits apart)."


def test_alone_in_its_brief_a_picture_has_no_finding():
    assert found(drawing.scene(1)) == []
