"""More like one candidate, by the embedded model itself: what is called close is close."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean

import numpy as np
import pytest
from PIL import Image

from generation import engines, images, presets
from generation.forms import MoreLikeForm
from generation.recipe import PICTURE, SEED, Recipe, Source
from generation.renderer import Picture
from tests import make

# The scheduler of diffusers 0.42 converts a tensor in a way that numpy 2 announces to drop.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SOURCES = (11, 12, 13)  # seeds; each is varied by two others
BATCH = 2


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    starter = presets.starter()
    starter.batch_size = BATCH
    words = {"subject": "red lipstick on a beige background", "composition": "centre", "style": "studio product photo"}
    return make.with_parameters(presets.recipe(starter, words, seed=0), steps=6)


def render(recipe: Recipe, seeds: list[int]) -> list[Image.Image]:
    given = engines.load(recipe.preset)(recipe, seeds, lambda done, steps: None)
    return [each.pixels for each in given if isinstance(each, Picture)]


def levels(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).mean())


@pytest.fixture(scope="module")
def distances(recipe) -> dict[str, dict[str, float]]:
    """Mean levels between a source and what is made from it, by way and closeness; the same for fresh seeds."""
    found: dict[str, dict[str, list[float]]] = {SEED: {}, PICTURE: {}}
    for seed in SOURCES:
        source = render(recipe, [seed] * BATCH)[0]
        sha256 = make.bytes_alone(images.encode(source, small=8, large=16).picture)
        seeds = [100 * seed + number for number in range(BATCH)]
        for way, by_closeness in found.items():
            for closeness in ("close", "loose"):
                strength = MoreLikeForm.CLOSENESS[closeness][way]
                varied = render(replace(recipe, source=Source(1, seed, sha256, way, strength)), seeds)
                by_closeness.setdefault(closeness, []).extend(levels(source, each) for each in varied)
            by_closeness.setdefault("fresh", []).extend(levels(source, each) for each in render(recipe, seeds))
    return {way: {name: mean(each) for name, each in by.items()} for way, by in found.items()}


@pytest.mark.parametrize("way", [SEED, PICTURE])
def test_close_is_nearer_than_loose_and_loose_than_a_fresh_seed(distances, way):
    close, loose, fresh = (distances[way][name] for name in ("close", "loose", "fresh"))

    assert close < 0.8 * loose
    assert loose < 0.95 * fresh
    assert close > 1  # and yet another picture
